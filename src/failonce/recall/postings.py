"""Which texts hold which terms, in packed numbers: the memory of recall."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Numbers = NDArray[np.float64]

# A posting is one 32-bit number: the text's number above, how much the term
# matters in it below. An object per posting would take thirty times the room.
_IMPACT_BITS = 8
MOST_TEXTS = 1 << (32 - _IMPACT_BITS)
# Small weights are common and must stay apart, hence the square.
_WEIGHT_OF_IMPACT = np.square(np.arange(256, dtype=np.float32) / 255.0)
_TITLE_COUNTS = 2
# Of a very long text this much is compared term by term; all of it is found.
MOST_COMPARED_TERMS = 1_200


class Postings:
    """Terms to texts and texts to terms; numbers only, callers hold the lock.

    Texts are numbered as they come and numbers are never used again. A text that is retired counts
    no more in how often terms occur and how long texts are; `only` wins its room back.
    """

    def __init__(self) -> None:
        self.vocabulary: dict[str, int] = {}
        self._lists: list[array[int]] = []
        self._often = array("I")
        self._words: list[str] = []
        self._sequence = array("I")
        self._starts = array("Q", [0])
        self._title_lengths = array("H")
        self._retired, self._retired_terms = 0, 0

    def __len__(self) -> int:
        """How many numbers were given, to retired texts too."""
        return len(self._title_lengths)

    def add(self, title: Sequence[str], body: Sequence[str]) -> int:
        """Number a new text and remember its terms; the title's count twice."""
        number = len(self)
        if number >= MOST_TEXTS:
            raise OverflowError(f"Recall holds at most {MOST_TEXTS} texts.")
        ids = [self._number_of(term) for term in title]
        title_length = min(len(ids), 0xFFFF)
        ids.extend(self._number_of(term) for term in body)
        self._post(number, ids, title_length)
        self._sequence.extend(ids)
        self._starts.append(len(self._sequence))
        self._title_lengths.append(title_length)
        return number

    def retire(self, number: int) -> None:
        """Count a text no more, as if it had never been added; once for each number."""
        ids = self._sequence[self._starts[number] : self._starts[number + 1]]
        for term in set(ids):
            self._often[term] -= 1
        self._retired += 1
        self._retired_terms += len(ids)

    def known(self, term: str) -> int | None:
        """The number of a term, or None when no text holds it."""
        number = self.vocabulary.get(term)
        return number if number is not None and self._often[number] else None

    def word(self, number: int) -> str:
        """The term with this number."""
        return self._words[number]

    def mean_length(self) -> float:
        """How many terms a text has on average."""
        return (len(self._sequence) - self._retired_terms) / max(len(self) - self._retired, 1)

    def frequencies(self, ids: Ints) -> Ints:
        """In how many texts each term occurs."""
        # The view is let go of at once: an array can't grow while one is alive.
        return np.frombuffer(self._often, np.uint32)[ids].astype(np.int64)

    def sums(self, ids: Ints, worth: Numbers) -> Numbers:
        """What each text, retired or not, in order of number, holds of these terms, when each is worth so much."""
        lists = [self._lists[i] for i in ids.tolist()]
        packed = np.frombuffer(b"".join(lists), np.uint32)
        parts = _WEIGHT_OF_IMPACT[packed & 0xFF] * np.repeat(worth, [len(one) for one in lists])
        return np.asarray(np.bincount(packed >> _IMPACT_BITS, parts, len(self)), np.float64)

    def sequences(self, numbers: Ints) -> tuple[Ints, Ints, Ints]:
        """The terms of several texts laid end to end: terms, rows, positions."""
        starts = [self._starts[n] for n in numbers.tolist()]
        ends = [min(self._starts[n + 1], self._starts[n] + MOST_COMPARED_TERMS) for n in numbers.tolist()]
        parts = [np.array(self._sequence[a:b], dtype=np.int64) for a, b in zip(starts, ends, strict=True)]
        lengths = np.array([len(part) for part in parts], dtype=np.int64)
        terms = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        rows = np.repeat(np.arange(len(parts)), lengths)
        offsets = np.repeat(np.cumsum(lengths) - lengths, lengths)
        return terms, rows, np.arange(len(terms)) - offsets

    def title_lengths(self, numbers: Ints) -> Ints:
        """How many of each text's first terms are its title."""
        return np.array([self._title_lengths[n] for n in numbers.tolist()], np.int64)

    def only(self, kept: Sequence[int]) -> Postings:
        """These texts alone, numbered anew in the same order."""
        fresh = Postings()
        fresh.vocabulary, fresh._words = self.vocabulary, self._words
        moved = np.full(len(self), -1, dtype=np.int64)
        moved[np.array(kept, dtype=np.int64)] = np.arange(len(kept))
        for packed in self._lists:
            fresh._list(_renumbered(packed, moved))
        for number in kept:
            start, end = self._starts[number], self._starts[number + 1]
            fresh._sequence.extend(self._sequence[start:end])
            fresh._starts.append(len(fresh._sequence))
            fresh._title_lengths.append(self._title_lengths[number])
        return fresh

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All numbers as arrays, for keeping on disk; `of` is the way back."""
        joined = array("I")
        for one in self._lists:
            joined.extend(one)
        return {
            "postings": np.array(joined, np.uint32),
            "lengths": np.array([len(one) for one in self._lists], np.int64),
            "sequence": np.array(self._sequence, np.uint32),
            "starts": np.array(self._starts, np.uint64),
            "titles": np.array(self._title_lengths, np.uint16),
        }

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]], vocabulary: list[str]) -> Postings:
        """The postings that `arrays` gave, with the words of the vocabulary."""
        fresh = cls()
        fresh.vocabulary = {term: number for number, term in enumerate(vocabulary)}
        fresh._words = list(vocabulary)
        ends = np.cumsum(arrays["lengths"])
        for start, end in zip(ends - arrays["lengths"], ends, strict=True):
            fresh._list(array("I", arrays["postings"][start:end].tobytes()))
        fresh._sequence = array("I", arrays["sequence"].tobytes())
        fresh._starts = array("Q", arrays["starts"].tobytes())
        fresh._title_lengths = array("H", arrays["titles"].tobytes())
        return fresh

    def _number_of(self, term: str) -> int:
        number = self.vocabulary.setdefault(term, len(self._lists))
        if number == len(self._lists):
            self._list(array("I"))
            self._words.append(term)
        return number

    def _post(self, number: int, ids: list[int], title_length: int) -> None:
        counts: dict[int, int] = {}
        for position, term in enumerate(ids):
            counts[term] = counts.get(term, 0) + (_TITLE_COUNTS if position < title_length else 1)
        if not counts:
            return
        weights = 1.0 + np.log(np.fromiter(counts.values(), np.float64, len(counts)))
        weights /= np.sqrt(np.square(weights).sum())
        impacts = np.maximum(1, np.rint(255 * np.sqrt(weights))).astype(np.int64)
        packed = (impacts | (number << _IMPACT_BITS)).tolist()
        for term, posting in zip(counts, packed, strict=True):
            self._lists[term].append(posting)
            self._often[term] += 1

    def _list(self, postings: array[int]) -> None:
        self._lists.append(postings)
        self._often.append(len(postings))


def _renumbered(packed: array[int], moved: Ints) -> array[int]:
    old = np.array(packed, dtype=np.uint32)
    new = moved[old >> _IMPACT_BITS]
    there = new >= 0
    fresh = (new[there].astype(np.uint32) << _IMPACT_BITS) | (old[there] & 0xFF)
    return array("I", fresh.astype(np.uint32).tobytes())
