"""Bringing in lessons written elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from failonce.catalogue.writes import services_named
from failonce.failures.models import Failure
from failonce.failures.telling import without_nul
from failonce.history.chain import Happening, record_many
from failonce.history.verbs import Verb
from failonce.lessons.models import KindOfChange, Lesson
from failonce.people.errors import Refused
from failonce.people.models import Person
from failonce.people.permissions import require

_LIMITS = {"when_you": 300, "remember": 500, "because": 500}  # the columns'


@dataclass(frozen=True, slots=True)
class IncomingLesson:
    """One lesson from elsewhere, about a failure that is here."""

    failure: Failure
    when_you: str
    remember: str
    because: str
    renew_by: date
    written_by: Person
    written_at: datetime
    explanation: str = ""
    services: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    kinds_of_change: tuple[str, ...] = ()
    number: int | None = None  # the code it shall have, if that is free
    version: int = 1
    renewed_at: datetime | None = None
    retired_at: datetime | None = None
    retired_because: str = ""


@dataclass(frozen=True, slots=True)
class LessonOutcome:
    """What became of one: kept now, here already, or refused with a sentence per field."""

    lesson: Lesson | None
    is_new: bool = False
    problems: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def import_lessons(*, actor: Person, incoming: Sequence[IncomingLesson], dry_run: bool = False) -> list[LessonOutcome]:
    """Keep lessons written elsewhere; the same sentence about the same failure is kept once."""
    require(actor, Verb.LESSON_IMPORT)
    outcomes = [_outcome(actor, each, dry_run) for each in incoming]
    kept = [outcome.lesson for outcome in outcomes if outcome.lesson and outcome.is_new]
    if not dry_run:
        happenings = [Happening(Verb.LESSON_IMPORT, each.code, {"sentence": each.sentence}) for each in kept]
        record_many(actor=actor, happenings=happenings)
    return outcomes


def _outcome(actor: Person, incoming: IncomingLesson, dry_run: bool) -> LessonOutcome:
    lesson = _lesson_of(incoming)
    if incoming.failure.pk is not None:
        twins = Lesson.objects.filter(failure=incoming.failure, **{name: getattr(lesson, name) for name in _LIMITS})
        if twin := twins.first():
            return LessonOutcome(twin)
    if problems := _problems(lesson):
        return LessonOutcome(None, problems=problems)
    if not dry_run:
        try:
            services, _ = services_named(actor=actor, names=incoming.services)
        except Refused as refusal:
            return LessonOutcome(None, problems={"services": refusal.message})
        lesson.save(force_insert=True)
        lesson.services.set(services)
    return LessonOutcome(lesson, is_new=True)


def _lesson_of(incoming: IncomingLesson) -> Lesson:
    number = incoming.number
    if number is not None and Lesson.objects.filter(pk=number).exists():
        number = None
    return Lesson(
        pk=number,
        failure=incoming.failure,
        when_you=_line(incoming.when_you),
        remember=_line(incoming.remember),
        because=_line(incoming.because),
        explanation=without_nul(incoming.explanation).strip(),
        technologies=[_line(each) for each in incoming.technologies],
        paths=[_line(each) for each in incoming.paths],
        kinds_of_change=list(incoming.kinds_of_change),
        written_by=incoming.written_by,
        written_at=incoming.written_at,
        renew_by=incoming.renew_by,
        renewed_at=incoming.renewed_at,
        retired_at=incoming.retired_at,
        retired_because=without_nul(incoming.retired_because),
        version=incoming.version,
    )


def _problems(lesson: Lesson) -> dict[str, str]:
    found = {}
    for name, limit in _LIMITS.items():
        text = getattr(lesson, name)
        if not text:
            found[name] = "This part of the sentence is empty."
        elif len(text) > limit:
            found[name] = f"This has {len(text):,} characters; up to {limit:,} fit."
    if strange := [each for each in lesson.kinds_of_change if each not in KindOfChange.values]:
        found["kinds_of_change"] = f"{strange[0][:40]!r} isn't one of: {', '.join(KindOfChange.values)}."
    return found


def _line(text: str) -> str:
    return " ".join(without_nul(text).split())
