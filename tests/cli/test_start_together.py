"""Several processes that start on one new database, as the nodes of a first deployment do."""

import os
import subprocess
import sys
from pathlib import Path

import failonce


def test_all_of_them_find_it_ready(tmp_path: Path, database_url: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(failonce.__file__).parent.parent),
        "FAILONCE_HOME": str(tmp_path),
        "DATABASE_URL": database_url,
    }
    command = [sys.executable, "-m", "failonce", "lesson", "list"]

    started = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in started]

    assert [code for _, _, code in ended] == [0, 0, 0], ended
    if not database_url:
        assert not list(tmp_path.glob("*.lock")), "a file to lock may belong to somebody else next time"
