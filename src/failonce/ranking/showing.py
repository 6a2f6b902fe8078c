"""The weights in force, beside those that ship, as people are shown them."""

import json
from dataclasses import dataclass
from typing import Literal

from failonce.modes.memory import memory
from failonce.recall import Weights
from failonce.recall.weights import SIGNALS

Kind = Literal["failure", "change"]
OCCASIONS: dict[Kind, str] = {"failure": "a failure is told", "change": "a change is about to go out"}


@dataclass(frozen=True, slots=True)
class Weighed:
    """One signal: what it means, its weight as shipped and its weight here."""

    name: str
    meaning: str
    shipped: float
    here: float


def signals_weighed(kind: Kind) -> list[Weighed]:
    """Return the part of each signal that can count in the decision, the heaviest first.

    With the semantic extra on, these are the weights for when meaning is known.
    """
    index = memory.follow()
    shipped = Weights().model(kind, index.has_meaning).decide
    here = index.weights.model(kind, index.has_meaning).decide
    rows = [
        Weighed(name, meaning, shipped.get(name, 0.0), here.get(name, 0.0))
        for name, meaning in SIGNALS.items()
        if shipped.get(name) or here.get(name)
    ]
    return sorted(rows, key=lambda row: -abs(row.here))


def as_kept(weights: Weights) -> dict[str, object]:
    """Return weights as the database keeps them."""
    kept: dict[str, object] = json.loads(weights.to_json())
    return kept
