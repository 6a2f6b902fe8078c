"""Markdown with YAML front matter: taking a file apart, and putting one together."""

import codecs
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml

FRONT_LIMIT = 2_000_000  # characters; notes and impacts of one failure fit many times

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every scalar stays a string: `title: No` is a title
_FRONT = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes times as the rest of failonce does: 2026-05-01T14:30:00+00:00."""


_Dumper.add_representer(
    datetime, lambda dumper, moment: dumper.represent_scalar("tag:yaml.org,2002:timestamp", moment.isoformat())
)


class UnreadableError(ValueError):
    """A file, or one line of it, can't be read; says why, and at which line if that is known."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


def text_of(data: bytes) -> str:
    """Return a file's text, from UTF-8 or UTF-16 with a byte order mark; raise UnreadableError with the line."""
    try:
        text = data.decode("utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UnreadableError(f"This isn't UTF-8 (byte {error.start + 1}). Save it as UTF-8.", line) from error
    if "\x00" in text:
        raise UnreadableError("There is a NUL character here. Take it out.", text[: text.index("\x00")].count("\n") + 1)
    return text


def split(text: str) -> tuple[dict[str, Any], str]:
    """Return front matter and body; a file without front matter is all body. Raise UnreadableError for bad YAML.

    One empty line after the front matter and one line end at the end of the file belong to the format,
    everything else to the body. Every scalar of the front matter is a string.
    """
    found = _FRONT.match(text)
    if found is None:
        return {}, text.removesuffix("\n")
    front = _mapping(found[1])
    if front is None:  # two rulers with words between them
        return {}, text.removesuffix("\n")
    body = text[found.end() :]
    return front, re.sub(r"\A\r?\n", "", body).removesuffix("\n")


def join(front: Mapping[str, Any], body: str) -> str:
    """Return a file that `split` takes apart into the same front matter and body."""
    return f"---\n{write_yaml(dict(front))}---\n\n{body}\n"


def write_yaml(data: Any) -> str:
    """Return data as YAML, in its own order and with every letter as it is."""
    text: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)
    return text


def read_yaml(text: str) -> Any:
    """Return a YAML document with every scalar a string; raise UnreadableError with the line where it breaks."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - the base loader makes strings, lists and mappings only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or "it can't be read"
        raise UnreadableError(f"The YAML is broken: {why}.", mark.line + 1 if mark else None) from error
    except RecursionError as error:
        raise UnreadableError("The YAML is nested too deeply.") from error


def _mapping(front: str) -> dict[str, Any] | None:
    if len(front) > FRONT_LIMIT:
        raise UnreadableError(f"The front matter has {len(front):,} characters; up to {FRONT_LIMIT:,} are read.")
    try:
        data = read_yaml(front)
    except UnreadableError as error:
        raise UnreadableError(error.why, error.line + 1 if error.line else None) from error
    if data is None or data == "":
        return {}
    return data if isinstance(data, dict) else None
