"""Measures a whole installation: import, building recall, start, pages, recall as one types, preflight, memory.

python -m benchmarks                    10,000 generated failures in a passing folder
python -m benchmarks --home DIR         keeps the installation in DIR, and measures the one that is there again
python -m benchmarks --corpus FILE      real failures, as JSON Lines, instead of generated ones
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.installation import corpus, preparing, visits
from benchmarks.installation.figures import Figure, table
from benchmarks.installation.server import Server

STARTS = 5  # cold starts; the middle one counts


def main() -> int:
    """Print the figures beside their goals and return 0, whatever they are: measuring is not judging."""
    wants = _arguments()
    with tempfile.TemporaryDirectory(prefix="failonce-bench-") as passing:
        figures = measured(wants.home or Path(passing), wants.corpus, wants.failures, wants.port)
    print(table(figures))
    if wants.json:
        wants.json.write_text(json.dumps([figure.as_data() for figure in figures], indent=1) + "\n", encoding="utf-8")
    return 0


def measured(home: Path, texts: Path | None, failures: int, port: int) -> list[Figure]:
    """Return every figure of one installation."""
    home.mkdir(parents=True, exist_ok=True)
    texts = texts or corpus.written(home / "corpus.jsonl", failures)
    say(f"importing {texts} …")
    figures = preparing.imported(home, texts)
    say("letting recall read everything …")
    figures += preparing.remembered(home)
    say("starting …")
    figures += _cold_starts(home, port)
    with Server(home, port) as server:
        server.wait_until_warm()
        say("visiting …")
        figures += visits.figures(server, corpus.typed_later(failures))
        figures += server.memory()
    return figures


def _cold_starts(home: Path, port: int) -> list[Figure]:
    seconds, work = [], []
    for _ in range(STARTS):
        with Server(home, port) as server:
            seconds.append(server.started_in)
            work.append(server.processor_seconds())
    middle = STARTS // 2
    return [
        Figure("cold start to the first answer", sorted(seconds)[middle], "s", 2.0),
        Figure("  of it, work of the processor", sorted(work)[middle], "s"),
    ]


def _arguments() -> Any:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, help="a folder for the installation; left out, a passing one")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    parser.add_argument("--corpus", type=Path, help="failures as JSON Lines to import instead of generated ones")
    parser.add_argument("--failures", type=int, default=10_000, help="how many to generate (10000)")
    parser.add_argument("--port", type=int, default=8917, help="a free port on this machine (8917)")
    return parser.parse_args()


def say(what: str) -> None:
    """Say on stderr what goes on; stdout is for the figures."""
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
