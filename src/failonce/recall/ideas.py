"""Brings together what services fail of in different words: a renewal here, an expiry there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from failonce.recall.likeness import Question
from failonce.recall.paragraphs import paragraphs
from failonce.recall.postings import Ints, Postings
from failonce.recall.tokens import terms

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Entries:
    """Which terms stand for which ideas, in order of the term."""

    terms: Ints
    ideas: Ints
    shares: Numbers  # a word of several ideas says less of each


@cache
def _listed() -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    """The names of the ideas, and for each term those it stands for."""
    listed = paragraphs("ideas.txt")
    found: dict[str, tuple[int, ...]] = {}
    for number, words in enumerate(listed.values()):
        for term in dict.fromkeys(term for word in words for term in _whole(word)):
            found[term] = (*found.get(term, ()), number)
    return tuple(listed), found


def _whole(word: str) -> list[str]:
    """The terms of a listed word; of a name in parts the whole alone, as "two" of "two-factor" stands for nothing."""
    found = terms(word)
    return [term for term in found if term.startswith("=")] or found


class Ideas:
    """How strongly each candidate, and the question, is about each idea."""

    def __init__(self, postings: Postings) -> None:
        self._names, listed = _listed()
        known = sorted((n, ideas) for term, ideas in listed.items() if (n := postings.known(term)) is not None)
        each = [(number, idea, len(ideas) ** -0.5) for number, ideas in known for idea in ideas]
        self._entries = _Entries(
            np.array([e[0] for e in each], np.int64),
            np.array([e[1] for e in each], np.int64),
            np.array([e[2] for e in each], np.float64),
        )

    def alike(self, rows: Ints, found: Ints, weights: Numbers, many: int, question: Question) -> Alike:
        """Compare `many` candidates, given as rows, terms and weights, with the question."""
        told = self._profiles(rows, found, weights, many)
        asked = self._profiles(np.zeros(len(question.ids), np.int64), question.ids, question.weight, 1)
        return Alike(self._names, told * asked)

    def _profiles(self, rows: Ints, found: Ints, weights: NDArray[Any], many: int) -> Numbers:
        """One row of unit length per text: how much of it each idea is."""
        first = np.searchsorted(self._entries.terms, found, "left")
        count = np.searchsorted(self._entries.terms, found, "right") - first
        at = np.arange(int(count.sum())) + np.repeat(first - (np.cumsum(count) - count), count)
        width = len(self._names)
        cells = np.repeat(rows, count) * width + self._entries.ideas[at]
        parts = np.repeat(weights, count) * self._entries.shares[at]
        table = np.bincount(cells, parts, many * width).reshape(many, width)
        return np.asarray(table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9))


@dataclass(frozen=True, slots=True)
class Alike:
    """What each idea adds to the likeness of each candidate and the question."""

    names: tuple[str, ...]
    parts: Numbers

    def likeness(self) -> Numbers:
        """The cosine of the ideas, one number per candidate."""
        return np.asarray(self.parts.sum(axis=1))

    def chief(self, row: int) -> str:
        """The idea that a candidate shares most with the question; empty when none stands out."""
        best = int(self.parts[row].argmax())
        return self.names[best] if self.parts[row, best] >= _STANDS_OUT else ""


# Of a whole likeness: below it many ideas share a little and none is the reason, least of all in a wrong hit.
_STANDS_OUT = 0.15
