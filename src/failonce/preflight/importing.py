"""Bringing in preflights that were run elsewhere, with what people answered to their reminders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from failonce.catalogue.keeping import held
from failonce.catalogue.models import Service
from failonce.failures.models import Failure
from failonce.failures.telling import without_nul
from failonce.history.chain import Happening, record_many
from failonce.history.dry_runs import transaction_unless
from failonce.history.verbs import Verb
from failonce.lessons.models import Lesson
from failonce.people.models import Person
from failonce.people.permissions import require
from failonce.preflight.models import CHANGE_KEPT, Preflight, Reminder


@dataclass(frozen=True, slots=True)
class IncomingReminder:
    """One reminder as it was shown elsewhere; what it reminds of is here."""

    failure: Failure
    lesson: Lesson | None
    probability: float
    because: tuple[str, ...]
    answer: str = ""
    reason: str = ""
    answered_by: Person | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncomingPreflight:
    """One preflight from elsewhere. The same change asked about at the same moment is kept once."""

    change: str
    digest: str
    asked_by: Person
    asked_at: datetime
    about: str = ""
    services: tuple[str, ...] = ()  # slugs; those that the catalogue doesn't have are left out
    notices: tuple[str, ...] = ()
    reminders: tuple[IncomingReminder, ...] = ()
    number: int | None = None  # the code it shall have, if that is free


def import_preflights(
    *, actor: Person, incoming: Sequence[IncomingPreflight], dry_run: bool = False
) -> list[tuple[Preflight, bool]]:
    """Keep preflights run elsewhere; return each with whether it is new. What stands here stays as it is."""
    require(actor, Verb.PREFLIGHT_IMPORT)
    with transaction_unless(dry_run):
        services = Service.objects.in_bulk({slug for each in incoming for slug in each.services}, field_name="slug")
        if not dry_run:
            services = held(services)
        outcomes = [_take_in(each, services, dry_run) for each in incoming]
        if not dry_run:
            happenings = [Happening(Verb.PREFLIGHT_IMPORT, each.code) for each, is_new in outcomes if is_new]
            record_many(actor=actor, happenings=happenings)
    return outcomes


def _take_in(incoming: IncomingPreflight, services: Mapping[str, Service], dry_run: bool) -> tuple[Preflight, bool]:
    if twin := Preflight.objects.filter(digest=incoming.digest, asked_at=incoming.asked_at).first():
        return twin, False
    is_taken = incoming.number is not None and Preflight.objects.filter(pk=incoming.number).exists()
    preflight = Preflight(
        pk=None if is_taken else incoming.number,
        change=without_nul(incoming.change)[:CHANGE_KEPT],
        digest=incoming.digest,
        about=without_nul(incoming.about),
        asked_by=incoming.asked_by,
        asked_at=incoming.asked_at,
        notices=list(incoming.notices),
    )
    if not dry_run:
        preflight.save(force_insert=True)
        preflight.services.set(services[slug] for slug in incoming.services if slug in services)
        Reminder.objects.bulk_create(
            _reminder(preflight, place, each) for place, each in enumerate(incoming.reminders, start=1)
        )
    return preflight, True


def _reminder(preflight: Preflight, position: int, incoming: IncomingReminder) -> Reminder:
    return Reminder(
        preflight=preflight,
        position=position,
        failure=incoming.failure,
        lesson=incoming.lesson,
        probability=incoming.probability,
        because=list(incoming.because),
        answer=incoming.answer,
        reason=without_nul(incoming.reason),
        answered_by=incoming.answered_by,
        answered_at=incoming.answered_at,
    )
