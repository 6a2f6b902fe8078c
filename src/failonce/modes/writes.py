"""Every change people can make to failure modes: answer, name, link, unlink, merge."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from failonce.failures.models import Failure
from failonce.failures.telling import without_nul
from failonce.history.chain import record
from failonce.history.verbs import Verb
from failonce.modes.models import Answer, FailureMode, Occurrence
from failonce.people.errors import Conflict, Refused
from failonce.people.models import Person
from failonce.people.permissions import require


@transaction.atomic
def answer_repeat(*, actor: Person, failure: Failure, other: Failure, value: str) -> Answer:
    """Say whether two failures are the same thing happening again; the last answer stands.

    Yes links both into one failure mode. No unlinks this failure from it, unless another yes still
    ties it there. Not sure changes no link.
    """
    require(actor, Verb.MODE_ANSWER, failure)
    if value not in Answer.Value.values:
        raise Refused(f"{value[:40]!r} isn't one of: {', '.join(Answer.Value.values)}.")
    if failure.pk == other.pk:
        raise Refused(f"{failure.code} can't be a repeat of itself. Give the code of the other failure.")
    # Locked in one order: two people answering at once must not open two modes, nor wait for each other.
    low, high = Failure.objects.select_for_update().filter(pk__in=[failure.pk, other.pk]).order_by("pk")
    if withdrawn := [each.code for each in (low, high) if each.withdrawn_at and value == Answer.Value.YES]:
        raise Refused(f"{withdrawn[0]} was withdrawn, so nothing is linked to it any more.")
    answer, _ = Answer.objects.update_or_create(
        low=low, high=high, defaults={"value": value, "answered_by": actor, "answered_at": timezone.now()}
    )
    if value == Answer.Value.YES:
        _link(actor, failure, other)
    elif value == Answer.Value.NO:
        _unlink_if_untied(actor, failure, other)
    for subject, about in ((failure, other), (other, failure)):
        record(actor=actor, verb=Verb.MODE_ANSWER, subject=subject.code, about=about.code, answer=value)
    return answer


@transaction.atomic
def name_mode(*, actor: Person, mode: FailureMode, version: int, title: str, description: str = "") -> FailureMode:
    """Say in words how these failures fail; raise Conflict if somebody did so since `version`."""
    require(actor, Verb.MODE_NAME, mode)
    title, description = " ".join(without_nul(title).split()), without_nul(description).strip()
    if not title or len(title) > 200:
        raise Refused("The mode isn't renamed yet.", {"title": "Give it a name of up to 200 characters."})
    standing = FailureMode.objects.select_for_update().get(pk=mode.pk)
    if standing.version != version:
        raise Conflict(
            "Somebody named this mode while you were writing. Yours is still in the form; compare, then save again.",
            theirs={"title": standing.title, "description": standing.description, "version": str(standing.version)},
        )
    before = {"title": standing.title, "description": standing.description}
    standing.title, standing.description, standing.version = title, description, standing.version + 1
    standing.save(update_fields=["title", "description", "version"])
    record(actor=actor, verb=Verb.MODE_NAME, subject=standing.code, before=before)
    return standing


@transaction.atomic
def unlink_failure(*, actor: Person, mode: FailureMode, failure: Failure) -> None:
    """Take a failure out of a mode, and reject its pairs with the others in it."""
    require(actor, Verb.MODE_UNLINK, mode)
    if not Occurrence.objects.filter(mode=mode, failure=failure).exists():
        raise Refused(f"{failure.code} isn't linked to {mode.code}.")
    others = Failure.objects.filter(occurrence__mode=mode).exclude(pk=failure.pk)
    ties = Answer.objects.filter(value=Answer.Value.YES).filter(
        Q(low=failure, high__in=others) | Q(high=failure, low__in=others)
    )
    ties.update(value=Answer.Value.NO, answered_by=actor, answered_at=timezone.now())
    _unlink(actor, failure)


def _link(actor: Person, failure: Failure, other: Failure) -> None:
    """Put both failures into one mode: the one there is, the older of two, or a new one."""
    mine, theirs = _mode_of(failure), _mode_of(other)
    if mine and theirs and mine.pk != theirs.pk:
        _merge(actor, *sorted((mine, theirs), key=lambda mode: mode.pk))
        return
    mode = mine or theirs or _open(actor, other)
    for each in (other, failure):
        _, is_new = Occurrence.objects.get_or_create(failure=each, defaults={"mode": mode})
        if is_new:
            record(actor=actor, verb=Verb.MODE_LINK, subject=mode.code, failure=each.code)


def _open(actor: Person, failure: Failure) -> FailureMode:
    # A restricted failure's title must not become a mode's name, which everyone may read.
    title = failure.title if failure.visibility == "everyone" else f"Failures like {failure.code}"
    mode = FailureMode.objects.create(title=title, opened_by=actor)
    record(actor=actor, verb=Verb.MODE_OPEN, subject=mode.code, title=mode.title)
    return mode


def _merge(actor: Person, older: FailureMode, younger: FailureMode) -> None:
    Occurrence.objects.filter(mode=younger).update(mode=older)
    if younger.description and younger.description not in older.description:
        older.description = "\n\n".join(filter(None, [older.description, younger.description]))
        older.save(update_fields=["description"])
    record(actor=actor, verb=Verb.MODE_MERGE, subject=older.code, merged=younger.code, title=younger.title)
    younger.delete()


def _unlink_if_untied(actor: Person, failure: Failure, other: Failure) -> None:
    mine, theirs = _mode_of(failure), _mode_of(other)
    if mine is None or mine != theirs:
        return
    mates = Failure.objects.filter(occurrence__mode=mine).exclude(pk__in=[failure.pk, other.pk])
    for each in (failure, other):
        ties = Answer.objects.filter(value=Answer.Value.YES).filter(
            Q(low=each, high__in=mates) | Q(high=each, low__in=mates)
        )
        if not ties.exists():
            _unlink(actor, each)
            return


def _unlink(actor: Person, failure: Failure) -> None:
    """Take the failure out of its mode; one that nobody named goes when it has fewer than two failures."""
    mode = _mode_of(failure)
    if mode is None:
        return
    Occurrence.objects.filter(failure=failure).delete()
    record(actor=actor, verb=Verb.MODE_UNLINK, subject=mode.code, failure=failure.code)
    if mode.version == 1 and mode.occurrences.count() < 2:
        mode.delete()


def _mode_of(failure: Failure) -> FailureMode | None:
    occurrence = Occurrence.objects.filter(failure=failure).select_related("mode").first()
    return occurrence.mode if occurrence else None
