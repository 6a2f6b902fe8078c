"""Fits the weights of recall to questions with known answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.recall.figures import FIRST, Answer
from benchmarks.recall.sets import Question
from failonce.recall.found import behind, calmed, chance

Numbers = NDArray[np.float64]
Loss = Callable[[Numbers], tuple[float, Numbers]]

_ROUNDS = 4_000
_NEAR_ENOUGH = 1e-6
_SMALLEST_STEP = 1e-12
# A question counts as the number of its source's questions to this power, so that a tracker of a thousand bugs counts
# twice as much as a hundred reports and not ten times. Set by hand.
_CROWDED = -0.7
# The chance is learnt from so many first hits, each below the first counting for less. Set by hand.
_FIRST_HITS, _BELOW_FIRST = 3, 0.3
# How strongly each source holds the weights to nought. Set by hand; other strengths were tried for failures, and told
# them from novel ones no better (see how-recall-ranks).
_STEADY_RANK, _STEADY_RANK_OF_CHANGES, _STEADY_CHANCE = 0.02, 0.002, 0.01
# What the lists of changes cannot teach, as the summaries name no services: set by
# hand, small enough that words decide and large enough to part equals.
# A path is named by whoever wrote the lesson, to be reminded there.
_BY_HAND = {"service": 0.5, "technology": 0.25, "kind": 0.5, "path": 4.0}
# Only ranking may look at the time, at services, or at what both are about; see how-recall-ranks.
_NOT_FOR_DECIDING = ("recency", "service", "ideas", "terse")
_NOT_FOR_RANKING = ("agreeing", "brief", "stakes", "behind", "terse")
_NEVER_BELOW_ZERO = (
    "likeness", "saturated", "both_ways", "passage", "ideas", "bold", "meaning", "meaning_whole", "agreeing", "stakes",
    "service",
)  # fmt: skip
_NEVER_ABOVE_ZERO = ("neighbours", "recency", "cosmetic", "guarded", "brief", "behind")


@dataclass(slots=True)
class Row:
    """One question with the signals of its candidates."""

    question: Question
    places: tuple[int, ...]
    signals: NDArray[np.float64]
    right: NDArray[np.bool_]


Group = list[Row]


class Fitted(NamedTuple):
    """Weights for order and for the chance, in the order of the signals' names, and where the chance starts."""

    names: tuple[str, ...]
    rank: Numbers
    decide: Numbers
    start: float


def bounds(names: Sequence[str]) -> tuple[Numbers, Numbers]:
    """The least and the most a weight may be; more alike must never count against."""
    lowest = np.array([0.0 if name in _NEVER_BELOW_ZERO else -np.inf for name in names])
    return lowest, np.array([0.0 if name in _NEVER_ABOVE_ZERO else np.inf for name in names])


def descend(loss: Loss, limits: tuple[Numbers, Numbers]) -> Numbers:
    """Where a smooth loss is least within limits, from zero: projected gradient with momentum.

    Beck & Teboulle's FISTA (2009) with backtracking, starting afresh when the momentum points uphill.
    """
    here = ahead = np.zeros(len(limits[0]))
    step, pace = 1.0, 1.0
    for _ in range(_ROUNDS):
        value, slope = loss(ahead)
        while True:
            there = np.clip(ahead - step * slope, *limits)
            way = there - ahead
            enough = value + slope @ way + way @ way / (2 * step) + 1e-12
            if loss(there)[0] <= enough or step < _SMALLEST_STEP:
                break
            step /= 2
        if slope @ (there - here) > 0:
            pace = 1.0
        faster = (1 + (1 + 4 * pace**2) ** 0.5) / 2
        ahead = np.clip(there + (pace - 1) / faster * (there - here), *limits)
        if np.abs(there - here).max() < _NEAR_ENOUGH and pace > 1:
            return np.asarray(there)
        here, pace, step = there, faster, step * 1.2
    return np.asarray(here)


def fit_rank(groups: Sequence[Group], names: Sequence[str], steady: float) -> Numbers:
    """Weights under which right answers stand before wrong ones (softmax)."""
    data = [(row.signals, row.right, len(group) ** _CROWDED) for group in groups for row in group if row.right.any()]
    spread = np.concatenate([d[0] for d in data]).std(0) + 1e-6
    used = np.array([name not in _NOT_FOR_RANKING for name in names])

    def loss(w: Any) -> Any:
        total, slope = 0.0, np.zeros_like(w)
        for signals, right, weight in data:
            x = signals / spread * used
            z = x @ w
            p = np.exp(z - z.max())
            p /= p.sum()
            good = float((p * right).sum()) + 1e-12
            total -= weight * np.log(good)
            slope -= weight * (x.T @ (p * right / good - p))
        held = steady * len(groups)
        return total + held * (w @ w), slope + 2 * held * w

    return np.asarray(descend(loss, bounds(names)) / spread)


def fit_decide(groups: Sequence[Group], names: Sequence[str], rank: Numbers, steady: float) -> tuple[Numbers, float]:
    """Weights and start of a logistic chance, learnt from the first three hits."""
    xs, ys, weights = [], [], []
    for group in groups:
        for row in group:
            best = np.argsort(-(row.signals @ rank), kind="stable")[:_FIRST_HITS]
            for n, at in enumerate(best):
                xs.append(row.signals[at])
                ys.append(float(row.right[at]))
                weights.append(len(group) ** _CROWDED * (_BELOW_FIRST if n else 1.0))
    x, y, v = np.array(xs), np.array(ys), np.array(weights)
    used = np.array([n not in _NOT_FOR_DECIDING for n in names])
    middle, spread = x.mean(0), x.std(0) + 1e-6
    z = (x - middle) / spread * used
    v = v / v.sum() * len(groups)

    def loss(w: Any) -> Any:
        odds = z @ w[1:] + w[0]
        p = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        total = -(v * (y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))).sum()
        off = v * (p - y)
        total += steady * len(groups) * (w[1:] @ w[1:])
        slope = np.append(off.sum(), z.T @ off + 2 * steady * len(groups) * w[1:])
        return total, slope

    lowest, highest = bounds(names)
    found = descend(loss, (np.append(-np.inf, lowest), np.append(np.inf, highest)))
    w = found[1:] * used / spread
    return w, float(found[0] - w @ middle)


def placed(row: Row, names: Sequence[str], rank: Numbers) -> Row:
    """The row as these weights order it: how far a hit is behind the best follows from them."""
    if "behind" not in names:
        return row
    signals = row.signals.copy()
    signals[:, list(names).index("behind")] = behind(row.signals @ rank)
    return Row(row.question, row.places, signals, row.right)


def answered(row: Row, fitted: Fitted) -> Answer:
    """What the engine would answer with these weights."""
    if not len(row.places):
        return Answer((), 0.0, 0.0, 0.0)
    signals = placed(row, fitted.names, fitted.rank).signals
    order = np.argsort(-(signals @ fitted.rank), kind="stable")[:FIRST]
    few = signals[:, fitted.names.index("terse")] if "terse" in fitted.names else 0.0
    chances = chance(calmed(signals @ fitted.decide + fitted.start, few))
    ranked = tuple(row.places[at] for at in order)
    return Answer(ranked, float(chances[order].max()), 0.0, float(chances[order[0]]))


def fit(groups: list[Group], names: Sequence[str], change: bool = False) -> Fitted:
    """Weights for order, weights for the chance, and where the chance starts."""
    rank = fit_rank(groups, names, _STEADY_RANK_OF_CHANGES if change else _STEADY_RANK)
    if change and "recency" in names:
        # The public failures' dates say nothing of when a change was made.
        rank[list(names).index("recency")] = 0.0
    decide, start = fit_decide([[placed(row, names, rank) for row in g] for g in groups], names, rank, _STEADY_CHANCE)
    return Fitted(tuple(names), rank, decide, start)


def model(fitted: Fitted, change: bool) -> dict[str, Any]:
    """Fitted weights as they ship, with those set by hand."""
    names, rank, decide, start = fitted
    by_hand = _BY_HAND if change else {}
    return {
        "rank": _rounded(names, rank) | by_hand, "decide": _rounded(names, decide) | by_hand,
        "start": round(start, 4),
    }  # fmt: skip


def _rounded(names: Sequence[str], weights: Any) -> dict[str, float]:
    found = {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)}
    return {n: w for n, w in found.items() if w}
