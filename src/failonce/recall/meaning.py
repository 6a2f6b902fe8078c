"""Finds texts whose passages mean the same, when an embedding model is at hand."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from failonce.recall.foremost import Values, few_of_equals, foremost
from failonce.recall.postings import Ints
from failonce.recall.shapes import Query, Text

# Of prose, a passage mostly fits the 256 word pieces that MiniLM reads: 144 to 248 in the middle of five lists,
# but 584 of logs. The next begins twenty words before its end, so that few sentences are halved in both.
_PASSAGE_WORDS, _STEP_WORDS = 110, 90
# Nine reports in ten have no more passages. A question's are fewer, as somebody waits while they are read.
_MOST_PASSAGES, _MOST_ASKED = 6, 3
# Six passages are had from this, unless their words are seventy letters long on average.
_MOST_LETTERS = 40_000
# A passage of prose has half as many letters; this bounds what is written without spaces, and pasted titles.
_PASSAGE_LETTERS, _TITLE_LETTERS = 1_500, 200
_MOST_FOUND = 60  # beside a hundred that share words; all are compared in full
# So many passages, the nearest by sign, are compared number by number: 60 texts' even if each has all six among them.
_FIRST_LOOK = 400
_FARTHEST = 1 << 14  # more signs than any BERT's row has, so farther than any passage
# Times this, .25 fills a signed byte; of MiniLM's 384 numbers a row, .05 by root mean square, the largest of 400
# rows was .21. What is larger in a narrower model is cut.
_TO_BYTE = 508
# What the passages share is known well once there are many more than these; before, less of it is taken away.
_PASSAGES_TO_KNOW_BY = 50
_KNOWN_BY = "The certificate of the gateway expired on a Sunday, and cards were refused until a new one was issued."
# Other arithmetic, .00004 off, moves a number by one at most; between unrelated rows numbers lie 32 apart.
_SAME_DIGITS = 4


class Embeds(Protocol):
    """Anything that turns texts into rows of unit length."""

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """One row per text."""


def passages(title: str, body: str, most: int) -> list[str]:
    """Overlapping stretches of a text, each led by its title."""
    words = body[:_MOST_LETTERS].split()
    stretches = [
        " ".join(words[at : at + _PASSAGE_WORDS])
        for at in range(0, max(1, len(words) - (_PASSAGE_WORDS - _STEP_WORDS)), _STEP_WORDS)
    ][:most]
    led = [f"{title[:_TITLE_LETTERS]}\n{part}".strip() for part in stretches]
    return [part[:_PASSAGE_LETTERS] for part in led if part]


class Meaning:
    """Vectors of passages in one byte per number; callers hold the lock."""

    def __init__(self, embedder: Embeds) -> None:
        self._embedder = embedder
        self._width = 0
        self._bytes = bytearray()
        self._bits = bytearray()
        self._owners = array("I")
        self._sum = np.zeros(0, np.int64)  # of all passages but those dropped; whole, so that no order of adding shows
        self._many = 0

    def embed(self, text: Text) -> NDArray[np.int8]:
        """The vectors of a text's passages; slow, so done before locking."""
        return self._vectors(passages(text.title, text.body, _MOST_PASSAGES))

    def ask(self, queries: Sequence[Query]) -> list[NDArray[np.int8]]:
        """The vectors of the passages of a query, and of the beginning of each of its parts; slow, as `embed` is."""
        most = [_MOST_ASKED] + [1] * (len(queries) - 1)
        parts = [passages(query.title, query.text, some) for query, some in zip(queries, most, strict=True)]
        ends = np.cumsum([len(part) for part in parts])
        return np.split(self._vectors([passage for part in parts for passage in part]), ends[:-1])

    def _vectors(self, parts: list[str]) -> NDArray[np.int8]:
        if not parts:
            return np.zeros((0, self._width), np.int8)
        rows = np.asarray(self._embedder.embed(parts), np.float32)
        return np.clip(np.rint(rows * _TO_BYTE), -127, 127).astype(np.int8)

    def model(self) -> NDArray[np.int8]:
        """What the model makes of one sentence, by which it is known again; slow, as `embed` is."""
        return self._vectors([_KNOWN_BY])

    def is_by(self, model: NDArray[np.int8]) -> bool:
        """Whether that was this model: another's vectors are as long perhaps, and mean nothing here."""
        mine = self.model()
        return mine.shape == model.shape and bool(np.abs(mine.astype(int) - model).max(initial=0) <= _SAME_DIGITS)

    def put(self, number: int, vectors: NDArray[np.int8]) -> None:
        """Remember the passages of the text with this number."""
        if len(vectors):
            self._width = vectors.shape[1]
            self._bytes += vectors.tobytes()
            self._bits += np.packbits(vectors > 0, axis=1).tobytes()
            self._owners.extend([number] * len(vectors))
            self._count(vectors, 1)

    def drop(self, number: int) -> None:
        """Leave a text out of what all texts share; its vectors go when room is won back."""
        if not len(self._owners):
            return
        owners = np.frombuffer(self._owners, np.uint32)
        # Needles of another type would have all owners copied at every drop.
        first, end = np.searchsorted(owners, np.array([number, number + 1], np.uint32))
        del owners
        self._count(self._rows(np.arange(first, end)), -1)

    def _count(self, vectors: NDArray[np.int8], times: int) -> None:
        if len(vectors):
            self._sum = (self._sum if len(self._sum) else 0) + times * vectors.sum(axis=0, dtype=np.int64)
            self._many += times * len(vectors)

    def _shared(self) -> NDArray[np.float64]:
        """The mean of all passages: what an organisation's texts have in common, which says nothing of any."""
        return self._sum / (self._many + _PASSAGES_TO_KNOW_BY)

    def renumbered(self, moved: dict[int, int]) -> Meaning:
        """The same vectors under new numbers, those of retired texts left out."""
        before = np.array(self._owners, np.int64)
        new = np.full(int(before.max(initial=-1)) + 1, -1)
        olds = [old for old in moved if old < len(new)]
        new[olds] = [moved[old] for old in olds]
        kept = new[before] >= 0
        fresh = Meaning(self._embedder)
        fresh.fill(self._table()[kept], new[before[kept]], np.ones(len(moved), bool))
        return fresh

    def _table(self) -> NDArray[np.int8]:
        width = max(self._width, 1)
        return np.frombuffer(bytes(self._bytes), np.int8).reshape(-1, width)

    def nearest(self, asked: NDArray[np.int8], allowed: NDArray[np.bool_], turns: Sequence[Values]) -> Ints:
        """The texts with the passages nearest in meaning; of equals a few, those whose turn comes first.

        Signs alone are compared first, eight times less to read.
        """
        if not len(self._owners) or not len(asked):
            return np.zeros(0, np.int64)
        owners = np.array(self._owners, dtype=np.int64)
        bits = np.frombuffer(self._bits, np.uint8).reshape(len(owners), -1)
        apart = np.full(len(owners), _FARTHEST, np.int32)
        for row in np.packbits(asked > 0, axis=1):
            apart = np.minimum(apart, np.bitwise_count(bits ^ row).sum(1, np.int32))
        del bits  # a bytearray cannot grow while a view of it is alive
        able = np.flatnonzero(allowed[owners])
        of_passages = [turn[owners] for turn in turns]
        for looked_at in (_FIRST_LOOK, 10 * _FIRST_LOOK, 100 * _FIRST_LOOK):  # further where copies stand nearest
            near = foremost(-apart, able, looked_at, *of_passages)
            best = np.full(len(allowed), -np.inf)
            # The last digits hang on the rows beside, and of copies they must not differ.
            np.maximum.at(best, owners[near], np.round(_products(self._rows(near), asked), 6))
            found = few_of_equals(best, np.unique(owners[near]), *turns)
            if len(found) >= _MOST_FOUND or looked_at >= len(able):
                break
        return found[:_MOST_FOUND]

    def likeness(self, numbers: Ints, asked: NDArray[np.int8]) -> dict[str, NDArray[np.float64]]:
        """How near each text comes to the query: its best passage to any of the query's, and all in all.

        All in all, what the passages of all texts share is taken away first.
        """
        best, whole = np.zeros(len(numbers)), np.zeros(len(numbers))
        if len(asked) and len(self._owners):
            owners = np.array(self._owners, dtype=np.int64)
            at = np.flatnonzero(np.isin(owners, numbers))
            rows, place = self._rows(at), np.searchsorted(numbers, owners[at])
            np.maximum.at(best, place, _products(rows, asked))
            sums = np.zeros((len(numbers), self._width))
            np.add.at(sums, place, rows - self._shared())
            whole_query = (asked - self._shared()).sum(axis=0)
            lengths = np.linalg.norm(sums, axis=1) * np.linalg.norm(whole_query)
            whole = sums @ whole_query / np.maximum(lengths, 1e-6)
        return {"meaning": best, "meaning_whole": whole}

    def _rows(self, at: Ints) -> NDArray[np.int8]:
        table = np.frombuffer(self._bytes, np.int8).reshape(-1, self._width)
        rows = table[at]
        del table
        return rows

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The vectors and their owners, for keeping on disk."""
        return {"vectors": self._table(), "owners": np.array(self._owners, np.uint32)}

    def fill(self, vectors: NDArray[np.int8], owners: NDArray[Any], alive: NDArray[np.bool_]) -> None:
        """Take in what `arrays` gave; of all texts by number, those dropped since are not alive."""
        self._width = vectors.shape[1]
        self._bytes = bytearray(vectors.tobytes())
        self._bits = bytearray(np.packbits(vectors > 0, axis=1).tobytes())
        self._owners = array("I", owners.tolist())
        self._sum, self._many = np.zeros(0, np.int64), 0
        self._count(vectors[alive[owners]], 1)


def _products(rows: NDArray[np.int8], asked: NDArray[np.int8]) -> NDArray[np.float64]:
    if not len(rows):
        return np.zeros(0)
    a, b = rows.astype(np.float32), asked.astype(np.float32)
    lengths = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)[None]
    return np.asarray(((a @ b.T) / np.maximum(lengths, 1e-6)).max(axis=1), np.float64)
