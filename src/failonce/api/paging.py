"""Pages of long answers: bounded, and without counting what nobody asked to be counted."""

from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from pydantic import Field

_Row = TypeVar("_Row", bound=Any)

# Bounded both ways: SQLite can't take an offset beyond 64 bits, and a page of a million rows helps nobody.
Limit = Annotated[int, Field(ge=1, le=200, description="How many at most.")]
Offset = Annotated[int, Field(ge=0, le=10_000_000, description="How many to skip.")]


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """Some rows, and the offset of the next page, None on the last."""

    rows: list[_Row]
    next_offset: int | None


def page_of(rows: QuerySet[_Row], limit: int, offset: int) -> Page[_Row]:
    """Return one page of an ordered queryset, in one query."""
    found = list(rows[offset : offset + limit + 1])
    return Page(found[:limit], offset + limit if len(found) > limit else None)
