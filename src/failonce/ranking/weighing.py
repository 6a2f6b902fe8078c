"""The weights in force on each occasion, and how they differ from those that ship."""

import json
from dataclasses import dataclass
from math import exp

from failonce.modes.memory import memory
from failonce.recall import Weights
from failonce.recall.weights import SIGNALS

# How much a strong likeness measures: about one in ten of what is found first comes to so much, on the lists of
# changes in benchmarks/ and among the failures of the demo. Weights alone can't be compared: a measure that is seldom
# large has a large weight. What is yes or no measures one; a lesson of some twenty-five words is as brief as a half.
STRONG = {
    "likeness": 0.2, "saturated": 0.3, "both_ways": 0.13, "passage": 0.25, "neighbours": 0.15, "recency": 1.3,
    "meaning": 0.5, "meaning_whole": 0.5, "ideas": 0.65, "cosmetic": 0.55, "guarded": 0.5, "bold": 1.4,
    "agreeing": 0.14, "brief": 0.5, "stakes": 2.5, "behind": 2.5,
    "service": 1.0, "technology": 1.0, "kind": 1.0, "path": 1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weighed:
    """One signal: what it means, its weight as shipped and its weight here."""

    name: str
    meaning: str
    shipped: float
    here: float

    @property
    def effect(self) -> float:
        """What a strong likeness of this kind adds to the log-odds here."""
        return self.here * STRONG[self.name]

    @property
    def shipped_effect(self) -> float:
        """The same, as shipped."""
        return self.shipped * STRONG[self.name]

    @property
    def in_words(self) -> str:
        """What a strong one does to the odds: ×2 makes them twice as good, ÷2 half as good."""
        times = exp(abs(self.effect))
        return f"{'×' if self.effect >= 0 else '÷'}{times:.{1 if times < 10 else 0}f}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What counts where texts are compared in one way, the heaviest first; `how` is empty where there is no other."""

    how: str
    signals: list[Weighed]

    @property
    def sides(self) -> list[tuple[str, list[Weighed]]]:
        """What speaks for a repeat and what against it, the most telling first."""
        rows = sorted(self.signals, key=lambda row: -abs(row.effect))
        sides = {"Speaks for it": [row for row in rows if row.effect >= 0]}
        sides["Speaks against it"] = [row for row in rows if row.effect < 0]
        return [(name, side) for name, side in sides.items() if side]

    @property
    def most(self) -> float:
        """The largest effect, to which all are drawn."""
        return max(max(abs(row.effect), abs(row.shipped_effect)) for row in self.signals)


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
