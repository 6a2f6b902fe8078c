"""A preflight on this machine's data: trouble with the data never stands in the way of a change."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import failonce


def run(home: Path, *args: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the real command on a data folder."""
    root = str(Path(failonce.__file__).parent.parent)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": root, "FAILONCE_HOME": str(home)} | settings
    return subprocess.run(
        [sys.executable, "-m", "failonce", *args],
        input="Lower the limit", env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def passes(done: subprocess.CompletedProcess[str]) -> bool:
    """Tell whether the change may pass and nothing but words was said about it."""
    assert "Traceback" not in done.stderr
    return done.returncode == 0 and json.loads(done.stdout) == {"reminders": []} and "may pass" in done.stderr


def test_a_folder_that_can_not_be_made():
    assert passes(run(Path("/dev/null/nowhere"), "preflight", "--json", "--strict"))


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "failonce.sqlite3").write_bytes(b"not a database at all, but long enough to be read as one" * 100)

    assert passes(run(tmp_path, "preflight", "--json", "--strict"))


@pytest.mark.parametrize("setting", [{"DATABASE_URL": "nonsense"}, {"FAILONCE_AS": "nobody@example.org"}])
def test_settings_nobody_can_use(tmp_path, setting):
    assert passes(run(tmp_path, "preflight", "--json", "--strict", **setting))


def test_a_database_that_somebody_else_is_writing_to(tmp_path):
    assert run(tmp_path, "migrate").returncode == 0
    with sqlite3.connect(tmp_path / "failonce.sqlite3", isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()

        done = run(tmp_path, "preflight", "--json", "--strict")

        assert time.monotonic() - begun < 15  # not the twenty seconds that other commands wait
        writer.execute("ROLLBACK")
    writer.close()
    assert passes(done)


def test_an_empty_folder_is_set_up_and_reminds_of_nothing(tmp_path):
    done = run(tmp_path, "preflight", "--json", "--strict")

    assert done.returncode == 0
    assert json.loads(done.stdout) == {"reminders": [], "preflight": "P-1"}
