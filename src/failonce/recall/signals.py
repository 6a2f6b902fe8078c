"""Measures in how many ways a query and each candidate are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from failonce.recall.candidates import TITLE_COUNTS, Question, rarest, rarities
from failonce.recall.found import terse
from failonce.recall.ideas import Ideas
from failonce.recall.in_common import Commons, Told
from failonce.recall.manner import manner, stakes
from failonce.recall.postings import Ints, Postings

Numbers = NDArray[np.float64]

# A passage is about a paragraph; each begins in the middle of the one before.
_HALF_PASSAGE = 30
# Copies of one failure have fewer neighbours as near, what is written from a template has more.
_NEIGHBOURS = 10
# Half of a text of two sentences is soon met by chance; from so many terms on, brevity excuses nothing.
_BRIEF, _BRIEFEST = 40, 5
_ROWS_AT_ONCE = 24
# Okapi's saturation and length normalisation (Robertson & Zaragoza, 2009), with
# the mild length penalty that suits reports of very different length.
_SATURATION, _LENGTH_PENALTY = 1.2, 0.75
_LEAST_RARITY = 0.05  # of a word that all texts have; none would leave a query of such words without a whole


@dataclass(frozen=True, slots=True)
class Compared:
    """The signals of every candidate by name, and what each has in common in words."""

    numbers: Ints
    signals: dict[str, Numbers]
    commons: Commons


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Distinct (text, term) pairs of the candidates, and their match in the query."""

    many: int
    tokens: Ints  # for each word of each text, its column
    rare: Numbers  # by column
    asked: Numbers  # by column: what the term weighs in the question, else 0
    rows: Ints
    column: Ints
    terms: Ints
    counts: Numbers
    rarity: Numbers
    weight: Numbers  # sub-linear count times rarity, rows of unit length
    at: Ints  # the place of the term in the question
    hit: NDArray[np.bool_]


def compare(postings: Postings, question: Question, numbers: Ints, change: str | None = None) -> Compared:
    """Every signal for every candidate; candidates without words get zeros.

    `change` is the whole text of a change: its ideas and its manner count only there.
    """
    terms, rows, positions = postings.sequences(numbers)
    titles = positions < postings.title_lengths(numbers)[rows]
    pairs = _pairs(postings, question, terms, rows, titles, len(numbers))
    lengths = np.bincount(rows, minlength=len(numbers)).astype(np.float64)
    parts = pairs.weight[pairs.hit] * question.weight[pairs.at[pairs.hit]]
    parts = parts / question.length
    signals = {
        "likeness": _sum(pairs.rows[pairs.hit], parts, pairs.many),
        "both_ways": _both_ways(question, pairs),
        "saturated": _saturated(question, pairs, lengths, postings.mean_length()),
        "passage": _passage(question, pairs, rows, positions),
        "neighbours": _neighbours(pairs),
        "terse": np.full(len(numbers), terse(question.distinct)),
    }
    ideas = None
    if change is not None:
        ideas = Ideas(postings).alike(pairs.rows, pairs.terms, pairs.weight, len(numbers), question)
        signals["ideas"] = ideas.likeness()
        signals["agreeing"] = signals["ideas"] * signals["likeness"]
        signals["brief"] = np.log(np.maximum(_BRIEF / np.maximum(lengths, _BRIEFEST), 1))
        signals["stakes"] = np.full(len(numbers), stakes(change))
        signals |= {kind: np.full(len(numbers), share) for kind, share in manner(change).items()}
    shared = pairs.rows[pairs.hit], pairs.at[pairs.hit], parts
    return Compared(numbers, signals, Commons(question, Told(terms, rows), *shared, ideas))


def _pairs(
    postings: Postings,
    question: Question,
    terms: Ints,
    rows: Ints,
    titles: NDArray[np.bool_],
    many: int,
) -> _Pairs:
    columns = np.zeros(len(postings.vocabulary) + 1, np.int64)
    columns[terms] = 1
    distinct = np.flatnonzero(columns)
    columns[distinct] = np.arange(len(distinct))
    tokens = columns[terms]
    width = max(len(distinct), 1)
    codes = rows * width + tokens
    both, counts = _counted(np.concatenate([codes, *[codes[titles]] * (TITLE_COUNTS - 1)]))
    row, column = both // width, both % width
    rare = rarities(postings, distinct, question.texts)
    at, hit = _places(question.ids, distinct)
    asked = np.where(hit, question.weight[at] if len(question.ids) else 0.0, 0.0)
    weight = (1 + np.log(np.maximum(counts, 1))) * rare[column]
    norms = np.sqrt(_sum(row, weight * weight, many))
    return _Pairs(
        many=many, tokens=tokens, rare=rare, asked=asked, rows=row, column=column, terms=distinct[column],
        counts=counts, rarity=rare[column], weight=weight / np.maximum(norms[row], 1e-9),
        at=at[column], hit=hit[column],
    )  # fmt: skip


def _counted(codes: Ints) -> tuple[Ints, Numbers]:
    """Distinct codes in order, and how often each occurs.

    A plain sort; finding the way back as well would take five times longer.
    """
    codes = np.sort(codes)
    first = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])[: len(codes)])
    return codes[first], np.diff(np.append(first, len(codes))).astype(np.float64)


def _places(known: Ints, ids: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    if not len(known):
        return np.zeros(len(ids), np.int64), np.zeros(len(ids), bool)
    at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return at, known[at] == ids


def _sum(rows: Ints, values: NDArray[Any], many: int) -> Numbers:
    return np.bincount(rows, values, many).astype(np.float64)


def _both_ways(question: Question, pairs: _Pairs) -> Numbers:
    """How much of what either says the other says too, rare words counting most: the smaller of the two shares."""
    worth = pairs.rarity**2
    shared = _sum(pairs.rows[pairs.hit], worth[pairs.hit], pairs.many)
    told = _sum(pairs.rows, worth, pairs.many)
    asked = float(np.square(question.rarity).sum()) + float(question.new.sum()) * rarest(question.texts) ** 2
    return np.minimum(shared / np.maximum(told, 1e-9), shared / max(asked, 1e-9))


def _saturated(question: Question, pairs: _Pairs, lengths: Numbers, usual: float) -> Numbers:
    """Okapi BM25 as a share of what the query would score against itself."""
    hit, rows = pairs.hit, pairs.rows[pairs.hit]
    asked = (1 + np.log(np.maximum(question.counts, 1))) * np.maximum(question.rarity - 1, _LEAST_RARITY)
    penalty = 1 - _LENGTH_PENALTY + _LENGTH_PENALTY * lengths / max(usual, 1.0)
    counts = pairs.counts[hit]
    gain = counts * (_SATURATION + 1) / (counts + _SATURATION * penalty[rows])
    new = float(question.new.sum()) * (rarest(question.texts) - 1)
    whole = max(float(asked.sum()) + new, 1e-9)
    each = asked[pairs.at[hit]] * gain if len(asked) else gain
    return _sum(rows, each, pairs.many) / whole


def _passage(question: Question, pairs: _Pairs, rows: Ints, positions: Ints) -> Numbers:
    """The best cosine of the query with any paragraph of the text."""
    if not len(rows):
        return np.zeros(pairs.many)
    block = positions // _HALF_PASSAGE
    blocks = int(block.max()) + 2
    width = len(pairs.rare)
    # Each word stands in two passages: its own half begins one, ends another.
    codes = (rows * blocks + block) * width + pairs.tokens
    both, counts = _counted(np.concatenate([codes, codes + width]))
    passage, column = both // width, both % width
    weights = (1 + np.log(counts)) * pairs.rare[column]
    many = pairs.many * blocks
    norms = np.sqrt(_sum(passage, weights * weights, many))
    found = _sum(passage, weights * pairs.asked[column], many)
    cosines = found / np.maximum(norms * question.length, 1e-9)
    return np.asarray(cosines.reshape(pairs.many, blocks).max(axis=1))


def _neighbours(pairs: _Pairs) -> Numbers:
    """How like other candidates each one is: a text like many says little.

    Without it, reports written from one template would seem to repeat
    whatever is told in the words of that template.
    """
    common = np.bincount(pairs.column, minlength=len(pairs.rare)) > 1
    kept = common[pairs.column]
    line = (np.cumsum(common) - 1)[pairs.column[kept]]
    table = np.zeros((int(common.sum()), pairs.many), dtype=np.float32)
    table[line, pairs.rows[kept]] = pairs.weight[kept]
    alike = np.zeros((pairs.many, pairs.many), dtype=np.float32)
    # Small products stay on one core. Spread over several by the maths library
    # they take a hundred times longer on a machine that has other work.
    for at in range(0, len(table), _ROWS_AT_ONCE):
        some = table[at : at + _ROWS_AT_ONCE]
        alike += some.T @ some
    np.fill_diagonal(alike, 0.0)
    most = min(_NEIGHBOURS, pairs.many)
    nearest = np.partition(alike, pairs.many - most, axis=1)[:, pairs.many - most :]
    # Beyond, its digits hang on the order of terms.
    return np.asarray(np.round(nearest.mean(axis=1), 5), np.float64)
