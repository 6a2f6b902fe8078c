"""Brings together what services fail of in different words: a renewal here, an expiry there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from failonce.recall.candidates import Question
from failonce.recall.paragraphs import paragraphs
from failonce.recall.postings import Ints, Postings
from failonce.recall.tokens import terms

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Entries:
    """Which terms stand for which ideas, in order of the term."""

    terms: Ints
    ideas: Ints
    shares: Numbers


@cache
def _listed() -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    """The names of the ideas, and for each term those it stands for."""
    listed = paragraphs("ideas.txt")
    found: dict[str, tuple[int, ...]] = {}
    for number, words in enumerate(listed.values()):
        for term in dict.fromkeys(term for word in words for term in _whole(word)):
            found[term] = (*found.get(term, ()), number)
    return tuple(listed), found


def _share(ideas: tuple[int, ...]) -> float:
    """How much a word says of each of its ideas: the more there are, the less."""
    return float(len(ideas) ** -0.5)


def _whole(word: str) -> list[str]:
    """The terms of a listed word; of a name in parts the whole alone, as "two" of "two-factor" stands for nothing."""
    return terms(word)[-1:]


class Ideas:
    """How strongly each candidate, and the question, is about each idea."""

    def __init__(self, postings: Postings) -> None:
        self._names, self._of = _listed()
        known = sorted((n, ideas) for term, ideas in self._of.items() if (n := postings.known(term)) is not None)
        each = [(number, idea, _share(ideas)) for number, ideas in known for idea in ideas]
        self._entries = _Entries(
            np.array([e[0] for e in each], np.int64),
            np.array([e[1] for e in each], np.int64),
            np.array([e[2] for e in each], np.float64),
        )

    def alike(self, rows: Ints, found: Ints, weights: Numbers, many: int, question: Question) -> Alike:
        """Compare `many` candidates, given as rows, terms and weights, with the question."""
        first = np.searchsorted(self._entries.terms, found, "left")
        count = np.searchsorted(self._entries.terms, found, "right") - first
        at = np.arange(int(count.sum())) + np.repeat(first - (np.cumsum(count) - count), count)
        rows, weights = np.repeat(rows, count), np.repeat(weights, count)
        told, clearly_told = self._profiles(rows, self._entries.ideas[at], self._entries.shares[at], weights, many)
        asked, clearly_asked = self._asked(question)
        return Alike(self._names, told * asked, clearly_told & clearly_asked)

    def _asked(self, question: Question) -> tuple[Numbers, NDArray[np.bool_]]:
        """The profile of a question. A word that no text has may stand for what one tells in other words."""
        words = [*zip(question.words, question.weight.tolist(), strict=True), *question.unknown]
        each = [
            (idea, _share(ideas), weight)
            for word, weight in words
            for ideas in [self._of.get(word, ())]
            for idea in ideas
        ]
        table = np.array(each, np.float64).reshape(-1, 3).T
        return self._profiles(np.zeros(len(each), np.int64), table[0].astype(np.int64), table[1], table[2], 1)

    def _profiles(
        self, rows: Ints, ideas: Ints, shares: Numbers, weights: NDArray[Any], many: int
    ) -> tuple[Numbers, NDArray[np.bool_]]:
        """One row of unit length per text: how much of it each idea is; and which it has a word of its own of."""
        width = len(self._names)
        cells = rows * width + ideas
        table = np.bincount(cells, weights * shares, many * width).reshape(many, width)
        clearly = np.bincount(cells[shares >= _OF_ITS_OWN], minlength=many * width).reshape(many, width) > 0
        return np.asarray(table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)), clearly


@dataclass(frozen=True, slots=True)
class Alike:
    """What each idea adds to the likeness of each candidate and the question."""

    names: tuple[str, ...]
    parts: Numbers
    clear: NDArray[np.bool_]  # where both have a word of the idea's own

    def likeness(self) -> Numbers:
        """The cosine of the ideas, one number per candidate."""
        return np.asarray(self.parts.sum(axis=1))

    def chief(self, row: int) -> str:
        """The idea that a candidate shares most with the question; empty when none stands out."""
        parts = np.where(self.clear[row], self.parts[row], 0.0)
        best = int(parts.argmax())
        return self.names[best] if parts[best] >= _STANDS_OUT else ""


# Of a whole likeness: below it many ideas share a little and none is the reason, least of all in a wrong hit.
_STANDS_OUT = 0.15
# A word of two ideas at most. Were "data" or "disk" enough, a backup would be said to be about encryption.
_OF_ITS_OWN = 0.7
