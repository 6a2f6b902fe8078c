"""Tells what machines wrote, stack traces and logs, from the prose around it."""

from __future__ import annotations

import re
from itertools import takewhile

_TRACEBACK = re.compile(r"\s*Traceback \(most recent call last\)")
_SURE = re.compile(
    r"""\s*(?:
      File\ ".+",\ line\ \d+
    | at\ \S[^()]{0,200}\([^()]{0,200}:\d+\)$
    | at\ [^\s()]+:\d+:\d+$
    | goroutine\ \d+
    | Require\ stack:$
    )""",
    re.VERBOSE,
)
_MOMENT = r"\s*(?:\[?\d{4}-\d\d-\d\d[T ]|[A-Z][a-z]{2} +\d\d? )\d\d:\d\d:\d\d"
_LEVEL = r"\[?(?:FATAL|ERROR|WARN|WARNING|INFO|DEBUG)\b"
_LOG = re.compile(rf"{_MOMENT}|\s*{_LEVEL}[\]: ]")
# Between a machine's moment and its level stands only "[thread]" or "- logger -"; a person has words there.
_SURE_LOG = re.compile(rf"{_MOMENT}\S*\s(?:\[?[^][]*\]\s)*\s*(?:-\s+(?:\S+\s+-\s+)?)?{_LEVEL}")
_ERROR = re.compile(
    r"(?:Caused by: |Exception in thread (?:\"[^\"]*\"|[^\s\"]\S*) )*(?:\w+[.:$])*\w*(?!^)(?:Error|Exception)\b(?::|$)"
    r"|Error: Cannot find module |panic: "
)
_BARE_ERROR = re.compile(r"(?:Error|Exception)(?::|$)")
# A traceback ends with the name of an exception: "TimeoutExpired: …", "zmq.Again". "Then: …" is a person's.
_NAME = re.compile(
    r"(?:Exception|Error|Warning|Timeout|[^\W\d]\w*(?:\.\w+)+|(?=\w*[a-z])(?=[^\W\d]\w*[A-Z])\w+)(?::|$)"
)
_INDENTED = re.compile(r"(?: {2,}|\t+)(?![-*+] |\d+[.)] )\S")
# After a moment all Markdown is a person's, after a level a link that leads somewhere: not "[main](Pay.java:12)".
_MARKDOWN = re.compile(rf"{_MOMENT}.*(?:\]\(|\*\*[^*]+\*\*)|.*\]\((?:http|/)")
_FEWEST_LINES = 2
# An error is named within these, and of a line no more is read: a trace says what it has to say in fewer.
_LINE_LOOKED_AT, _LINES_LOOKED_AT = 400, 1_000


def written_by_machine(lines: list[str]) -> slice:
    """Where a machine wrote among lines without a blank one; an empty slice when it didn't.

    At least two lines together, most of them indented or in a form that machines write.
    """
    return _where(lines, _marks(lines)[0])


def error_told_first(text: str) -> str:
    """The line that names the error, of a text that begins with what a machine wrote; else empty.

    The last of them: a traceback ends with what went wrong, and a chain of causes with the first cause.
    """
    head = text.lstrip()[: _LINE_LOOKED_AT * _LINES_LOOKED_AT].splitlines()[:_LINES_LOOKED_AT]
    lines = list(takewhile(str.strip, head))
    sure, errors = _marks(lines)
    found = _where(lines, sure)
    return lines[errors[-1]].strip() if errors and found.stop and not found.start else ""


def _where(lines: list[str], sure: list[int]) -> slice:
    if not sure:
        return slice(0)
    certain = set(sure)
    theirs = [at for at in range(sure[0], len(lines)) if at in certain or _INDENTED.match(lines[at])]
    found = slice(theirs[0], theirs[-1] + 1)
    many = found.stop - found.start
    enough = many >= _FEWEST_LINES and 2 * len(theirs) > many
    return found if enough and not _by_a_person([lines[at][:_LINE_LOOKED_AT] for at in sure]) else slice(0)


def _by_a_person(sure: list[str]) -> bool:
    """Whether what looks like a log is a person's timeline or notes: it has Markdown, and no line is surely a log's."""
    unsure = all(_LOG.match(line) and not _SURE_LOG.match(line) for line in sure)
    return unsure and any(_MARKDOWN.match(line) for line in sure)


def _marks(lines: list[str]) -> tuple[list[int], list[int]]:
    """Which lines only a machine writes, and which of them name an error."""
    sure: list[int] = []
    errors: list[int] = []
    in_traceback = False
    for at, line in enumerate(each[:_LINE_LOOKED_AT].rstrip() for each in lines):
        begins, indented = bool(_TRACEBACK.match(line)), bool(_INDENTED.match(line))
        goes_on = at + 1 < len(lines) and bool(_INDENTED.match(lines[at + 1]))
        named = bool(_ERROR.match(line.strip())) or (goes_on and bool(_BARE_ERROR.match(line)))
        if named or (in_traceback and not indented and _NAME.match(line)):
            errors.append(at)
            sure.append(at)
        elif begins or _SURE.match(line) or _LOG.match(line):
            sure.append(at)
        in_traceback = begins or (in_traceback and indented)
    return sure, errors
