"""The tutorial, walked from its own page: what it says to do is done, what it says comes back comes back."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from failonce.demo import VISITOR
from tests.contracts.test_docs import BLOCK, ROOT, clean

TUTORIAL = (ROOT / "docs" / "tutorial" / "README.md").read_text(encoding="utf-8")
TERMINAL = TUTORIAL[TUTORIAL.index("\n## 5.") :]
MARK = "=== end of block ==="


class Walk(NamedTuple):
    """A newcomer's machine: a demo that is being served, a folder to work in, an environment."""

    url: str
    folder: Path
    environment: dict[str, str]
    token: str

    def ask(self, path: str, **body: Any) -> Any:
        """Do over HTTP what the newcomer does in the browser, through the same writes."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.post(f"{self.url}/api{path}", json=body, headers=headers, timeout=20).raise_for_status().json()


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    """Serve the demo to an empty home folder, as `./dev demo` does."""
    if not (shutil.which("curl") and shutil.which("git")):
        pytest.skip("the tutorial needs curl and git")
    environment = clean(HOME=str(tmp_path), TMPDIR=str(tmp_path), GIT_CONFIG_NOSYSTEM="1")
    folder = tmp_path / "failonce"
    command = installed_in(folder)
    port = free_port()
    serving = [str(command), "serve", "--demo", "--port", str(port)]
    with subprocess.Popen(serving, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert "44 failures kept" in said_until("Sign in, once", server.stderr)
            yield Walk(f"http://127.0.0.1:{port}", folder, environment, token_from(command, environment))
        finally:
            server.terminate()


def installed_in(folder: Path) -> Path:
    """Put the command where `./dev demo` puts it, and return its path."""
    command = folder / ".venv" / "bin" / "failonce"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m failonce "$@"\n')
    command.chmod(0o755)
    return command


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def said_until(words: str, stream: Iterable[str] | None) -> str:
    """Return all that was said up to the line with these words, or to the end."""
    said = ""
    for line in stream or []:
        said += line
        if words in line:
            break
    return said


def token_from(command: Path, environment: dict[str, str]) -> str:
    """Issue the token that the page would issue."""
    scopes = ["--scope", "read", "--scope", "tell", "--scope", "preflight"]
    demo = {"FAILONCE_HOME": f"{environment['HOME']}/.local/share/failonce/demo", "FAILONCE_AS": VISITOR}
    issued = subprocess.run(
        [command, "people", "token", "--name", "Tutorial", *scopes],
        env=environment | demo, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return issued.stdout.strip()


def test_the_tutorial_gives_what_it_says(walk: Walk) -> None:
    in_the_browser(walk)

    pairs, output = in_the_terminal(walk)

    assert sum(bool(promised) for _, promised in pairs) > 7
    for (command, promised), said in zip(pairs, output, strict=True):
        missing = [line for line in promised if not re.search(pattern(line), said, re.MULTILINE)]
        assert not missing, f"after\n{command}\ncame\n{said}\nbut not\n{missing}"


def in_the_browser(walk: Walk) -> None:
    """Tell, link, teach and ask in the words of the page, and find the codes that it names."""
    story, innocent = re.findall(r"^> (.+)$", TUTORIAL, re.MULTILINE)
    (repeating,) = [code for language, code in BLOCK.findall(TUTORIAL) if language == "diff"]
    when_you, remember, because, paths = re.findall(r"^\| (?:\S.*?) \| (.+) \|$", TUTORIAL, re.MULTILINE)[1:]

    told = walk.ask("/failures", story=story, services=["payments"], answers={"F-8": "yes"})
    lesson = walk.ask(
        "/lessons", failure=told["code"], when_you=when_you, remember=remember, because=because,
        services=["payments"], paths=[paths.strip("`")],
    )  # fmt: skip
    reminded = walk.ask("/preflights", change=repeating)["reminders"]
    in_peace = walk.ask("/preflights", change=innocent)["reminders"]

    assert told["code"] == "F-45"
    assert told["resembles"][0]["code"] == "F-8"
    assert lesson["code"] == "L-31"
    assert "L-31" in [reminder["code"] for reminder in reminded]
    assert in_peace == []


def in_the_terminal(walk: Walk) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """Run every block from one shell; return the commands with the lines promised, and what each printed."""
    pairs: list[tuple[str, list[str]]] = []
    for language, code in BLOCK.findall(TERMINAL):
        if language == "sh":
            pairs.append((code, []))
        else:
            pairs[-1][1].extend(code.splitlines())
    script = "".join(f"{code}\necho '{MARK}'\n" for code, _ in pairs)
    script = script.replace("http://127.0.0.1:8000", walk.url).replace("TOKEN=…", f"TOKEN={walk.token}")

    ran = subprocess.run(
        ["sh"], input=script, cwd=walk.folder, env=walk.environment, text=True, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip

    return pairs, ran.stdout.split(MARK)[:-1]


def pattern(line: str) -> str:
    """Return what a promised line may look like: … stands for anything, the rest for itself."""
    return ".*".join(re.escape(part) for part in line.strip().split("…"))
