"""The weights in force, and how they differ from those that ship."""

import json
from dataclasses import dataclass

from failonce.modes.memory import memory
from failonce.recall import Weights
from failonce.recall.weights import SIGNALS, Model


@dataclass(frozen=True, slots=True)
class Weighed:
    """One signal: what it means, its weight as shipped and its weight here."""

    name: str
    meaning: str
    shipped: float
    here: float


def signals_weighed(kind: str = "failure") -> list[Weighed]:
    """Return the part of each signal that can count in the decision, the heaviest first, for a failure or a change."""
    shipped: Model = getattr(Weights(), kind)
    here: Model = getattr(memory.follow().weights, kind)
    rows = [
        Weighed(name, meaning, shipped.decide.get(name, 0.0), here.decide.get(name, 0.0))
        for name, meaning in SIGNALS.items()
        if shipped.decide.get(name) or here.decide.get(name)
    ]
    return sorted(rows, key=lambda row: -abs(row.here))


def as_kept(weights: Weights) -> dict[str, object]:
    """Return weights as the database keeps them."""
    kept: dict[str, object] = json.loads(weights.to_json())
    return kept
