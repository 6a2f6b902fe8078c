"""Bringing in lessons written elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from django.utils import timezone

from failonce.catalogue.names import tidy_names
from failonce.catalogue.writes import name_services
from failonce.failures.models import Failure
from failonce.failures.telling import without_nul
from failonce.history.chain import Happening, record_many
from failonce.history.dry_runs import transaction_unless
from failonce.history.verbs import Verb
from failonce.lessons.models import Lesson
from failonce.lessons.teaching import Teaching
from failonce.lessons.writes import plain_fields
from failonce.people.errors import Refused
from failonce.people.models import Person
from failonce.people.permissions import require


@dataclass(frozen=True, slots=True)
class IncomingLesson:
    """One lesson from elsewhere, about a failure that is here."""

    failure: Failure
    teaching: Teaching
    written_by: Person
    written_at: datetime
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


def import_lessons(*, actor: Person, incoming: Sequence[IncomingLesson], dry_run: bool = False) -> list[LessonOutcome]:
    """Keep lessons written elsewhere; the same sentence about the same failure is kept once."""
    require(actor, Verb.LESSON_IMPORT)
    told: dict[Lesson, list[str]] = {}  # the names of services with each that is kept
    with transaction_unless(dry_run):
        outcomes = [_outcome(each, told, dry_run) for each in incoming]
        if not dry_run:
            named = name_services(actor=actor, names=list(dict.fromkeys(chain.from_iterable(told.values()))))
            for lesson, names in told.items():
                lesson.services.set([named.services[name] for name in names])
            kept = [Happening(Verb.LESSON_IMPORT, each.code, {"sentence": each.sentence}) for each in told]
            record_many(actor=actor, happenings=[*named.happenings, *kept])
    return outcomes


def _outcome(incoming: IncomingLesson, told: dict[Lesson, list[str]], dry_run: bool) -> LessonOutcome:
    try:
        # The date may have passed there: such a lesson is asked about here, not refused.
        teaching = incoming.teaching.checked(timezone.localdate(), stands=incoming.teaching.renew_by)
        if twin := _twin(incoming.failure, teaching):
            return LessonOutcome(twin)
        lesson = _lesson_of(incoming, teaching)
        names = tidy_names(teaching.services)
        if not dry_run:
            lesson.save(force_insert=True)
            told[lesson] = names
    except Refused as refusal:
        return LessonOutcome(None, problems=refusal.fields or {"": refusal.message})
    return LessonOutcome(lesson, is_new=True)


def _twin(failure: Failure, teaching: Teaching) -> Lesson | None:
    """Return the lesson that says this about this failure already."""
    if failure._state.adding:  # a dry run keeps no failure a lesson could be about
        return None
    sentence = {"when_you": teaching.when_you, "remember": teaching.remember, "because": teaching.because}
    return Lesson.objects.filter(failure=failure, **sentence).first()


def _lesson_of(incoming: IncomingLesson, teaching: Teaching) -> Lesson:
    number = incoming.number
    if number is not None and Lesson.objects.filter(pk=number).exists():
        number = None
    return Lesson(
        **plain_fields(teaching),
        pk=number,
        failure=incoming.failure,
        written_by=incoming.written_by,
        written_at=incoming.written_at,
        version=incoming.version,
        renewed_at=incoming.renewed_at,
        retired_at=incoming.retired_at,
        retired_because=without_nul(incoming.retired_because),
    )
