"""Failures as Markdown files, with YAML front matter or without."""

import re
from pathlib import Path
from typing import Any

from failonce.intake.front_matter import UnreadableError, split, text_of
from failonce.intake.records import Read, Record, Unreadable
from failonce.intake.report import Place

FILE_LIMIT = 20_000_000  # bytes; a story has up to a million characters
_HEADING = re.compile(r"\A\s*(?:#{1,6}[ \t]+(.+?)[ \t]*#*|(\S.*)\r?\n(?:=+|-+))[ \t]*(?:\r?\n|\Z)")
_ORDINAL = re.compile(r"^(?:\d{4}-\d{2}-\d{2}|\d+)[-_ ]+")


def read(path: Path, name: str, origin: str) -> Read:
    """Yield the one record of a file, or why it can't be read."""
    size = path.stat().st_size
    if size > FILE_LIMIT:
        yield Unreadable(Place(name), f"The file has {size:,} bytes; up to {FILE_LIMIT:,} are read.", size)
        return
    try:
        front, body = split(text_of(path.read_bytes()))
    except UnreadableError as error:
        yield Unreadable(Place(name, error.line), error.why, size)
        return
    stem = Path(name).stem
    yield Record(Place(name), {"id": stem, **_fields(front, body, stem)}, origin, size)


def _fields(front: dict[str, Any], body: str, stem: str) -> dict[str, Any]:
    """Return the front matter with the body as its story; the first heading, or the file's name, may be the title."""
    heading, rest = _heading(body)
    if front.get("title"):
        return {**front, "story": body}
    if heading:
        return {**front, "title": heading, "story": rest if rest.strip() else body}
    return {**front, "title": _ORDINAL.sub("", stem).replace("-", " ").replace("_", " ").strip(), "story": body}


def _heading(body: str) -> tuple[str, str]:
    found = _HEADING.match(body)
    return ((found[1] or found[2]).strip(), body[found.end() :]) if found else ("", body)
