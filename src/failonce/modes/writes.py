"""Every change people can make to failure modes: answer, also while telling, name, link, unlink, merge."""

import uuid
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from failonce.failures.models import Failure, FailureQuerySet
from failonce.failures.telling import Telling, without_nul
from failonce.failures.writes import Told, keep_telling
from failonce.history.chain import Happening, record, record_many
from failonce.history.codes import number_of
from failonce.history.verbs import Verb
from failonce.modes.holding import AT_ONCE, hold_modes
from failonce.modes.models import Answer, FailureMode, Occurrence
from failonce.people.errors import Conflict, NotFound, Refused
from failonce.people.models import Person
from failonce.people.permissions import require


@transaction.atomic
def tell_with_answers(
    *, actor: Person, telling: Telling, answers: Mapping[str, str], draft: uuid.UUID | None = None
) -> Told:
    """Record a failure and whether it repeats others (code to answer): all of it, or nothing where it raises.

    Raises Refused as `tell_failure` does, for what isn't an answer, and for more than 50. An answer about a failure
    that this person may not read, and a yes about one that was withdrawn, become notices: the telling matters more.
    """
    if problem := _problem_with(answers):
        raise Refused("This failure isn't kept yet; look at its answers again.", {"answers": problem})
    if answers:
        hold_modes()
    numbers = {code: number_of(code, "F") for code in answers}
    others = _locked(Failure.objects.visible_to(actor), numbers.values())
    told, happenings = keep_telling(actor=actor, telling=telling, draft=draft)
    if others:
        require(actor, Verb.MODE_ANSWER, told.failure)
    notices = list(told.notices)
    for code, value in answers.items():
        other = others.get(numbers[code])
        if other is None:
            notices.append(f"There is no failure {code[:40]} that you may read, so your answer about it isn't kept.")
        elif other.withdrawn_at and value == Answer.Value.YES:
            notices.append(_withdrawn(other))
        else:
            happenings += _answer(actor, told.failure, other, value)[1]
    record_many(actor=actor, happenings=happenings)
    return Told(told.failure, notices)


@transaction.atomic
def answer_repeat(*, actor: Person, failure: Failure, other: Failure, value: str) -> Answer:
    """Say whether two failures are the same thing happening again; the last answer stands.

    Yes links both into one failure mode. No unlinks this failure from it, unless another yes still
    ties it there. Not sure changes no link.
    """
    require(actor, Verb.MODE_ANSWER, failure)
    if value not in Answer.Value.values:
        raise Refused(_no_answer(value))
    if failure.pk == other.pk:
        raise Refused(f"{failure.code} can't be a repeat of itself. Give the code of the other failure.")
    hold_modes()
    pair = _locked(Failure.objects.all(), [failure.pk, other.pk])
    if withdrawn := [each for each in pair.values() if each.withdrawn_at and value == Answer.Value.YES]:
        raise Refused(_withdrawn(withdrawn[0]))
    answer, happenings = _answer(actor, pair[failure.pk], pair[other.pk], value)
    record_many(actor=actor, happenings=happenings)
    return answer


@transaction.atomic
def name_mode(*, actor: Person, mode: FailureMode, version: int, title: str, description: str = "") -> FailureMode:
    """Say in words how these failures fail; raise Conflict if the words changed since `version`.

    Raises NotFound if the mode went meanwhile, as one does that is merged into an older one.
    """
    require(actor, Verb.MODE_NAME, mode)
    title, description = " ".join(without_nul(title).split()), without_nul(description).strip()
    if not title or len(title) > 200:
        raise Refused("The mode isn't renamed yet.", {"title": "Give it a name of up to 200 characters."})
    hold_modes()
    standing = FailureMode.objects.filter(pk=mode.pk).first()
    if standing is None:
        raise NotFound(f"{mode.code} is no longer there: its failures are in another mode now, or no longer linked.")
    if standing.version != version:
        raise Conflict(
            "This mode's words changed while you were writing. Yours are still in the form; compare, then save again.",
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
    hold_modes()
    if not Occurrence.objects.filter(mode=mode, failure=failure).exists():
        raise Refused(f"{failure.code} isn't linked to {mode.code}.")
    others = Failure.objects.filter(occurrence__mode=mode).exclude(pk=failure.pk)
    ties = Answer.objects.filter(value=Answer.Value.YES).filter(
        Q(low=failure, high__in=others) | Q(high=failure, low__in=others)
    )
    ties.update(value=Answer.Value.NO, answered_by=actor, answered_at=timezone.now())
    record_many(actor=actor, happenings=_unlink(failure))


def _locked(failures: FailureQuerySet, numbers: Iterable[int | None]) -> Mapping[int | None, Failure]:
    """Return those of the failures with these numbers, as they stand now and until the commit."""
    return failures.select_for_update(no_key=True).in_bulk([number for number in numbers if number])


def _answer(actor: Person, failure: Failure, other: Failure, value: str) -> tuple[Answer, list[Happening]]:
    """Keep an answer about two locked failures, and what follows from it; return what is to be recorded."""
    low, high = sorted((failure, other), key=lambda each: each.pk)
    answer, _ = Answer.objects.update_or_create(
        low=low, high=high, defaults={"value": value, "answered_by": actor, "answered_at": timezone.now()}
    )
    happenings = []
    if value == Answer.Value.YES:
        happenings += _link(actor, failure, other)
    elif value == Answer.Value.NO:
        happenings += _unlink_if_untied(failure, other)
    for subject, about in ((failure, other), (other, failure)):
        happenings.append(Happening(Verb.MODE_ANSWER, subject.code, {"about": about.code, "answer": value}))
    return answer, happenings


def _problem_with(answers: Mapping[str, str]) -> str:
    if len(answers) > AT_ONCE:
        return f"These are {len(answers):,} answers; at most {AT_ONCE} fit. Others can be given afterwards."
    return next((_no_answer(value) for value in answers.values() if value not in Answer.Value.values), "")


def _no_answer(value: str) -> str:
    return f"{value[:40]!r} isn't one of: {', '.join(Answer.Value.values)}."


def _withdrawn(failure: Failure) -> str:
    return f"{failure.code} was withdrawn, so nothing is linked to it any more."


def _link(actor: Person, failure: Failure, other: Failure) -> list[Happening]:
    """Put both failures into one mode: the one there is, the older of two, or a new one."""
    mine, theirs = _mode_of(failure), _mode_of(other)
    if mine and theirs and mine.pk != theirs.pk:
        return [_merge(*sorted((mine, theirs), key=lambda mode: mode.pk))]
    happenings = []
    mode = mine or theirs
    if mode is None:
        mode = _open(actor, other)
        happenings.append(Happening(Verb.MODE_OPEN, mode.code, {"title": mode.title}))
    for each in (other, failure):
        _, is_new = Occurrence.objects.get_or_create(failure=each, defaults={"mode": mode})
        if is_new:
            happenings.append(Happening(Verb.MODE_LINK, mode.code, {"failure": each.code}))
    return happenings


def _open(actor: Person, failure: Failure) -> FailureMode:
    # A restricted failure's title must not become a mode's name, which everyone may read.
    title = failure.title if failure.visibility == "everyone" else f"Failures like {failure.code}"
    return FailureMode.objects.create(title=title, opened_by=actor)


def _merge(older: FailureMode, younger: FailureMode) -> Happening:
    Occurrence.objects.filter(mode=younger).update(mode=older)
    if younger.description and younger.description not in older.description:
        older.description = "\n\n".join(filter(None, [older.description, younger.description]))
        older.version += 1
        older.save(update_fields=["description", "version"])
    happening = Happening(Verb.MODE_MERGE, older.code, {"merged": younger.code, "title": younger.title})
    younger.delete()
    return happening


def _unlink_if_untied(failure: Failure, other: Failure) -> list[Happening]:
    mine, theirs = _mode_of(failure), _mode_of(other)
    if mine is None or mine != theirs:
        return []
    mates = Failure.objects.filter(occurrence__mode=mine).exclude(pk__in=[failure.pk, other.pk])
    for each in (failure, other):
        ties = Answer.objects.filter(value=Answer.Value.YES).filter(
            Q(low=each, high__in=mates) | Q(high=each, low__in=mates)
        )
        if not ties.exists():
            return _unlink(each)
    return []


def _unlink(failure: Failure) -> list[Happening]:
    """Take the failure out of its mode; one without anybody's words goes when it has fewer than two failures."""
    mode = _mode_of(failure)
    if mode is None:
        return []
    happening = Happening(Verb.MODE_UNLINK, mode.code, {"failure": failure.code})
    Occurrence.objects.filter(failure=failure).delete()
    if mode.version == 1 and mode.occurrences.count() < 2:
        mode.delete()
    return [happening]


def _mode_of(failure: Failure) -> FailureMode | None:
    occurrence = Occurrence.objects.filter(failure=failure).select_related("mode").first()
    return occurrence.mode if occurrence else None
