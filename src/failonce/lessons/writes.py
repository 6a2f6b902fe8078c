"""Every change people can make to a lesson: write, edit, renew, retire."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from failonce.catalogue.writes import services_named
from failonce.failures.models import Failure
from failonce.failures.telling import without_nul
from failonce.history.chain import Happening, record, record_many
from failonce.history.verbs import Verb
from failonce.lessons.models import Lesson
from failonce.lessons.teaching import Teaching, renewal
from failonce.people.errors import Conflict, Refused
from failonce.people.models import Person
from failonce.people.permissions import require

_PLAIN_FIELDS = (
    "when_you", "remember", "because", "explanation", "technologies", "paths", "kinds_of_change", "renew_by"
)  # fmt: skip
_LISTS = frozenset({"technologies", "paths", "kinds_of_change"})
_REASON_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class Taught:
    """A lesson that was kept, and what its writer should know about it."""

    lesson: Lesson
    notices: list[str]


@transaction.atomic
def write_lesson(*, actor: Person, failure: Failure, teaching: Teaching) -> Taught:
    """Keep what one failure taught, for whoever is about to do the same."""
    require(actor, Verb.LESSON_WRITE, failure)
    if failure.withdrawn_at is not None:
        raise Refused(f"{failure.code} was withdrawn; a lesson needs a failure that stands.")
    teaching = teaching.checked(timezone.localdate())
    lesson = Lesson(failure=failure, written_by=actor, **plain_fields(teaching))
    lesson.save(force_insert=True)
    services, notices, named = services_named(actor=actor, names=teaching.services)
    lesson.services.set(services)
    details = {"failure": failure.code, "sentence": lesson.sentence}
    record_many(actor=actor, happenings=[*named, Happening(Verb.LESSON_WRITE, lesson.code, details)])
    return Taught(lesson, notices)


@transaction.atomic
def edit_lesson(*, actor: Person, lesson: Lesson, version: int, teaching: Teaching) -> Taught:
    """Replace what a lesson says; raise Conflict, with what stands now, if it changed since `version`."""
    require(actor, Verb.LESSON_EDIT, lesson)
    standing = _standing(lesson)
    teaching = teaching.checked(timezone.localdate(), stands=standing.renew_by)
    if standing.version != version:
        raise Conflict(
            "This lesson was saved elsewhere while you were writing. Yours is still in the form; compare, then save "
            "again.",
            theirs={"sentence": standing.sentence, "version": str(standing.version)},
        )
    plain = plain_fields(teaching)
    before = {field: getattr(standing, field) for field in _PLAIN_FIELDS if getattr(standing, field) != plain[field]}
    for field, value in plain.items():
        setattr(standing, field, value)
    standing.version += 1
    standing.save(update_fields=[*_PLAIN_FIELDS, "version"])
    services, notices, named = services_named(actor=actor, names=teaching.services)
    standing.services.set(services)
    record_many(actor=actor, happenings=[*named, Happening(Verb.LESSON_EDIT, standing.code, {"before": before})])
    return Taught(standing, notices)


@transaction.atomic
def renew_lesson(*, actor: Person, lesson: Lesson, renew_by: date | None = None) -> Lesson:
    """Say that a lesson is still true; it is asked about again on `renew_by`, a year from now if left out."""
    require(actor, Verb.LESSON_RENEW, lesson)
    standing = _standing(lesson)
    standing.renew_by, standing.renewed_at = renewal(renew_by, timezone.localdate()), timezone.now()
    standing.save(update_fields=["renew_by", "renewed_at"])
    record(actor=actor, verb=Verb.LESSON_RENEW, subject=standing.code, renew_by=standing.renew_by)
    return standing


@transaction.atomic
def retire_lesson(*, actor: Person, lesson: Lesson, because: str) -> Lesson:
    """Say that a lesson is no longer true, and why; it is kept, and reminds nobody any more."""
    require(actor, Verb.LESSON_RETIRE, lesson)
    because = without_nul(because).strip()
    if not because:
        raise Refused("The lesson isn't retired yet.", {"because": "Say in a few words why it is no longer true."})
    if len(because) > _REASON_LIMIT:
        raise Refused(
            "The lesson isn't retired yet.",
            {"because": f"This has {len(because):,} characters; up to {_REASON_LIMIT:,} fit."},
        )
    standing = _standing(lesson)
    standing.retired_at, standing.retired_because = timezone.now(), because
    standing.save(update_fields=["retired_at", "retired_because"])
    record(actor=actor, verb=Verb.LESSON_RETIRE, subject=standing.code, because=because)
    return standing


def _standing(lesson: Lesson) -> Lesson:
    """Return the lesson as it stands now, locked; raise Refused if it was retired."""
    standing = Lesson.objects.select_for_update(no_key=True).get(pk=lesson.pk)
    if standing.retired_at is not None:
        raise Refused(f"{standing.code} was retired; write a new lesson if there is more to remember.")
    return standing


def plain_fields(teaching: Teaching) -> dict[str, Any]:
    """Return what a lesson says that is kept as it stands, by the names of the columns."""
    return {
        field: list(getattr(teaching, field)) if field in _LISTS else getattr(teaching, field)
        for field in _PLAIN_FIELDS
    }
