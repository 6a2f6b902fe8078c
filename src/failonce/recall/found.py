"""From the signals of a candidate to its score and its chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from failonce.recall.facts import Shared
from failonce.recall.in_common import Commons


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate with everything that is known of its likeness."""

    key: str
    score: float
    probability: float
    signals: tuple[tuple[str, float], ...]
    facts: Shared
    commons: Commons  # of all candidates beside it
    row: int  # its own among them

    @property
    def means_alike(self) -> bool:
        """Whether its meaning is like that of the question, as far as meaning was compared."""
        return dict(self.signals).get("meaning", 0.0) > 0


def weighted(signals: Mapping[str, NDArray[np.float64]], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """The signals of every candidate added up by their weights."""
    total = np.zeros(len(next(iter(signals.values()))))
    for name in sorted(weights):
        if name in signals:
            total += weights[name] * signals[name]
    return total


def likeliest(found: Sequence[list[Found]], limit: int) -> list[tuple[Found, int]]:
    """The hits of a query and of its parts, each once where its chance is largest, and of which of them it is.

    A query without parts keeps its order. Scores of different questions can't be compared; chances can.
    """
    if len(found) == 1:
        return [(one, 0) for one in found[0]]
    best: dict[str, tuple[Found, int]] = {}
    for of, hits in enumerate(found):
        for one in hits:
            if one.key not in best or one.probability > best[one.key][0].probability:
                best[one.key] = one, of
    return sorted(best.values(), key=lambda hit: (-hit[0].probability, -hit[0].score, hit[0].key))[:limit]


# Further behind than this, how far no longer matters.
_MOST_BEHIND = 4.0


def behind(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each score lies behind the best; 0 for the best."""
    return np.asarray(np.minimum(scores.max(initial=-np.inf) - scores, _MOST_BEHIND))


# A few words resemble something sooner than a whole text does, and a chance learnt from whole texts is too sure of
# them. From so many different terms on, all of it is believed; below log-odds that nobody is told of, nothing is amiss.
_ENOUGH_TERMS = 20
_AS_IT_IS = -1.5


def terse(terms: int) -> float:
    """How much of its surety a question of so many different terms lacks: 0 for enough, 1 for none."""
    return 1 - sqrt(min(terms, _ENOUGH_TERMS) / _ENOUGH_TERMS)


def calmed(odds: NDArray[np.float64], lacking: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Log-odds as far as a question bears them that lacks so much surety."""
    return np.asarray(odds - lacking * np.maximum(odds - _AS_IT_IS, 0))


def calming(odds: NDArray[np.float64], lacking: NDArray[np.float64]) -> NDArray[np.float64]:
    """How steeply `calmed` rises with the log-odds."""
    return np.where(odds > _AS_IT_IS, 1 - lacking, 1.0)


def chance(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability that goes with log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))
