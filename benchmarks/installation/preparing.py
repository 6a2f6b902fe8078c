"""Filling the installation that is measured, and timing it."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import failonce.demo
from benchmarks.installation.figures import Figure

_BUILD_GOAL = 60 / 100_000  # seconds for each text
_READING = """
import time
from failonce.cli.opening import open_installation
open_installation()
from failonce.modes.memory import memory
began = time.perf_counter()
print(len(memory.follow()), time.perf_counter() - began)
"""
_CONTENT = Path(failonce.demo.__file__).parent / "content"


def imported(home: Path, texts: Path) -> list[Figure]:
    """Import the demo's content, so that there are lessons and modes, then the failures; return how quick that was.

    An installation that has them already is left as it is, and nothing is said of its speed.
    """
    command(home, "import", "--as", "failonce", str(_CONTENT))
    before = _processor_seconds()
    began = time.perf_counter()
    counts = json.loads(command(home, "import", "--json", str(texts)))["counts"]["failures"]
    seconds, work = time.perf_counter() - began, _processor_seconds() - before
    if not counts["kept"]:
        return []
    return [
        Figure("import, command and all", counts["kept"] / seconds, "/s", 500, more_is_better=True),
        Figure("  per second of processor", counts["kept"] / work, "/s"),
    ]


def remembered(home: Path) -> list[Figure]:
    """Let recall read everything from the database, and then what it saved; return how long each took."""
    shutil.rmtree(home / "recall", ignore_errors=True)
    texts, anew = _reading(home)
    _, saved = _reading(home)
    return [
        Figure(f"recall built from the database, {texts:,.0f} texts", anew, "s", _BUILD_GOAL * texts),
        Figure("  from its saved index", saved, "s"),
    ]


def _reading(home: Path) -> tuple[float, float]:
    told = _run(home, "-c", _READING)
    texts, seconds = told.split()
    return float(texts), float(seconds)


def command(home: Path, *args: str) -> str:
    """Run `failonce` on this home and return its stdout; stop with what it said if it can't."""
    return _run(home, "-m", "failonce", *args)


def _run(home: Path, *args: str) -> str:
    done = subprocess.run([sys.executable, *args], env=environment(home), capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):  # 3: something was refused, the rest is in
        raise SystemExit(f"python {' '.join(args)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def environment(home: Path) -> dict[str, Any]:
    """Return the environment of a command that works on this home and on nothing else."""
    ours = ("FAILONCE_", "DATABASE_", "DJANGO_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "FAILONCE_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
