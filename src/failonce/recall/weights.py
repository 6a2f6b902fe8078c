"""The few numbers that decide what recall ranks first and when it speaks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

# Each way of being alike, in a sentence for the page that shows the weights.
SIGNALS = {
    "likeness": "Both use the same words, rare words counting most.",
    "saturated": "Both use the same words; using one again adds little.",
    "both_ways": "Much of what either text says, the other says too.",
    "passage": "One paragraph of the earlier text is very like the new one.",
    "neighbours": "The earlier text is like many others, so being like it says little.",
    "recency": "How many failures were told since, beyond the last two hundred; repeats tend to come soon.",
    "meaning": "A passage of each means the same, in whatever words.",
    "meaning_whole": "All in all, both texts mean the same.",
    "ideas": "Both are about the same ways services fail, in whatever words.",
    "cosmetic": "The change is about wording, looks, tests or docs; such a change seldom repeats a failure.",
    "guarded": "The change names what guards it: a limit, a stage, a rehearsal, a way back.",
    "bold": "The change reaches everything at once, or takes a guard away.",
    "agreeing": "Both the words and the way of failing are alike: each bears the other out.",
    "brief": "The earlier text is brief; sharing a few words with it says little.",
    "stakes": "The change is told in words of earlier changes that repeated a failure.",
    "behind": "Another earlier text is far more alike; beside it this one says little.",
    "service": "Both concern the same service; one that most failures concern says little.",
    "technology": "Both concern the same technology.",
    "kind": "The change is of a kind the lesson is for.",
    "path": "The change touches a path the lesson names; more than a kind of file, it is reason enough to speak.",
}


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by signal: `rank` orders the hits, `decide` gives the chance."""

    rank: Mapping[str, float]
    decide: Mapping[str, float]
    start: float  # the log-odds when nothing is alike

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Model:
        """A model from the plain values that JSON holds."""
        return cls(_numbers(data["rank"]), _numbers(data["decide"]), float(data["start"]))


def _numbers(data: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(data[name]) for name in SIGNALS if name in data}


MODELS = ("failure", "change", "failure_with_meaning", "change_with_meaning")


@cache
def _shipped() -> dict[str, Model]:
    data = json.loads(Path(__file__).with_name("shipped.json").read_text())
    return {name: Model.of(data[name]) for name in MODELS}


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers for failures and for changes, with and without meaning.

    `speaks_at` is the chance from which a hit is said unasked before a change, where a
    wrong one interrupts; a failure being told hears it from `speaks_of_failures_at`, where
    it only stands beside the writing.
    """

    failure: Model = field(default_factory=lambda: _shipped()["failure"])
    change: Model = field(default_factory=lambda: _shipped()["change"])
    failure_with_meaning: Model = field(default_factory=lambda: _shipped()["failure_with_meaning"])
    change_with_meaning: Model = field(default_factory=lambda: _shipped()["change_with_meaning"])
    speaks_at: float = 0.4
    speaks_of_failures_at: float = 0.3

    def level(self, kind: str) -> float:
        """The chance from which a hit is said unasked, for one kind of query."""
        return self.speaks_at if kind == "change" else self.speaks_of_failures_at

    def model(self, kind: str, meaning: bool) -> Model:
        """The model for one kind of query, with or without the semantic extra."""
        if kind == "change":
            return self.change_with_meaning if meaning else self.change
        return self.failure_with_meaning if meaning else self.failure

    def to_json(self) -> str:
        """All numbers as JSON; `from_json` is the way back."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Weights:
        """Weights that `to_json` wrote; what is missing is as shipped."""
        data = json.loads(text)
        told: dict[str, Any] = {n: Model.of(data[n]) for n in MODELS if n in data}
        told |= {n: float(data[n]) for n in ("speaks_at", "speaks_of_failures_at") if n in data}
        return cls(**told)
