"""From the signals of a candidate to its score and its chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from failonce.recall.common import Common
from failonce.recall.facts import Shared


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate with everything that is known of its likeness."""

    key: str
    score: float
    probability: float
    signals: tuple[tuple[str, float], ...]
    common: Common
    facts: Shared


def weighted(signals: Mapping[str, NDArray[np.float64]], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """The signals of every candidate added up by their weights."""
    total = np.zeros(len(next(iter(signals.values()))))
    for name in sorted(weights):
        if name in signals:
            total += weights[name] * signals[name]
    return total


# Further behind than this, how far no longer matters.
_MOST_BEHIND = 4.0


def behind(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each score lies behind the best; 0 for the best."""
    return np.asarray(np.minimum(scores.max(initial=-np.inf) - scores, _MOST_BEHIND))


def chance(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The probability that goes with log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))
