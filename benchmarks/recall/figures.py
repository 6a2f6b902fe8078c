"""Turns answers into the figures that are reported, with their uncertainty."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.recall.sets import Question, Set

# Of each answer so many hits count: what comes later is not found, and says nothing of whether there is a repeat.
FIRST = 20
_ROUNDS = 400
_SEED = 11


@dataclass(frozen=True, slots=True)
class Answer:
    """What one engine answered to one question."""

    ranked: tuple[int, ...]  # places of documents, best first
    level: float  # how sure it is that there is a repeat at all: of recall, the highest chance it gives
    seconds: float
    chance: float | None = None  # probability of the first, where there is one


Pairs = Sequence[tuple[Question, Answer]]


def hit_at(question: Question, answer: Answer, most: int) -> bool:
    """Whether a right answer is among the first `most`."""
    return bool(question.answers.intersection(answer.ranked[:most]))


def reciprocal_rank(question: Question, answer: Answer) -> float:
    """One over the place of the first right answer."""
    for place, number in enumerate(answer.ranked, 1):
        if number in question.answers:
            return 1 / place
    return 0.0


def mean(values: Sequence[float]) -> float | None:
    """The mean, or None of nothing."""
    return sum(values) / len(values) if values else None


def auc(repeats: Sequence[float], novel: Sequence[float]) -> float | None:
    """How often a repeat lies above a novel one; ties count half."""
    if not repeats or not novel:
        return None
    levels = sorted([(v, 0) for v in novel] + [(v, 1) for v in repeats])
    ranks, at = 0.0, 0
    while at < len(levels):
        end = at
        while end < len(levels) and levels[end][0] == levels[at][0]:
            end += 1
        ranks += (at + end + 1) / 2 * sum(kind for _, kind in levels[at:end])
        at = end
    count = len(repeats)
    return (ranks - count * (count + 1) / 2) / (count * len(novel))


def alarm_level(novel: Sequence[float], share: float) -> float:
    """The level that at most this share of the novel ones lies above."""
    if not novel:
        return -math.inf
    allowed = int(share * len(novel) + 1e-9)
    return sorted(novel, reverse=True)[allowed] if allowed < len(novel) else -math.inf


def recognised(pairs: Pairs, share: float, within: int | None) -> float | None:
    """Repeats above the alarm level, with a right answer `within` the first."""
    novel = [a.level for q, a in pairs if not q.answers]
    if not novel:
        return None
    level = alarm_level(novel, share)
    return mean([float(a.level > level and (within is None or hit_at(q, a, within))) for q, a in pairs if q.answers])


def calibration_error(pairs: Pairs, bins: int = 10) -> float | None:
    """Expected calibration error of the first hit's probability."""
    said = [(a.chance, float(hit_at(q, a, 1))) for q, a in pairs if a.chance is not None]
    if not said:
        return None
    total = 0.0
    for at in range(bins):
        inside = [(c, t) for c, t in said if min(int(c * bins), bins - 1) == at]
        total += abs(sum(c - t for c, t in inside))
    return total / len(said)


def calibration_noise(pairs: Pairs) -> float | None:
    """The calibration error that would be found on average if every chance were exactly right.

    With a hundred questions in ten bins, yes and no fall unevenly by luck alone; an error
    no larger than this says nothing against the chances.
    """
    chances = [a.chance for _, a in pairs if a.chance is not None]
    if not chances:
        return None
    luck = random.Random(_SEED)
    lucky = Question("", "", 1, frozenset([0]), "")
    unlucky = Question("", "", 1, frozenset(), "")
    errors = []
    for _ in range(_ROUNDS):
        drawn = [(lucky if luck.random() < c else unlucky, Answer((0,), c, 0.0, c)) for c in chances]
        errors.append(calibration_error(drawn) or 0.0)
    return mean(errors)


def interval(pairs: Pairs, figure: Callable[[Pairs], float | None]) -> tuple[float, float] | None:
    """A 95 % bootstrap interval over questions, repeats and novel apart."""
    repeats = [p for p in pairs if p[0].answers]
    novel = [p for p in pairs if not p[0].answers]
    chance = random.Random(_SEED)
    drawn = []
    for _ in range(_ROUNDS):
        again = chance.choices(repeats, k=len(repeats)) if repeats else []
        again += chance.choices(novel, k=len(novel)) if novel else []
        value = figure(again)
        if value is None:
            return None
        drawn.append(value)
    drawn.sort()
    return drawn[int(0.025 * _ROUNDS)], drawn[int(0.975 * _ROUNDS) - 1]


def figures(one: Set, answers: Sequence[Answer]) -> dict[str, object]:
    """Every figure of one engine on one set."""
    pairs = list(zip(one.questions, answers, strict=True))
    named: dict[str, Callable[[Pairs], float | None]] = {
        "R@1": _rate(1), "R@3": _rate(3), "R@5": _rate(5), "R@10": _rate(10),
        "MRR": lambda p: mean([reciprocal_rank(q, a) for q, a in p if q.answers]),
        "AUC": lambda p: auc(*_levels(p)),
        "recognised": lambda p: recognised(p, one.false_alarms, None),
        "recognised and right": lambda p: recognised(p, one.false_alarms, one.within or 3),
        "calibration error": calibration_error,
        "calibration noise": calibration_noise,
    }  # fmt: skip
    found: dict[str, object] = {name: f(pairs) for name, f in named.items()}
    found["intervals"] = {
        name: interval(pairs, f)
        for name, f in named.items()
        if found[name] is not None and name in ("R@1", "R@5", "AUC", "recognised and right")
    }
    took = sorted(a.seconds for a in answers)
    if took:
        found["p50 ms"] = 1000 * took[len(took) // 2]
        found["p99 ms"] = 1000 * took[min(len(took) - 1, int(len(took) * 0.99))]
    return found


def _rate(most: int) -> Callable[[Pairs], float | None]:
    return lambda p: mean([float(hit_at(q, a, most)) for q, a in p if q.answers])


def _levels(pairs: Pairs) -> tuple[list[float], list[float]]:
    repeats = [a.level for q, a in pairs if q.answers]
    return repeats, [a.level for q, a in pairs if not q.answers]
