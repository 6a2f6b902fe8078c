"""What sources yield: one record per failure, or one place that couldn't be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from failonce.intake.report import Place


@dataclass(frozen=True, slots=True)
class Record:
    """One failure as its source has it; field names are still the source's own."""

    place: Place
    fields: Mapping[str, Any]
    origin: str  # what its ids are unique in, where the record doesn't say
    read: int  # bytes of the file read so far

    def after(self, before: int) -> "Record":
        """Return it as read after so many bytes of other files."""
        return replace(self, read=before + self.read)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line or a file that couldn't be read, and why."""

    place: Place
    why: str
    read: int

    def after(self, before: int) -> "Unreadable":
        """Return it as read after so many bytes of other files."""
        return replace(self, read=before + self.read)


Read = Iterator[Record | Unreadable]
