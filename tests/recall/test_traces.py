"""Stack traces and logs are told from prose, in whatever language they speak."""

from __future__ import annotations

import time

import pytest

from failonce.recall.traces import error_told_first, written_by_machine

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
GO = "goroutine 1 [running]:\nmain.main()\n\t/srv/main.go:12 +0x1d"
LOG = "2026-11-29 10:12:01,123 ERROR no space left\n2026-11-29 10:12:02,001 ERROR stopping"
SYSLOG = "Nov 29 10:12:01 host kernel: out of memory\nNov 29 10:12:02 host kernel: killed 7"


UNUSUAL = """\
Traceback (most recent call last):
  File "a.py", line 7, in pay
    run()
subprocess.TimeoutExpired: Command timed out"""
CUT_OFF = 'Traceback (most recent call last):\n  File "a.py", line 7, in pay\n'
KEYWORDS = f"{CUT_OFF}TypeError: f(**kw, **more) takes 1"
INDEXED = "TypeError: handlers[i](...) is not a function\n    at run (/srv/a.js:1:2)\n    at go (/srv/a.js:3:4)"
LINKLIKE = "ERROR [main](Pay.java:12) timeout\nERROR [main](Pay.java:13) timeout"
SPACES = 'Exception in thread "http nio 8080" java.lang.IllegalStateException: x\n\tat a.b(C.java:1)\n\t\t... 3 more'


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (PYTHON, (0, 4)),
        (UNUSUAL, (0, 4)),
        (f"{CUT_OFF}Exception: Orders failed", (0, 3)),
        (JAVA, (0, 5)),
        (SPACES, (0, 3)),
        (NODE, (0, 3)),
        ("Error: no id\n    at handler (/srv/app/user.js:12:31)", (0, 2)),
        (GO, (0, 3)),
        (LOG, (0, 2)),
        (SYSLOG, (0, 2)),
        (KEYWORDS, (0, 3)),
        (INDEXED, (0, 3)),
        (LINKLIKE, (0, 2)),
        ("2026-11-29 10:12:01 WARN [main](Pay.java:12)\n2026-11-29 10:12:02 WARN **slow**", (0, 2)),
        ("2026-11-29 10:12:01,123 [http nio 8] ERROR f(**a, **b)\n  2026-11-29 10:12:02,001 [main] INFO f", (0, 2)),
        ("[2026-11-29 10:12:01 +0000] [7] [INFO] f(**a, **b)\n[2026-11-29 10:12:02 +0000] [7] [INFO] f", (0, 2)),
        ("2026-11-29 10:12:01,123 - root - ERROR - f(**a, **b)\n2026-11-29 10:12:02,001 - root - INFO - f", (0, 2)),
        ("2026-11-29 10:12:01,123 - ERROR - f(**a, **b)\n2026-11-29 10:12:02,001 - INFO - f", (0, 2)),
        (f"ERROR: read [the docs](https://x.example/)\n{CUT_OFF}ValueError: 7", (0, 4)),
        (f"The queue stood still.\nIt logged:\n{LOG}\nThen we restarted it.", (2, 4)),
    ],
)
def test_what_a_machine_wrote_is_found(text: str, where: tuple[int, int]) -> None:
    found = written_by_machine(text.splitlines())

    assert (found.start, found.stop) == where


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We met at the gate (7)\n  and went in.",
        "- a list\n  - of lists\n  - in a list\n    that goes on",
        "2026-11-29 10:12 we noticed\n2026-11-29 10:20 we rolled back",
        "2026-11-29 10:12:01 we **noticed**\n2026-11-29 10:20:00 we [rolled back](http://x.example/)",
        "2026-11-29 10:12:01 Ann saw ERROR in [the log](https://x.example/)\n2026-11-29 10:13:01 **Bob** restarted it",
        "2026-11-29 10:12:01 **Ann** saw ERROR\nINFO: Bob restarted it",
        "WARNING: read [the runbook](https://x.example/) first\nINFO: **the primary** was moved",
        "WARNING: it is [a repeat](/failures/F-7/)\nINFO: nobody knew",
        "at 10:12 we restarted node 7\nat 10:14 we restarted node 8",
        "Error: it didn't start. Then we looked.\nNobody knew why.",
        "Error: the import fails\nException: only on Sundays",
        "INFO was all we had to go by.",
    ],
)
def test_what_people_wrote_is_left_alone(text: str) -> None:
    assert not written_by_machine(text.splitlines()).stop


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (PYTHON, "requests.exceptions.SSLError: certificate has expired (_ssl.c:1002)"),
        (UNUSUAL, "subprocess.TimeoutExpired: Command timed out"),
        (JAVA, "Caused by: java.sql.SQLException: timeout"),
        (NODE, "TypeError: Cannot read properties of undefined (reading 'id')"),
        (KEYWORDS, "TypeError: f(**kw, **more) takes 1"),
        (INDEXED, "TypeError: handlers[i](...) is not a function"),
        (f"\n\n{PYTHON}\n\nKeyError: 'of another block'", PYTHON.splitlines()[-1]),
        ("java.lang.Exception: pool closed\n\tat a.b(C.java:1)", "java.lang.Exception: pool closed"),
        (f"{CUT_OFF}Exception: Orders failed", "Exception: Orders failed"),
        (f"{CUT_OFF}Error", "Error"),
        (f"{CUT_OFF}Warning: deprecated", "Warning: deprecated"),
        (f"{CUT_OFF}Timeout: no answer", "Timeout: no answer"),
        (f"{CUT_OFF}zmq.Again", "zmq.Again"),
        (f"{CUT_OFF}KeyboardInterrupt", "KeyboardInterrupt"),
        (f"{CUT_OFF}Then: we restarted it", ""),
        (f"{CUT_OFF}Nothing", ""),
        (LOG, ""),
        (f"Orders failed.\n{PYTHON}", ""),
        ("Orders failed.", ""),
    ],
)
def test_the_error_that_a_trace_begins_with(text: str, error: str) -> None:
    assert error_told_first(text) == error


@pytest.mark.parametrize(
    "line",
    [
        "at x" + ":" * 395,
        "at x" + "(" * 395,
        "a." * 200,
        'File "' + '"' * 390,
        "\t" * 400,
        "a:" * 200,
        'Exception in thread "" ' * 17,
        "2026-11-29 10:12:01 " + "] - " * 95,
        "2026-11-29 10:12:01 " + "**a" * 126,
    ],
)
def test_no_line_makes_many_lines_slow(line: str) -> None:
    text = "Error:\n" + f"{line}\n" * 2_500

    began = time.process_time()
    error_told_first(text)
    written_by_machine(text.splitlines())

    assert time.process_time() - began < 2


def test_many_lines_of_a_machine_are_not_slow_either() -> None:
    lines = ["INFO:"] * 33_000

    began = time.process_time()
    found = written_by_machine(lines)

    assert time.process_time() - began < 2
    assert found.stop == len(lines)
