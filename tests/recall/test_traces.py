"""Stack traces and logs are told from prose, in whatever language they speak."""

from __future__ import annotations

import time

import pytest

from failonce.recall.traces import error_told_first, written_by_machines

PYTHON = """\
Traceback (most recent call last):
  File "/srv/app/orders.py", line 589, in request
    answer = self.send(order)
requests.exceptions.SSLError: certificate has expired (_ssl.c:1002)"""
JAVA = """\
Exception in thread "main" java.lang.IllegalStateException: pool closed
\tat org.example.Pool.get(Pool.java:42)
Caused by: java.sql.SQLException: timeout
\tat org.example.Driver.open(Driver.java:3)
\t... 2 more"""
NODE = """\
TypeError: Cannot read properties of undefined (reading 'id')
    at handler (/srv/app/routes/user.js:12:31)
    at Layer.handle (/srv/app/layer.js:95:5)"""
GO = "panic: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n\t/srv/main.go:12 +0x1d"
LOG = "2026-11-29 10:12:01,123 ERROR no space left\n2026-11-29 10:12:02,001 ERROR stopping"
SYSLOG = "Nov 29 10:12:01 host kernel: out of memory\nNov 29 10:12:02 host kernel: killed 7"


def found(text: str) -> list[tuple[int, int]]:
    return [(block.start, block.stop) for block in written_by_machines(text.splitlines())]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        (PYTHON, [(0, 4)]),
        (JAVA, [(0, 5)]),
        (NODE, [(0, 3)]),
        (GO, [(2, 5)]),
        (LOG, [(0, 2)]),
        (SYSLOG, [(0, 2)]),
        (f"The queue stood still.\nIt logged:\n{LOG}\n\nThen we restarted it.", [(2, 4)]),
        (f"{PYTHON}\n\nAnd on the other host:\n\n{NODE}", [(0, 4), (7, 10)]),
    ],
)
def test_what_a_machine_wrote_is_found(text: str, blocks: list[tuple[int, int]]) -> None:
    assert found(text) == blocks


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We met at the gate (7)\n  and went in.",
        "- a list\n  - of lists\n  - in a list\n    that goes on",
        "2026-11-29 10:12 we noticed\n2026-11-29 10:20 we rolled back",
        "Error: it didn't start. Then we looked.\nNobody knew why.",
        f"```\n{PYTHON}\n```",
        "INFO was all we had to go by.",
    ],
)
def test_what_people_wrote_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (PYTHON, "requests.exceptions.SSLError: certificate has expired (_ssl.c:1002)"),
        (JAVA, "Caused by: java.sql.SQLException: timeout"),
        (NODE, "TypeError: Cannot read properties of undefined (reading 'id')"),
        (LOG, ""),
        (f"Orders failed.\n{PYTHON}", ""),
        ("Orders failed.", ""),
    ],
)
def test_the_error_that_a_trace_begins_with(text: str, error: str) -> None:
    assert error_told_first(text) == error


@pytest.mark.parametrize("line", ["at x" + ":" * 200_000, "a." * 100_000, "File " + '"' * 200_000, "\t" * 200_000])
def test_a_line_without_end_takes_no_time(line: str) -> None:
    began = time.process_time()
    found(f"{line}\n{line}")
    assert time.process_time() - began < 2
