"""`failonce serve` as people start it: a process, a port, a link, and a clean stop."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner

from failonce.cli.main import cli
from tests.settings import TEST_DATABASE_URL

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    """What a command is started with: a folder of its own, and nothing else of ours."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FAILONCE_")}
    return {
        **clean,
        "DJANGO_SETTINGS_MODULE": "failonce.config.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "FAILONCE_HOME": str(tmp_path / "home"),
        "DATABASE_URL": database_url,
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Start `failonce serve` on a folder of its own; it is stopped at the end, however the test ends."""
    started: list[subprocess.Popen[str]] = []

    def run(*args: str, **more: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "failonce", "serve", *args],
            env=environment | more,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.wait(20)
        if process.stderr:
            process.stderr.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def line_with(words: str, stream: IO[str] | None) -> str:
    """Return the first line that says this; fail with all that was said if the process ends before."""
    said = []
    for line in stream or []:
        said.append(line)
        if words in line:
            return line
    pytest.fail(f"never said {words!r}: {''.join(said)}")


def get_when_up(opener: urllib.request.OpenerDirector, address: str) -> str:
    """Return the page; the connection waits in the kernel until a worker is there, or is refused before."""
    for _ in range(10_000):
        try:
            with opener.open(address, timeout=20) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
    pytest.fail("nobody listened")


def test_the_demo_is_served_apart_from_real_data_and_its_link_signs_in_once(start: Start, tmp_path: Path):
    port = free_port()
    nowhere = "postgres://nobody@127.0.0.1:1/real-data"

    process = start("--demo", "--port", str(port), DATABASE_URL=nowhere)
    link = re.search(r"http://\S+", line_with("Sign in, once", process.stderr))
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    assert link
    assert link[0].startswith(f"http://127.0.0.1:{port}/")
    assert "Demo Harbour" in get_when_up(browser, link[0])
    assert (tmp_path / "home" / "demo" / "failonce.sqlite3").exists()
    assert not (tmp_path / "home" / "failonce.sqlite3").exists()

    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_an_empty_installation_lets_its_operator_in_and_stops_on_control_c(start: Start):
    port = free_port()

    process = start("--port", str(port))
    assert f"http://127.0.0.1:{port}/" in line_with("Sign in, once", process.stderr)
    assert get_when_up(urllib.request.build_opener(), f"http://127.0.0.1:{port}/sign-in/")

    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0


@pytest.mark.skipif(bool(TEST_DATABASE_URL), reason="where a server is doesn't hang on the database")
def test_links_of_commands_beside_a_server_lead_to_it(start: Start, environment: dict[str, str]):
    port = free_port()

    def invited(**more: str) -> str:
        command = [sys.executable, "-m", "failonce", "people", "invite", "di@example.org"]
        return subprocess.run(command, env=environment | more, capture_output=True, text=True, check=True).stdout

    assert invited().startswith("http://127.0.0.1:8000/join/")
    line_with("failonce is at", start("--port", str(port)).stderr)

    assert invited().startswith(f"http://127.0.0.1:{port}/join/")
    assert invited(FAILONCE_SITE_URL="https://f.example/").startswith("https://f.example/join/")


def test_a_taken_port_is_named_with_one_that_is_free():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        answer = CliRunner().invoke(cli, ["serve", "--port", str(port)])

    assert answer.exit_code == 1
    offered = re.search(rf"Port {port} is taken; try --port (\d+)\.", answer.output)
    assert offered
    assert int(offered[1]) > port


def test_an_address_of_another_machine_is_refused_in_words():
    answer = CliRunner().invoke(cli, ["serve", "--host", "203.0.113.7", "--port", "8000"])

    assert answer.exit_code == 1
    assert "Nobody can listen at 203.0.113.7" in answer.output
