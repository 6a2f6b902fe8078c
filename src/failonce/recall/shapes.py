"""The values that travel in and out of recall: what can be found, what is asked, what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Text:
    """Something that can be recalled: a failure, a failure mode or a lesson.

    `when` is in Unix seconds; None means unknown and counts as earliest.
    `paths` are globs as people know them from .gitignore ("db/**", "*.sql").
    """

    key: str
    title: str
    body: str
    when: float | None = None
    services: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    kinds_of_change: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A failure being told, or a change about to go out.

    Only texts with `when` before `before` may match; None lets all match.
    A change may be a commit message, a pull request or a unified diff.
    """

    text: str
    title: str = ""
    services: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    before: float | None = None
    kind: Literal["failure", "change"] = "failure"


@dataclass(frozen=True, slots=True)
class Hit:
    """One text that resembles the query.

    `probability` is calibrated: the chance that a person would say "yes, this
    is a repeat". `because` gives the reasons in words, most telling first;
    where no word, fact or idea is shared, that the meaning is alike.
    `said` is True when the probability is high enough to speak unasked.
    `score` orders the hits of one question and compares with no other's.
    """

    key: str
    score: float
    probability: float
    because: tuple[str, ...]
    said: bool
    # By name, how the two are alike: kept with an answer, it can be learnt from.
    signals: tuple[tuple[str, float], ...] = ()
