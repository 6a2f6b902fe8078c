"""A PostgreSQL server of our own, for as long as one command runs.

    python -m tests.postgres COMMAND…      runs it with TEST_DATABASE_URL naming the server
    python -m tests.postgres --installed   exit status 0: there is a server to start

No server that already runs here is used or touched: data, log and socket lie in a temporary folder,
and no port is opened.
"""

import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg

SUPERUSER = "postgres"  # the first role, and on Debian also the account that servers run as
STARTS_WITHIN = STOPS_WITHIN = 30  # seconds; either takes well under one

# What a power cut would cost is of no interest here, and waiting for the disk would double the time.
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
LANGUAGE = ["--encoding=UTF8", "--locale=C.UTF-8"]  # whatever this shell's language is


def programs() -> Path | None:
    """Return the folder with initdb and postgres, the newest version's; None where there is no server."""
    # Debian keeps the server's programs out of the PATH, in one folder per version.
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", folder.parent.name))


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Start an empty server and yield its URL; stop it and remove its data, however the block ends."""
    folder = programs()
    if folder is None:
        raise SystemExit("There is no PostgreSQL server here to start (Debian: apt-get install postgresql).")
    with tempfile.TemporaryDirectory(prefix="failonce-", dir=_short_folder()) as home:
        if os.geteuid() == 0:
            shutil.chown(home, SUPERUSER)
        server = _start(folder, Path(home))
        try:
            url = f"postgresql://{SUPERUSER}@{quote(home, safe='')}/postgres"
            _wait_for(server, url, Path(home))
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown, which does not wait for clients to leave
            server.wait(STOPS_WITHIN)


def _short_folder() -> str | None:
    # The path of a socket may have 107 bytes, which a long TMPDIR would exceed.
    return "/tmp" if len(tempfile.gettempdir()) > 60 else None  # noqa: S108  mkdtemp makes the folder ours alone


def _start(folder: Path, home: Path) -> subprocess.Popen[bytes]:
    data = home / "data"
    made = _run_as_server(
        [folder / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust", "--no-sync", *LANGUAGE],
        home,
    )
    if made.wait() != 0:
        raise SystemExit(f"PostgreSQL could not make its data folder:\n{_log(home)}")
    return _run_as_server([folder / "postgres", "-D", data, "-k", home, "-h", "", *FAST], home)


def _run_as_server(command: list[str | Path], home: Path) -> subprocess.Popen[bytes]:
    # PostgreSQL refuses to run as root.
    account = SUPERUSER if os.geteuid() == 0 else None
    with (home / "log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=home,
            user=account,
            group=account,
            extra_groups=[] if account else None,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Ctrl-C is for the tests; the server has to outlive them, to let go of their connections.
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )


def _end_with_parent() -> None:
    # Without this, a kill -9 of the tests would leave the server running. Linux knows it; others do without.
    set_parent_death_signal = 1
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGINT)


def _wait_for(server: subprocess.Popen[bytes], url: str, home: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"PostgreSQL did not start:\n{_log(home)}") from None
            time.sleep(0.05)


def _log(home: Path) -> str:
    return (home / "log").read_text(errors="replace")


def main(arguments: list[str]) -> int:
    """Run the command beside a server and return its exit status."""
    if arguments == ["--installed"]:
        return 0 if programs() else 1
    # Ended by a signal, Python would not reach the lines that stop the server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with running() as url:
        command = subprocess.Popen(arguments, env=os.environ | {"TEST_DATABASE_URL": url})
        return _outcome(command)


def _outcome(command: subprocess.Popen[bytes]) -> int:
    try:
        while True:
            # On Ctrl-C the command was told as well, and gets the time to say what it did.
            with contextlib.suppress(KeyboardInterrupt):
                return command.wait()
    finally:
        command.terminate()  # it is still there only if we were told to stop ourselves


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
