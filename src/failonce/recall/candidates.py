"""Finds the few texts worth comparing with a query, among however many there are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np
from numpy.typing import NDArray

from failonce.recall.foremost import Values, few_of_equals, foremost
from failonce.recall.postings import Ints, Numbers, Postings

# What a query may cost, whatever the size of the memory: its most telling
# terms are read until so many postings are gathered, and so many texts are
# then compared term by term.
MOST_QUERY_TERMS = 120
MOST_POSTINGS = 300_000
MOST_COMPARED = 100
# A title's words are chosen for the whole; counted once they drown in what follows.
TITLE_COUNTS = 3
_ENOUGH_TEXTS = 200


@dataclass(frozen=True, slots=True)
class Question:
    """A query as numbers: its known terms in order of number, and their weight."""

    words: list[str]
    ids: Ints
    counts: Numbers
    rarity: Numbers
    weight: Numbers  # in full precision: of the sums no digit that is shown may hang on the order of terms
    length: float  # what the query weighs; with few texts to know words from, unknown terms too
    new: Numbers  # the dampened counts of terms that no text has; none once there are enough texts
    unknown: tuple[tuple[str, float], ...]  # all terms that no text has, and their weight
    distinct: int  # how many different terms it has
    texts: int


def ask(postings: Postings, title: list[str], body: list[str], texts: int, *, fewest_terms: int = 0) -> Question:
    """A query's terms with their weights; the title's count three times.

    Words that no text has count against a likeness while there are few texts, and so does what a question of
    fewer than `fewest_terms` terms leaves unsaid.
    """
    counts = Counter(body)
    for term in title:
        counts[term] += TITLE_COUNTS
    known = [(postings.known(term), term) for term in counts]
    pairs = sorted((number, term) for number, term in known if number is not None)
    ids = np.array([number for number, _ in pairs], dtype=np.int64)
    rarity = rarities(postings, ids, texts)
    times = np.array([counts[term] for _, term in pairs], dtype=np.float64)
    weight = (1 + np.log(np.maximum(times, 1))) * rarity
    new = np.append(_unknown(counts, known, texts), np.ones(max(0, fewest_terms - len(counts))))
    return Question(
        words=[term for _, term in pairs],
        ids=ids,
        counts=times,
        rarity=rarity,
        weight=weight,
        length=float(np.sqrt(np.square(weight).sum() + np.square(new * rarest(texts)).sum())) or 1.0,
        new=new,
        unknown=tuple((term, _dampened(counts[term]) * rarest(texts)) for number, term in known if number is None),
        distinct=len(counts),
        texts=texts,
    )


def _unknown(counts: Counter[str], known: list[tuple[int | None, str]], texts: int) -> Numbers:
    """The counts of terms that no text has, for as many of them as count; the others are nought.

    Among ten texts nearly every word of a question is new, and the one it shares by
    chance ("two") would be all that counts. From _ENOUGH_TEXTS on, a word that no
    text has says more about the writer than about the failure, and none is counted.
    """
    share = max(0.0, 1 - texts / _ENOUGH_TEXTS)
    return np.array([share * _dampened(counts[term]) for number, term in known if number is None])


def _dampened(count: int) -> float:
    return 1 + math.log(count)


def rarest(texts: int) -> float:
    """The rarity of a term that no text has."""
    return float(np.log(1.0 + texts) + 1)


def rarities(postings: Postings, ids: Ints, texts: int) -> Numbers:
    """The smoothed inverse document frequency of terms."""
    often = postings.frequencies(ids)
    return np.asarray(np.log((1.0 + texts) / (1.0 + often)) + 1, np.float64)


def candidates(
    postings: Postings,
    question: Question,
    allowed: NDArray[np.bool_],
    turns: Sequence[Values],
    named: Collection[int],
    near: Ints,
) -> Ints:
    """The texts worth comparing: those that share most with the question, and as they are those near in meaning.

    Of those `named` by a place as many as of those that share words; of them and of equals, those whose turn, by
    number of the text, comes first.

    Rare terms are read first, so what is left unread when the room is used
    up is what nearly every text has.
    """
    worth = question.weight * question.rarity
    # Of terms as rare as each other those first in the alphabet: their numbers tell which text had them first.
    rarest_first = nsmallest(MOST_QUERY_TERMS, zip((-worth).tolist(), question.words, range(len(worth)), strict=True))
    order = np.array([place for *_, place in rarest_first], np.int64)
    within = np.cumsum(postings.frequencies(question.ids[order])) <= MOST_POSTINGS
    within[:1] = True
    read = order[within]
    scores = postings.sums(question.ids[read], worth[read])
    best = _largest(scores, allowed, turns)
    places = np.array(sorted(named), np.int64)
    also = foremost(-turns[0], places[allowed[places]], MOST_COMPARED, *turns[1:])
    return np.unique(np.concatenate([best, also, near]))


def _largest(scores: Numbers, allowed: NDArray[np.bool_], turns: Sequence[Values]) -> Ints:
    """The allowed places of the largest scores, of each score a few.

    Equals are copies, as an alert told ten thousand times: all of them would leave no room for anything else.
    """
    touched = np.flatnonzero(scores)
    touched = touched[allowed[touched]]
    for looked_at in (20 * MOST_COMPARED, len(touched)):
        best = few_of_equals(scores, foremost(scores, touched, looked_at, *turns), *turns)
        if len(best) >= MOST_COMPARED or looked_at >= len(touched):
            break
    return best[:MOST_COMPARED].astype(np.int64)
