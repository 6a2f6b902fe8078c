"""What a candidate and a question have in common in words; worked out only for what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from failonce.recall.candidates import Question
from failonce.recall.ideas import Alike
from failonce.recall.postings import Ints

Numbers = NDArray[np.float64]

# Words this near to one another in a text are said in one breath.
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Common:
    """The shared terms and what each added, which of them stand together, and the shared idea."""

    worth: Mapping[str, float]
    together: frozenset[tuple[str, str]]  # pairs near one another in the candidate, as it has them
    idea: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the candidates tell: their terms laid end to end, and whose each is."""

    terms: Ints
    rows: Ints


class Commons:
    """Works out what each candidate has in common with the question."""

    def __init__(
        self, question: Question, told: Told, rows: Ints, columns: Ints, parts: Numbers, ideas: Alike | None
    ) -> None:
        """`rows`, `columns` and `parts` are the shared terms: in which candidate, which, and how much."""
        self._question, self._told, self._ideas = question, told, ideas
        self._rows, self._columns, self._parts = rows, columns, parts

    def of(self, row: int) -> Common:
        """What the candidate of this row has in common with the question."""
        mine = self._rows == row
        pairs = zip(self._columns[mine].tolist(), self._parts[mine].tolist(), strict=True)
        worth = {self._question.words[column]: part for column, part in pairs}
        return Common(worth, self._together(row), self._ideas.chief(row) if self._ideas else "")

    def _together(self, row: int) -> frozenset[tuple[str, str]]:
        terms = self._told.terms[self._told.rows == row]
        ids = self._question.ids
        if not len(ids) or not len(terms):
            return frozenset()
        at = np.minimum(np.searchsorted(ids, terms), len(ids) - 1)
        places = np.flatnonzero(ids[at] == terms)
        shared = at[places]
        near: set[tuple[int, int]] = set()
        for apart in range(1, min(_NEAR, len(places) - 1) + 1):
            close = places[apart:] - places[:-apart] <= _NEAR
            near.update(zip(shared[:-apart][close].tolist(), shared[apart:][close].tolist(), strict=True))
        words = self._question.words
        return frozenset((words[one], words[other]) for one, other in near)
