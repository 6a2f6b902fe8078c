"""Every change people can make here: ask before a change, answer a reminder."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from failonce.catalogue.keeping import held
from failonce.catalogue.models import Service
from failonce.catalogue.names import NAME_LENGTH, NAMES_AT_ONCE, are_not, known_services, one_line
from failonce.failures.telling import without_nul
from failonce.history.chain import record
from failonce.history.verbs import Verb
from failonce.people.errors import Refused
from failonce.people.models import Person
from failonce.people.permissions import require
from failonce.preflight.change import Change, read_change
from failonce.preflight.models import ABOUT_LENGTH, CHANGE_KEPT, Preflight, Reminder, ReminderQuerySet
from failonce.preflight.remembering import Remembered, remembered

REASON_LIMIT = 2_000
NOTHING_TO_LOOK_AT = "There is nothing to look at: the change is empty. Describe it, or paste its diff."


def ask_preflight(
    *, actor: Person, change: str, services: Sequence[str] = (), paths: Sequence[str] = (), about: str = ""
) -> Preflight:
    """Ask what a change reminds us of; the answer has at most three reminders, and may have none.

    `change` is text, commit messages or a unified diff of any length; `services` are names or slugs, and
    one nobody knows is said in `notices`, never refused. A change asked about before finds its answers:
    one with the same text, or, where `about` names it, one of the same name, however it has grown.
    """
    require(actor, Verb.PREFLIGHT_RUN)
    read = read_change([change], paths)
    if read.is_empty:
        raise Refused(NOTHING_TO_LOOK_AT, {"change": NOTHING_TO_LOOK_AT})
    meant, notices = _services_meant(services)
    about = one_line(without_nul(about))
    if len(about) > ABOUT_LENGTH:
        notices.append(
            f"The name of the change has {len(about)} characters; up to {ABOUT_LENGTH} fit, so it is left out."
        )
        about = ""
    # Outside the transaction: comparing takes longer than writing, and other writers would wait for it.
    found = remembered(actor, read, meant)
    return _keep(actor, read, about, meant, [*notices, *read.notices], found)


@transaction.atomic
def answer_reminder(*, actor: Person, reminder: Reminder, answer: str, reason: str = "") -> Reminder:
    """Say what one makes of a reminder: read it, changed the plan, or it doesn't apply; the last answer stands.

    A reason is welcome and never demanded: a reminder that is wrong must not be quicker to call read.
    """
    require(actor, Verb.REMINDER_ANSWER, reminder)
    reason = without_nul(reason).strip()
    if problems := _answer_problems(answer, reason):
        raise Refused("The reminder isn't answered yet.", problems)
    same = _the_same_everywhere(reminder)
    # In one order: two people who were shown it in different preflights would wait for each other.
    locked = same.select_for_update(of=("self",), no_key=True).order_by("pk")
    standing = locked.in_bulk()[reminder.pk]
    before = {"answer": standing.answer, "reason": standing.reason}
    standing.answer, standing.reason = answer, reason
    standing.answered_by, standing.answered_at = actor, timezone.now()
    same.update(answer=answer, reason=reason, answered_by=actor, answered_at=standing.answered_at)
    record(
        actor=actor,
        verb=Verb.REMINDER_ANSWER,
        subject=f"P-{standing.preflight_id}",
        about=standing.code,
        answer=answer,
        reason=reason,
        before=before if before["answer"] else None,
    )
    return standing


@transaction.atomic
def _keep(
    actor: Person, change: Change, about: str, services: list[Service], notices: list[str], found: list[Remembered]
) -> Preflight:
    preflight = Preflight.objects.create(
        asked_by=actor, change=change.text[:CHANGE_KEPT], digest=change.digest, about=about, notices=notices
    )
    # Comparing took a while, in which a mere name may have been merged.
    preflight.services.set(held({each.slug: each for each in services}).values())
    answered = _earlier_answers(preflight)
    for position, each in enumerate(found, start=1):
        reminder = Reminder(
            preflight=preflight,
            position=position,
            failure=each.failure,
            lesson=each.lesson,
            probability=round(each.probability, 3),
            because=list(each.because),
        )
        if earlier := answered.get(reminder.code):
            reminder.answer, reminder.reason = earlier.answer, earlier.reason
            reminder.answered_by, reminder.answered_at = earlier.answered_by, earlier.answered_at
        reminder.save(force_insert=True)
    codes = [each.lesson.code if each.lesson else each.failure.code for each in found]
    record(actor=actor, verb=Verb.PREFLIGHT_RUN, subject=preflight.code, reminders=codes)
    return preflight


def _the_same_everywhere(reminder: Reminder) -> ReminderQuerySet:
    """Return this reminder wherever the same change was asked about: a pipeline may have asked several times."""
    return Reminder.objects.filter(
        _of_the_same_change(reminder.preflight), lesson=reminder.lesson_id, failure=reminder.failure_id
    )


def _of_the_same_change(preflight: Preflight) -> Q:
    same = Q(preflight__digest=preflight.digest)
    return same | Q(preflight__about=preflight.about) if preflight.about else same


def _earlier_answers(preflight: Preflight) -> dict[str, Reminder]:
    """Return the last answer to each reminder that the same change was shown before."""
    rows = Reminder.objects.filter(_of_the_same_change(preflight)).exclude(answer="").order_by("answered_at", "pk")
    return {row.code: row for row in rows.select_related("answered_by")}


def _services_meant(names: Sequence[str]) -> tuple[list[Service], list[str]]:
    """Return the services these names mean, and a sentence about those nobody knows."""
    names = list(dict.fromkeys(filter(None, map(one_line, names))))
    # The catalogue refuses lists and names beyond its bounds; a preflight only says so.
    usable = [name for name in names if len(name) <= NAME_LENGTH][:NAMES_AT_ONCE]
    known, unknown = known_services(usable)
    unknown += [f"{name[:40]}…" for name in names if name not in usable and len(name) > NAME_LENGTH]
    notices = [f"{are_not(unknown)} in the catalogue; the change is compared without."] if unknown else []
    if left := len(names) - len(usable) - sum(len(name) > NAME_LENGTH for name in names):
        notices.append(f"{left} more services were left out; at most {NAMES_AT_ONCE} are compared.")
    return known, notices


def _answer_problems(answer: str, reason: str) -> dict[str, str]:
    if answer not in Reminder.Answer.values:
        return {"answer": f"{answer[:40]!r} isn't one of: {', '.join(Reminder.Answer.values)}."}
    if len(reason) > REASON_LIMIT:
        return {"reason": f"This has {len(reason):,} characters; up to {REASON_LIMIT:,} fit."}
    return {}
