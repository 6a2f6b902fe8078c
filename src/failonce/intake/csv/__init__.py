"""Failures as a table with a header: CSV as spreadsheets and issue trackers write it."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from failonce.failures.models import STORY_LIMIT
from failonce.intake.fields import FieldMap
from failonce.intake.front_matter import UnreadableError, text_of
from failonce.intake.records import Read, Record, Unreadable
from failonce.intake.report import Place
from failonce.people.errors import Refused

FILE_LIMIT = 500_000_000  # bytes; the table is read as a whole
_DELIMITERS = ",;\t|"
_RESTARTS = 50  # after so many broken quotes the rest isn't worth guessing at


def read(path: Path, name: str, origin: str, fields: FieldMap, encoding: str = "") -> Read:
    """Yield the records of one file; a broken row is said by its line, and the next ones are read.

    Raises Refused when no column says what happened.
    """
    size = path.stat().st_size
    if size > FILE_LIMIT:
        yield Unreadable(Place(name), f"The file has {size:,} bytes; up to {FILE_LIMIT:,} are read.", size)
        return
    try:
        text = _decoded(path.read_bytes(), encoding)
    except UnreadableError as error:
        yield Unreadable(Place(name, error.line), error.why, size)
        return
    yield from _records(text, Place(name), origin, fields, size)


def _records(text: str, place: Place, origin: str, fields: FieldMap, size: int) -> Read:
    lines, first = _lines(text)
    if first >= len(lines):
        return
    rows = _rows(lines, first, _dialect(lines[first], text))
    _, header = next(rows)
    if isinstance(header, str):
        yield Unreadable(Place(place.file, first + 1), header, size)
        return
    _check_header(header, fields, place.file)
    for number, row in rows:
        here, done = Place(place.file, number), size * number // max(len(lines), 1)
        if isinstance(row, str):
            yield Unreadable(here, row, done)
        elif problem := _problem_with(row, header):
            yield Unreadable(here, problem, done)
        elif any(row):
            yield Record(here, _named(header, row), origin, done)


def _decoded(data: bytes, encoding: str) -> str:
    """Return the text; a byte that isn't UTF-8 stays recognisable, so that only its row is refused."""
    if encoding:
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError) as error:
            raise UnreadableError(f"It can't be read as {encoding[:40]}: {error}.") from error
    try:
        return text_of(data)
    except UnreadableError:
        return data.decode("utf-8-sig", "surrogateescape")


def _lines(text: str) -> tuple[list[str], int]:
    """Return the physical lines with their ends, and the index of the header."""
    lines = list(io.StringIO(text, newline=""))
    first = 1 if lines and re.fullmatch(r"sep=.\s*", lines[0]) else 0  # spreadsheets write it for themselves
    while first < len(lines) and not lines[first].strip():
        first += 1
    return lines, first


def _dialect(header: str, text: str) -> dict[str, Any]:
    outside = re.sub(r'"[^"]*"', "", header)
    delimiter = max(_DELIMITERS, key=outside.count)
    escapes = '\\"' in text and '""' not in text
    return {"delimiter": delimiter, "strict": True, "escapechar": "\\" if escapes else None, "doublequote": not escapes}


def _rows(lines: Sequence[str], first: int, dialect: dict[str, Any]) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row with the line it starts at, or what is wrong with it; reading goes on at the line after."""
    # The limit belongs to the whole process, and its default would refuse long stories as broken rows.
    csv.field_size_limit(max(csv.field_size_limit(), 2 * STORY_LIMIT))
    start = first
    for _ in range(_RESTARTS):
        reader = csv.reader(iter(lines[start:]), **dialect)
        base = start
        try:
            for row in reader:
                yield start + 1, row
                start = base + reader.line_num
        except csv.Error as error:
            yield start + 1, f"The row is broken: {error}. Is a quote missing?"
            start += 1
        else:
            return
    yield start + 1, "Too many rows are broken; nothing after this line is read."


def _check_header(header: Sequence[str], fields: FieldMap, name: str) -> None:
    missing = [theirs for theirs in fields.said_names() if theirs not in header and not fields.knows(theirs, header)]
    columns = ", ".join(header)[:300]
    if missing:
        raise Refused(f"{name} has no column {missing[0][:60]!r}. Its columns: {columns}.")
    if not {"story", "summary"} & fields.read({column: column for column in header}).keys():
        raise Refused(f"No column of {name} says what happened. Say which: --map story=COLUMN. Its columns: {columns}.")
    fields.unused.clear()


def _problem_with(row: Sequence[str], header: Sequence[str]) -> str:
    if any(row) and len(row) != len(header):
        return f"The row has {len(row)} columns, the header {len(header)}. Is a quote missing?"
    if any("\x00" in cell for cell in row):
        return "There is a NUL character in this row. Take it out."
    if any("\udc80" <= letter <= "\udcff" for cell in row for letter in cell if letter > "\ud7ff"):
        return "This row isn't UTF-8. Save the file as UTF-8, or say --encoding cp1252."
    return ""


def _named(header: Sequence[str], row: Sequence[str]) -> dict[str, Any]:
    """Return the row by column; columns of one name become a list, as trackers repeat a column per value."""
    found: dict[str, Any] = {}
    for name, value in zip(header, row, strict=True):
        if name in found and value:
            before = found[name]
            found[name] = [*before, value] if isinstance(before, list) else [before, value] if before else value
        else:
            found.setdefault(name, value)
    return found
