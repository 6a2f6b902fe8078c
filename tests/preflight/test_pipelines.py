"""The sample pipelines and the how-to: what they promise is what the command does."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import failonce
from failonce.cli import preflight as command
from failonce.preflight.change import LOOKED_AT, PATHS_KEPT
from failonce.preflight.models import CHANGE_KEPT

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "examples" / "pipelines"
HOW_TO = (ROOT / "docs" / "how-to" / "preflight-in-ci.md").read_text(encoding="utf-8")


def scripts(node: object) -> list[str]:
    """Return every shell line of a pipeline."""
    if isinstance(node, dict):
        found = [value for name, value in node.items() if name == "run"]
        found += [line for name, value in node.items() if name == "script" for line in value]
        return [*found, *(line for value in node.values() for line in scripts(value))]
    return [line for value in node for line in scripts(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.yml")), ids=lambda path: path.name)
def test_a_sample_pipeline_asks_in_a_way_the_command_understands(sample):
    lines = scripts(yaml.safe_load(sample.read_text(encoding="utf-8")))

    assert any("failonce preflight" in line for line in lines)
    for line in lines:
        assert subprocess.run(["sh", "-n", "-c", line], check=False).returncode == 0
        options = re.findall(r"--[\w-]+", line.partition("failonce preflight")[2])
        assert set(options) <= {option for each in command.preflight.params for option in each.opts}


def test_the_how_to_names_every_sample_and_the_true_bounds():
    for sample in SAMPLES.iterdir():
        assert f"`{sample.name}`" in HOW_TO
    assert f"first {LOOKED_AT:,} characters" in HOW_TO
    assert f"first {PATHS_KEPT:,} paths" in HOW_TO
    assert f"Up to {CHANGE_KEPT:,} characters" in HOW_TO
    assert command.PATIENCE == 2
    assert f"| {command.UNANSWERED} | only with `--strict`" in HOW_TO
    for answer in command.ANSWERS:
        assert f"answer P-7 1 {answer}" in HOW_TO


def git(where: Path, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run git as nobody in particular, whatever this machine's settings are."""
    known = {"HOME": str(where), "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
    name = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
    return subprocess.run(
        ["git", *name, *args], cwd=where, env=known | environment, capture_output=True, text=True, check=True
    )


def test_the_hook_advises_on_what_is_pushed_and_lets_it_pass(tmp_path):
    shared, work, home, tools = (tmp_path / name for name in ("shared.git", "work", "home", "tools"))
    tools.mkdir()
    tool = tools / "failonce"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m failonce "$@"\n')
    tool.chmod(0o755)
    ours = {"PATH": f"{tools}:{os.environ['PATH']}", "FAILONCE_HOME": str(home)}
    ours["PYTHONPATH"] = str(Path(failonce.__file__).parent.parent)
    story = "We lowered max_connections of the connection pool and sign-in refused everybody: the pool ran out."
    subprocess.run([str(tool), "tell", "--story", story], env=ours, capture_output=True, check=True)
    git(tmp_path, "init", "-q", "--bare", str(shared))
    git(tmp_path, "clone", "-q", str(shared), str(work))
    hook = work / ".git" / "hooks" / "pre-push"
    hook.write_text((SAMPLES / "pre-push").read_text())
    hook.chmod(0o755)
    (work / "pool.yaml").write_text("max_connections: 40\n")
    git(work, "add", ".")
    git(work, "commit", "-q", "-m", "Lower max_connections of the connection pool of sign-in, before the pool ran out")

    pushed = git(work, "push", "-q", "origin", "HEAD:main", **ours)
    again = git(work, "push", "-q", "origin", "HEAD:other", **ours)
    deleted = git(work, "push", "-q", "origin", ":other", **ours)

    assert "F-1" in pushed.stdout + pushed.stderr
    assert git(shared, "rev-parse", "main").stdout == git(work, "rev-parse", "HEAD").stdout
    assert "F-1" not in again.stdout + again.stderr  # the other side has these commits already
    assert "failonce" not in deleted.stderr
