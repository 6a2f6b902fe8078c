"""One file of the folder as values: what its front matter says, checked for its shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from failonce.history.codes import number_of
from failonce.intake.front_matter import UnreadableError, split, text_of
from failonce.intake.moments import UnreadableTimeError, moment_of

_LARGEST_CODE = 999_999_999  # beyond it a made-up code would leave no room for new ones
FILE_LIMIT = 20_000_000  # bytes; a story has up to a million characters


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's front matter and body. Every getter raises UnreadableError with the name of what is wrong."""

    name: str
    front: Mapping[str, Any]
    body: str

    def number(self, letter: str) -> int:
        """Return the number of the file's code; the file's name serves where the front matter has none."""
        number = number_of(self.text("code") or Path(self.name).stem, letter)
        if number is None or not 0 < number <= _LARGEST_CODE:
            raise UnreadableError(f"code: {self.text('code')[:40]!r} isn't a code such as {letter}-12.")
        return number

    def text(self, key: str) -> str:
        """Return one string, empty where there is none."""
        value = self.front.get(key, "")
        if not isinstance(value, str):
            raise UnreadableError(f"{key}: takes one line of text.")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of strings; a single string is a list of one."""
        value = self.front.get(key, "")
        values = value if isinstance(value, list) else [value] if value else []
        if not all(isinstance(each, str) for each in values):
            raise UnreadableError(f"{key}: takes a list of names.")
        return tuple(values)

    def rows(self, key: str) -> list["Sheet"]:
        """Return a list of mappings, each to be asked like a file."""
        value = self.front.get(key) or []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise UnreadableError(f"{key}: takes a list of entries with names and values.")
        return [Sheet(self.name, each, "") for each in value]

    def moment(self, key: str) -> datetime | None:
        """Return one time, None where there is none."""
        try:
            found = moment_of(self.front.get(key))
        except UnreadableTimeError as error:
            raise UnreadableError(f"{key}: {error}") from error
        return found.at if found else None

    def day(self, key: str) -> date | None:
        """Return one day, None where there is none."""
        text = self.text(key)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise UnreadableError(f"{key}: {text[:40]!r} isn't a day such as 2026-05-01.") from error

    def share(self, key: str) -> float:
        """Return a number from 0 to 1."""
        text = self.text(key)
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 1:
            raise UnreadableError(f"{key}: {text[:40]!r} isn't a number from 0 to 1.")
        return number

    def whole(self, key: str, otherwise: int) -> int:
        """Return one whole number."""
        text = self.text(key)
        if not text:
            return otherwise
        if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) > 0):
            raise UnreadableError(f"{key}: {text[:40]!r} isn't a number such as 2.")
        return int(text)


def sheet_of(path: Path, name: str) -> Sheet:
    """Read one file; `name` is what a report calls it."""
    try:
        size = path.stat().st_size
        if size > FILE_LIMIT:
            raise UnreadableError(f"The file has {size:,} bytes; up to {FILE_LIMIT:,} are read.")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"It can't be read: {error.strerror}.") from error
    front, body = split(text_of(data))
    return Sheet(name, front, body)
