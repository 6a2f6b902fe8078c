"""The command line asking a failonce elsewhere: real servers, most of them in trouble."""

import http.server
import json
import os
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import failonce

SENT: list[Any] = []
REMINDER = {
    "code": "L-3", "kind": "lesson", "title": "When you x, remember y, because z.", "probability": 0.9,
    "because": ["both speak of “pools”"], "url": "https://failonce.example/lessons/L-3/", "position": 1, "answer": "",
    "reason": "", "answered_at": None,
}  # fmt: skip
ANSWER = {
    "code": "P-7", "url": "https://failonce.example/preflight/P-7/", "asked_at": "2026-05-01T10:00:00Z",
    "services": [], "notices": ["paymnets isn't in the catalogue; the change is compared without."],
    "reminders": [REMINDER],
}  # fmt: skip


def run(address: str, *args: str, stdin: str = "Lower the limit") -> tuple[subprocess.CompletedProcess[str], float]:
    """Run the real command against an address; return what it said and how long it took."""
    root = Path(failonce.__file__).parent.parent
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "FAILONCE_URL": address}
    environment |= {"FAILONCE_TOKEN": "fo_secret", "FAILONCE_HOME": "/dev/null/nowhere"}
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "failonce", "preflight", *args],
        input=stdin, env=environment, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    return done, time.monotonic() - begun


@contextmanager
def serving(talk: Callable[[], Iterable[tuple[bytes, float]]]) -> Iterator[str]:
    """Serve connections by hand, for servers that misbehave."""
    over = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                while b"\r\n\r\n" not in self.request.recv(65536):
                    pass
                for piece, pause in talk():
                    self.request.sendall(piece)
                    if over.wait(pause):
                        return
            except OSError:
                pass  # the client gave up, as it should

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            over.set()
            server.shutdown()
            thread.join()


@contextmanager
def answering(status: int, body: bytes, kind: str = "application/json") -> Iterator[str]:
    """Serve one answer properly."""
    SENT.clear()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            SENT.append((self.command, self.path, self.headers["Authorization"], json.loads(self.rfile.read(length))))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_PUT(self) -> None:
            self.do_POST()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()


def test_it_asks_and_shows_the_answer():
    with answering(201, json.dumps(ANSWER).encode()) as address:
        done, _ = run(address, "--service", "paymnets", "--json", stdin="--- a/db/x.sql\n+++ b/db/x.sql\n")

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["preflight"] == "P-7"
    assert [(each["code"], each["url"]) for each in said["reminders"]] == [("L-3", REMINDER["url"])]
    assert "paymnets isn't in the catalogue" in done.stderr
    [(method, path, token, sent)] = SENT
    assert (method, path, token) == ("POST", "/api/preflights", "Bearer fo_secret")
    assert sent["services"] == ["paymnets"]
    assert sent["paths"] == ["db/x.sql"]


def test_strict_exits_3_while_a_reminder_is_unanswered():
    with answering(201, json.dumps(ANSWER).encode()) as address:
        assert run(address, "--strict")[0].returncode == 3
    answered = ANSWER | {"reminders": [REMINDER | {"answer": "read"}]}
    with answering(201, json.dumps(answered).encode()) as address:
        assert run(address, "--strict")[0].returncode == 0


def test_a_change_of_fifty_megabytes_is_sent_in_part():
    with answering(201, json.dumps(ANSWER | {"notices": []}).encode()) as address:
        done, _ = run(address, stdin="+vendored line\n" * 3_500_000 + "--- a/db/x.sql\n+++ b/db/x.sql\n")

    assert done.returncode == 0
    assert "first 200,000 characters" in done.stderr
    sent = SENT[0][3]
    assert len(sent["change"]) < 201_000
    assert sent["paths"] == ["db/x.sql"]


def never_answers() -> Iterator[tuple[bytes, float]]:
    yield b"", 60


def drips() -> Iterator[tuple[bytes, float]]:
    yield b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n", 0.1
    while True:
        yield b" ", 0.1  # often enough for any limit on each wait


def drips_its_head() -> Iterator[tuple[bytes, float]]:
    yield b"HTTP/1.1 201 Created\r\n", 0.1
    while True:
        yield b"X-A: b\r\n", 0.1


@pytest.mark.parametrize("trouble", [never_answers, drips, drips_its_head])
@pytest.mark.parametrize("strict", [[], ["--strict"]], ids=["plain", "strict"])
def test_a_server_that_keeps_one_waiting_is_left_after_two_seconds(trouble, strict):
    with serving(trouble) as address:
        done, seconds = run(address, "--json", *strict)

    assert (done.returncode, json.loads(done.stdout)) == (0, {"reminders": []})
    assert "no answer within 2 s" in done.stderr
    assert "may pass" in done.stderr
    assert seconds < 6  # two, and what starting Python takes on a busy machine


def closes() -> list[tuple[bytes, float]]:
    return []


def talks_nonsense() -> Iterator[tuple[bytes, float]]:
    yield b"220 mail.example ESMTP\r\n", 0


@pytest.mark.parametrize("trouble", [closes, talks_nonsense])
def test_a_server_that_hangs_up_lets_the_change_pass(trouble):
    with serving(trouble) as address:
        done, _ = run(address, "--json", "--strict")

    assert (done.returncode, json.loads(done.stdout)) == (0, {"reminders": []})
    assert "may pass" in done.stderr


TROUBLES = [
    (500, b"<h1>Server Error</h1>", "500"),
    (503, b'{"detail": "The database is busy.", "fields": {}}', "database is busy"),
    (401, b'{"detail": "Send an API token."}', "doesn't know the token in FAILONCE_TOKEN"),
    (401, b"[]", "Is FAILONCE_URL right?"),
    (403, b'{"detail": "This token lacks the scope."}', "lacks the scope"),
    (404, b"nginx", "Is FAILONCE_URL right?"),
    (302, b"", "302"),
    (200, b"<html>hello</html>", "Is FAILONCE_URL right?"),
    (200, b'"hello"', "Is FAILONCE_URL right?"),
    (200, b"[1, 2]", "Is FAILONCE_URL right?"),
    (200, b"null", "Is FAILONCE_URL right?"),
    (200, b'{"reminders": [{"code": "L-1"}]}', "Is FAILONCE_URL right?"),
    (200, b'{"reminders": 5, "code": "P-1", "url": "x", "notices": []}', "Is FAILONCE_URL right?"),
    (204, b"", "Is FAILONCE_URL right?"),
]


@pytest.mark.parametrize(("status", "body", "why"), TROUBLES, ids=[f"{case[0]} {case[1][:20]!r}" for case in TROUBLES])
def test_an_answer_that_is_none_lets_the_change_pass(status, body, why):
    with answering(status, body) as address:
        done, _ = run(address, "--json", "--strict")

    assert (done.returncode, json.loads(done.stdout)) == (0, {"reminders": []})
    assert why in done.stderr
    assert "may pass" in done.stderr
    assert "Traceback" not in done.stderr


ADDRESSES = [
    "http://127.0.0.1:1", "http://no.such.host.invalid", "nonsense", "http://[", "https://127.0.0.1:1/x",
    "file:///etc/hostname", "http://127.0.0.1:1/ü", "http://127.0.0.1:ninety",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_where_nobody_is_lets_the_change_pass(address):
    done, seconds = run(address, "--json", "--strict")

    assert (done.returncode, json.loads(done.stdout)) == (0, {"reminders": []})
    assert "may pass" in done.stderr
    assert "Traceback" not in done.stderr
    assert seconds < 6


def test_an_answer_is_sent_elsewhere_and_trouble_is_said():
    with answering(200, json.dumps(REMINDER | {"answer": "read"}).encode()) as address:
        done, _ = run(address, "answer", "P-7", "1", "read")
    assert done.returncode == 0, done.stderr
    assert SENT[0][:2] == ("PUT", "/api/preflights/P-7/reminders/1/answer")

    with answering(422, b'{"detail": "Not yet.", "fields": {"reason": "Say why."}}') as address:
        done, _ = run(address, "answer", "P-7", "1", "does_not_apply")
    assert done.returncode == 1
    assert "reason: Say why." in done.stderr


def test_the_token_follows_no_redirect_and_no_redirect_is_taken_for_an_answer():
    asked: list[str] = []

    def moved() -> Iterator[tuple[bytes, float]]:
        asked.append("here")
        yield b"HTTP/1.1 307 Temporary Redirect\r\nLocation: " + there.encode() + b"/x\r\nContent-Length: 0\r\n\r\n", 0

    def landed() -> Iterator[tuple[bytes, float]]:
        asked.append("there")
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 0

    with serving(landed) as there, serving(moved) as address:
        done, _ = run(address, "--strict")

    assert asked == ["here"]
    assert "answered 307 Temporary Redirect. Is FAILONCE_URL right?" in done.stderr


def test_a_command_that_was_cut_off_says_that_it_may_have_arrived():
    with serving(closes) as address:
        cut, _ = run(address, "answer", "P-7", "1", "read")
    nobody, _ = run("http://127.0.0.1:1", "answer", "P-7", "1", "read")

    assert (cut.returncode, nobody.returncode) == (1, 1)
    assert "It may have arrived; look before you repeat it." in cut.stderr
    assert "Nothing was sent." in nobody.stderr


def test_asking_elsewhere_starts_without_django():
    with answering(201, json.dumps(ANSWER).encode()) as address:
        code = f"""
import os, sys
os.environ["FAILONCE_URL"] = {address!r}
from failonce.cli.main import cli
cli(["preflight"], standalone_mode=False)
print(*sorted({{name.split(".")[0] for name in sys.modules}} & {{"django", "numpy", "pydantic", "ninja", "httpx"}}))
"""
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(failonce.__file__).parent.parent)}
        done = subprocess.run(
            [sys.executable, "-c", code], input="x", env=environment, capture_output=True, text=True, check=True
        )

    assert done.stdout.splitlines()[-1] == ""
