"""Compares a query with texts by the terms they share and how rare those are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from failonce.recall.postings import Floats, Ints, Postings

# What a query may cost, whatever the size of the memory: its most telling
# terms are read until so many postings are gathered, and so many texts are
# then compared term by term.
MOST_QUERY_TERMS = 150
MOST_POSTINGS = 400_000
MOST_COMPARED = 200
MOST_TERMS_COMPARED = 150_000
_TITLE_COUNTS = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A query as numbers: its known terms, their rarity and their weight."""

    words: list[str]
    ids: Ints
    rarity: Floats
    weight: Floats
    texts: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """How one text compares with the question."""

    number: int
    cosine: float
    shared: Mapping[str, float]  # each shared term's part of the likeness


def ask(postings: Postings, title: list[str], body: list[str], texts: int) -> Question:
    """A query's terms with their weights; the title's count twice."""
    counts = Counter(body)
    for term in title:
        counts[term] += _TITLE_COUNTS
    known = [(term, postings.known(term)) for term in counts]
    pairs = sorted((term, number) for term, number in known if number is not None)
    ids = np.array([number for _, number in pairs], dtype=np.int64)
    rarity = rarities(postings, ids, texts)
    times = np.array([counts[term] for term, _ in pairs], dtype=np.float32)
    weight = (1 + np.log(np.maximum(times, 1))) * rarity
    return Question(
        [term for term, _ in pairs], ids, rarity, weight.astype(np.float32), texts
    )


def rarities(postings: Postings, ids: Ints, texts: int) -> Floats:
    """The smoothed inverse document frequency of terms."""
    often = postings.frequencies(ids)
    return (np.log((1.0 + texts) / (1.0 + np.minimum(often, texts))) + 1).astype(
        np.float32
    )


def candidates(
    postings: Postings,
    question: Question,
    allowed: NDArray[np.bool_],
    named: Collection[int],
) -> Ints:
    """The texts worth comparing: those that share most with the question."""
    scores = np.zeros(len(postings), dtype=np.float32)
    order = np.argsort(-question.weight, kind="stable")[:MOST_QUERY_TERMS]
    room = MOST_POSTINGS
    for at in order.tolist():
        numbers, weights = postings.texts_with(int(question.ids[at]))
        room -= len(numbers)
        if room < 0 and at != order[0]:
            break
        scores[numbers] += question.weight[at] * question.rarity[at] * weights
    scores *= allowed
    best = _largest(scores, MOST_COMPARED)
    also = [number for number in sorted(named) if allowed[number]][:MOST_COMPARED]
    return np.unique(np.concatenate([best, np.array(also, dtype=np.int64)]))


def _largest(scores: Floats, most: int) -> Ints:
    touched = np.flatnonzero(scores)
    if len(touched) > most:
        found = scores[touched]
        least = np.partition(found, -most)[-most]
        above, level = touched[found > least], touched[found == least]
        # Of equals the first told stay, or the answer would change by chance.
        touched = np.concatenate([above, level[: most - len(above)]])
    return touched.astype(np.int64)


def compare(postings: Postings, question: Question, numbers: Ints) -> list[Likeness]:
    """How each of these texts compares, by the cosine of weighted terms."""
    if not len(numbers) or not len(question.ids):
        return [Likeness(int(n), 0.0, {}) for n in numbers]
    terms, rows, weights = weighed(postings, numbers, question.texts)
    norms = np.sqrt(np.bincount(rows, weights * weights, len(numbers)))
    order = np.argsort(question.ids)
    sorted_ids = question.ids[order]
    at = np.minimum(np.searchsorted(sorted_ids, terms), len(sorted_ids) - 1)
    hit = sorted_ids[at] == terms
    column, row = order[at[hit]], rows[hit]
    length = float(np.sqrt(np.square(question.weight).sum())) or 1.0
    parts = weights[hit] * question.weight[column] / length
    parts = parts / np.maximum(norms[row], 1e-9)
    cosines = np.bincount(row, parts, len(numbers))
    shared: list[dict[str, float]] = [{} for _ in range(len(numbers))]
    for r, c, part in zip(row.tolist(), column.tolist(), parts.tolist(), strict=True):
        shared[r][question.words[c]] = part
    return [
        Likeness(int(number), float(cosine), those)
        for number, cosine, those in zip(numbers, cosines, shared, strict=True)
    ]


def weighed(
    postings: Postings, numbers: Ints, texts: int
) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """The distinct terms of texts, the row of each and its weight there."""
    ids, rows, positions = postings.sequences(numbers)
    titles = postings.title_lengths(numbers)
    times = np.where(positions < titles[rows], _TITLE_COUNTS, 1)
    width = np.int64(len(postings.vocabulary) + 1)
    pairs, inverse = np.unique(rows * width + ids, return_inverse=True)
    counts = np.bincount(inverse, times)
    rows, ids = pairs // width, pairs % width
    distinct, back = np.unique(ids, return_inverse=True)
    rarity = rarities(postings, distinct, texts)[back]
    return ids, rows, (1 + np.log(counts)) * rarity
