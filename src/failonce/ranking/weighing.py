"""The weights in force on each occasion, and how they differ from those that ship."""

import json
from dataclasses import dataclass

from failonce.modes.memory import memory
from failonce.recall import Weights
from failonce.recall.weights import SIGNALS


@dataclass(frozen=True, slots=True)
class Weighed:
    """One signal: what it means, its weight as shipped and its weight here."""

    name: str
    meaning: str
    shipped: float
    here: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What counts where texts are compared in one way, the heaviest first; `how` is empty where there is no other."""

    how: str
    signals: list[Weighed]


@dataclass(frozen=True, slots=True)
class Occasion:
    """When recall is asked, whose answers teach it for then, and what counts."""

    name: str
    taught: str
    comparisons: list[Comparison]


_OCCASIONS = {
    "failure": (
        "When a failure is told",
        "Answers to “has this happened before?” teach these: a yes speaks for what the two failures share, "
        "a no against it.",
    ),
    "change": (
        "When a change is about to go out",
        "Answers to the reminders of a preflight teach these: “Changed my plan” speaks for a reminder, "
        "“Doesn't apply” against it. “Read it” says nothing.",
    ),
}


def occasions() -> list[Occasion]:
    """Return what counts on each occasion; by meaning too, where the index of this process has it."""
    ways = {"": ""}
    if memory.has_meaning():
        ways = {"_with_meaning": "by words and meaning", "": "by words alone, until meaning is ready after a start"}
    return [
        Occasion(name, taught, [Comparison(how, _weighed(kind + suffix)) for suffix, how in ways.items()])
        for kind, (name, taught) in _OCCASIONS.items()
    ]


def _weighed(model: str) -> list[Weighed]:
    shipped = getattr(Weights(), model).decide
    here = getattr(memory.follow().weights, model).decide
    # Only what can count in the decision; the rest would be rows of nought.
    rows = [
        Weighed(signal, meaning, shipped.get(signal, 0.0), here.get(signal, 0.0))
        for signal, meaning in SIGNALS.items()
        if shipped.get(signal) or here.get(signal)
    ]
    return sorted(rows, key=lambda row: -abs(row.here))


def as_kept(weights: Weights) -> dict[str, object]:
    """Return weights as the database keeps them."""
    kept: dict[str, object] = json.loads(weights.to_json())
    return kept
