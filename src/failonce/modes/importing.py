"""Bringing in failure modes found elsewhere, and the answers given there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from failonce.failures.models import Failure
from failonce.failures.telling import without_nul
from failonce.history.chain import Happening, record_many
from failonce.history.dry_runs import transaction_unless
from failonce.history.verbs import Verb
from failonce.modes.holding import hold_modes
from failonce.modes.models import Answer, FailureMode, Occurrence
from failonce.people.models import Person
from failonce.people.permissions import require


@dataclass(frozen=True, slots=True)
class IncomingMode:
    """One failure mode from elsewhere; its failures are here."""

    title: str
    description: str
    failures: tuple[Failure, ...]
    opened_by: Person
    opened_at: datetime
    number: int | None = None  # the code it shall have, if that is free
    version: int = 1


@dataclass(frozen=True, slots=True)
class IncomingAnswer:
    """What was answered elsewhere about two failures that are here."""

    failure: Failure
    other: Failure
    value: str
    answered_by: Person
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class ModeOutcome:
    """What became of one: opened now, here already, or refused; and which failures stayed elsewhere."""

    mode: FailureMode | None
    is_new: bool = False
    problems: dict[str, str] = field(default_factory=dict)
    notices: Sequence[str] = ()


def import_modes(*, actor: Person, incoming: Sequence[IncomingMode], dry_run: bool = False) -> list[ModeOutcome]:
    """Open modes found elsewhere and link their failures; a failure that has a mode here stays in it."""
    require(actor, Verb.MODE_IMPORT)
    happenings: list[Happening] = []
    with transaction_unless(dry_run):
        if not dry_run:
            hold_modes()
        outcomes = [_take_in(each, happenings, dry_run) for each in incoming]
        if not dry_run:
            record_many(actor=actor, happenings=happenings)
    return outcomes


def import_answers(*, actor: Person, incoming: Sequence[IncomingAnswer], dry_run: bool = False) -> int:
    """Keep answers given elsewhere where none stands here; return how many were new. Links nothing."""
    require(actor, Verb.MODE_IMPORT)
    if dry_run:
        return len(_fresh(incoming))
    with transaction.atomic():
        hold_modes()
        fresh = _fresh(incoming)
        Answer.objects.bulk_create(
            Answer(
                low_id=low, high_id=high, value=each.value, answered_by=each.answered_by, answered_at=each.answered_at
            )
            for (low, high), each in fresh.items()
        )
        record_many(actor=actor, happenings=[each for pair in fresh.items() for each in _answered(*pair)])
    return len(fresh)


def _fresh(incoming: Sequence[IncomingAnswer]) -> dict[tuple[int, ...], IncomingAnswer]:
    """Return the answers about pairs that nobody here answered about, by pair."""
    pairs = {tuple(sorted((each.failure.pk or 0, each.other.pk or 0))): each for each in incoming}
    lows = {low for low, _ in pairs}
    standing = set(Answer.objects.filter(low__in=lows).values_list("low_id", "high_id"))
    return {
        pair: each
        for pair, each in pairs.items()
        if pair not in standing and pair[0] != pair[1] and each.value in Answer.Value.values
    }


def _take_in(incoming: IncomingMode, happenings: list[Happening], dry_run: bool) -> ModeOutcome:
    title = " ".join(without_nul(incoming.title).split())
    if not title or len(title) > 200:
        return ModeOutcome(None, problems={"title": "A mode has a name of up to 200 characters."})
    linked = Occurrence.objects.filter(failure__in=[each.pk for each in incoming.failures if each.pk])
    elsewhere = {each.failure_id: each.mode for each in linked.select_related("mode")}
    twin = _twin(incoming, title, list(elsewhere.values()))
    notices = [f"F-{pk} is in {mode.code} here and stays there." for pk, mode in elsewhere.items() if mode != twin]
    if dry_run:
        return ModeOutcome(twin, is_new=twin is None, notices=notices)
    mode = twin or _open(incoming, title, happenings)
    fresh = {each.pk: each for each in incoming.failures if each.pk not in elsewhere}.values()
    Occurrence.objects.bulk_create(Occurrence(mode=mode, failure=each) for each in fresh)
    happenings += [Happening(Verb.MODE_LINK, mode.code, {"failure": each.code}) for each in fresh]
    return ModeOutcome(mode, is_new=twin is None, notices=notices)


def _twin(incoming: IncomingMode, title: str, modes_of_failures: list[FailureMode]) -> FailureMode | None:
    """Return the mode that this one is here already: same name and opening, or same name and a failure in it."""
    if same := FailureMode.objects.filter(title=title, opened_at=incoming.opened_at).first():
        return same
    return next((mode for mode in modes_of_failures if mode.title == title), None)


def _open(incoming: IncomingMode, title: str, happenings: list[Happening]) -> FailureMode:
    number = incoming.number
    if number is not None and FailureMode.objects.filter(pk=number).exists():
        number = None
    mode = FailureMode(
        pk=number,
        title=title,
        description=without_nul(incoming.description).strip(),
        opened_by=incoming.opened_by,
        opened_at=incoming.opened_at,
        version=incoming.version,
    )
    mode.save(force_insert=True)
    happenings.append(Happening(Verb.MODE_IMPORT, mode.code, {"title": title}))
    return mode


def _answered(pair: tuple[int, ...], answer: IncomingAnswer) -> list[Happening]:
    low, high = (f"F-{number}" for number in pair)
    return [
        Happening(Verb.MODE_ANSWER, subject, {"about": about, "answer": answer.value, "imported": True})
        for subject, about in ((low, high), (high, low))
    ]
