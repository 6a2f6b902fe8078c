"""Learns from people's answers: a bounded step from the weights that ship."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from failonce.recall.found import calmed, calming, chance
from failonce.recall.weights import MODELS, Model, Weights

# How many answers it takes to move half of the way the answers point to. An
# organisation with five answers must not lose what hundreds of pairs taught.
_HELD_LIKE_ANSWERS = 40.0
# How many failures repeat differs from one organisation to the next, and few answers show it.
_START_HELD_LIKE_ANSWERS = 5.0
# No weight may leave this range of its shipped value, and the start may not
# move further than this: a run of odd answers stays repairable.
_LEAST, _MOST = 0.5, 1.5
_START_MOVES = 1.5
_ROUNDS = 60

# "Not sure" says that yes and no are about even, and says it softly.
_MEANS = {"yes": (1.0, 1.0), "no": (0.0, 1.0), "not sure": (0.5, 0.5)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of one hit: its `signals`, and whether it is a repeat."""

    signals: tuple[tuple[str, float], ...]
    said: Literal["yes", "no", "not sure"]
    kind: Literal["failure", "change"] = "failure"


def learn(weights: Weights, answers: Iterable[Answer]) -> Weights:
    """Weights that agree better with the answers, close to the ones given.

    The same answers in any order give the same weights. Start from the shipped
    weights each time; learning again from learnt ones would count answers twice.
    Order of hits follows the chance: what decides is scaled alike for ranking.
    """
    by_model: dict[str, list[Answer]] = {}
    for answer in answers:
        by_model.setdefault(_model_of(answer), []).append(answer)
    learnt = {name: _moved(getattr(weights, name), by_model[name]) for name in MODELS if name in by_model}
    return replace(weights, **learnt)  # type: ignore[arg-type]  # names are MODELS


def _model_of(answer: Answer) -> str:
    meaning = any(name == "meaning" for name, _ in answer.signals)
    return f"{answer.kind}_with_meaning" if meaning else answer.kind


def _moved(model: Model, answers: Sequence[Answer]) -> Model:
    names = sorted(name for name, weight in model.decide.items() if weight)
    ordered = sorted(answers, key=lambda one: (one.signals, one.said))
    told = [dict(one.signals) for one in ordered]
    x = np.array([[one.get(name, 0.0) for name in names] for one in told], float)
    means = np.array([_MEANS[one.said] for one in ordered], float)
    base = np.array([model.decide[name] for name in names])
    terse = np.clip(np.nan_to_num(np.array([one.get("terse", 0.0) for one in told], float)), 0, 1)
    factors, shift = _step(x * base, terse, means[:, 0], means[:, 1], model.start)
    scale = dict(zip(names, factors.tolist(), strict=True))
    return Model(
        rank=_scaled(model.rank, scale),
        decide=_scaled(model.decide, scale),
        start=round(model.start + shift, 6),
    )


def _scaled(weights: Mapping[str, float], scale: Mapping[str, float]) -> dict[str, float]:
    return {name: round(w * scale.get(name, 1.0), 6) for name, w in weights.items()}


def _step(
    parts: NDArray[np.float64],
    terse: NDArray[np.float64],
    meant: NDArray[np.float64],
    counts: NDArray[np.float64],
    start: float,
) -> tuple[NDArray[np.float64], float]:
    """A factor for each weight and a shift of the start, by gradient descent.

    Each is pulled back to no change as strongly as so many answers would pull.
    The step is small enough for the steepest case, so it settles for any input.
    """
    factors, shift = np.ones(parts.shape[1]), 0.0
    parts = np.clip(np.nan_to_num(parts), -20, 20)
    steep = 0.25 * float((counts * (1 + np.square(parts).sum(1))).sum())
    rate = 1 / (steep + _HELD_LIKE_ANSWERS)
    for _ in range(_ROUNDS):
        odds = parts @ factors + start + shift
        off = counts * (chance(calmed(odds, terse)) - meant) * calming(odds, terse)
        slope = parts.T @ off + _HELD_LIKE_ANSWERS * (factors - 1)
        factors = np.clip(factors - rate * slope, _LEAST, _MOST)
        shift -= rate * (float(off.sum()) + _START_HELD_LIKE_ANSWERS * shift)
        shift = float(np.clip(shift, -_START_MOVES, _START_MOVES))
    return factors, shift
