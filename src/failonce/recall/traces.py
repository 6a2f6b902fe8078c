"""Tells what machines wrote, stack traces and logs, from the prose around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

# Told in whole lines, with seconds: people's own timelines have neither.
_SURE = re.compile(
    r"""\s*(?:
      Traceback\ \(most\ recent\ call\ last\)
    | File\ ".+",\ line\ \d+
    | at\ \S.*[(:].*\d\)?$
    | goroutine\ \d+
    | \[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d
    | [A-Z][a-z]{2}\ +\d\d?\ \d\d:\d\d:\d\d
    | \[?(?:FATAL|ERROR|WARN|WARNING|INFO|DEBUG)\b[\]:\ ]
    )""",
    re.VERBOSE,
)
_ERROR = re.compile(
    r"(?:Caused by: |Exception in thread \S+ |panic: )*(?:(?:\w+[.:$]+)*\w*(?:Error|Exception)\b(?::|$)|panic: )"
)
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_INDENTED = re.compile(r"(?: {2,}|\t)(?![-*+] |\d+[.)] )\S")
_FEWEST_LINES = 2
# Beyond it no form is looked for: some would take as long as the square of a line.
_LOOKED_AT = 400


def written_by_machines(lines: list[str]) -> Iterator[slice]:
    """Where machines wrote: at least two lines together, most of them indented or in a form only machines write.

    Blank lines part what stands together; what is fenced already is left as it is.
    """
    for start, end in _blocks(lines):
        sure = [at for at in range(start, end) if _is_sure(lines[at])]
        if not sure:
            continue
        theirs = [at for at in range(sure[0], end) if _is_sure(lines[at]) or _INDENTED.match(lines[at])]
        first, last = theirs[0], theirs[-1] + 1
        if last - first >= _FEWEST_LINES and 2 * len(theirs) > last - first:
            yield slice(first, last)


def error_told_first(text: str) -> str:
    """The line that names the error, of a text that begins with what a machine wrote; else empty.

    The last of them: a traceback ends with what went wrong, and a chain of causes with the first cause.
    """
    lines = text.strip().splitlines()
    block = next(written_by_machines(lines), None)
    if block is None or block.start:
        return ""
    return next((line.strip() for line in reversed(lines[block]) if _names_an_error(line)), "")


def _is_sure(line: str) -> bool:
    return bool(_SURE.match(line[:_LOOKED_AT])) or _names_an_error(line)


def _names_an_error(line: str) -> bool:
    return bool(_ERROR.match(line.strip()[:_LOOKED_AT]))


def _blocks(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The beginning and end of each run of lines that are neither blank nor fenced."""
    plain: list[bool] = []
    fenced = False
    for line in lines:
        mark = bool(_FENCE.match(line))
        plain.append(bool(line.strip()) and not fenced and not mark)
        fenced ^= mark
    for is_plain, run in groupby(range(len(lines)), key=plain.__getitem__):
        places = list(run)
        if is_plain:
            yield places[0], places[-1] + 1
