"""Failures as JSON Lines: one object a line; or one JSON list of objects."""

import json
from pathlib import Path
from typing import Any, BinaryIO

from failonce.intake.front_matter import UnreadableError, text_of
from failonce.intake.records import Read, Record, Unreadable
from failonce.intake.report import Place

LINE_LIMIT = 16_000_000  # bytes; a story has up to a million characters
_LIST_LIMIT = 500_000_000  # a list is read as a whole


def read(path: Path, name: str, origin: str) -> Read:
    """Yield the records of one file, in its order."""
    with path.open("rb") as lines:
        yield from read_lines(lines, name, origin)


def read_lines(lines: BinaryIO, name: str, origin: str) -> Read:
    """Yield the records of open JSON Lines; a broken line is said, and the next ones are read."""
    number = done = 0
    while line := lines.readline(LINE_LIMIT + 1):
        number, done = number + 1, done + len(line)
        place = Place(name, number)
        if len(line) > LINE_LIMIT:
            done += _skip_line(lines)
            yield Unreadable(place, f"The line has more than {LINE_LIMIT:,} bytes.", done)
        elif number == 1 and line.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
            yield from _read_list(line + lines.read(_LIST_LIMIT), name, origin)
            return
        elif line.strip():
            yield _one(line, place, origin, done)


def _one(line: bytes, place: Place, origin: str, done: int) -> Record | Unreadable:
    try:
        return _record(json.loads(text_of(line)), place, origin, done)
    except UnreadableError as error:
        return Unreadable(place, error.why, done)
    except json.JSONDecodeError as error:
        return Unreadable(place, f"This isn't JSON: {error.msg}, at character {error.colno}.", done)
    except (ValueError, RecursionError) as error:
        return Unreadable(place, f"This JSON can't be read: {str(error)[:100]}.", done)


def _record(value: Any, place: Place, origin: str, done: int) -> Record | Unreadable:
    if not isinstance(value, dict):
        return Unreadable(place, 'A failure is an object, as in {"title": …, "text": …}.', done)
    return Record(place, value, origin, done)


def _read_list(data: bytes, name: str, origin: str) -> Read:
    try:
        values = json.loads(text_of(data))
    except UnreadableError as error:
        yield Unreadable(Place(name, error.line), error.why, len(data))
    except json.JSONDecodeError as error:
        yield Unreadable(
            Place(name, error.lineno), f"This isn't JSON: {error.msg}, at character {error.colno}.", len(data)
        )
    except (ValueError, RecursionError) as error:
        yield Unreadable(Place(name), f"This JSON can't be read: {str(error)[:100]}.", len(data))
    else:
        for count, value in enumerate(values, 1):
            yield _record(value, Place(f"{name}, entry {count}"), origin, len(data) * count // len(values))


def _skip_line(lines: BinaryIO) -> int:
    skipped = 0
    while rest := lines.readline(LINE_LIMIT):
        skipped += len(rest)
        if rest.endswith(b"\n"):
            break
    return skipped
