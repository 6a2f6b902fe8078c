"""Where a lesson or a failure was of use: the changes it was shown before, and what people made of it."""

from dataclasses import dataclass

from django.db.models import Count, Value
from django.db.models.functions import Coalesce, NullIf

from failonce.failures.models import Failure
from failonce.lessons.models import Lesson
from failonce.preflight.models import Reminder

_SHOWN = 10
_TIMES = {1: "once", 2: "twice"}


@dataclass(frozen=True, slots=True)
class Uses:
    """How often something was shown and what came of it, in words, and the last answers."""

    sentence: str
    changes: int  # it was shown before so many; nobody is counted here
    changed_plans: int
    answers: list[Reminder]


# One change, however often it was asked about: its name where it has one, else its text.
_CHANGE = Coalesce(NullIf("preflight__about", Value("")), "preflight__digest")


def uses_of(subject: Lesson | Failure) -> Uses:
    """Return where this was of use; one change counts once, however often it was asked about."""
    about = {"lesson": subject} if isinstance(subject, Lesson) else {"failure": subject}
    shown = Reminder.objects.filter(**about)
    rows = shown.values_list("answer").annotate(changes=Count(_CHANGE, distinct=True))
    changes = {answer: number for answer, number in rows if answer}
    total = shown.aggregate(changes=Count(_CHANGE, distinct=True))["changes"]
    answered = shown.exclude(answer="")
    waiting = total - answered.aggregate(changes=Count(_CHANGE, distinct=True))["changes"]
    return Uses(
        sentence=in_words(total, changes, waiting),
        changes=total,
        changed_plans=changes.get(Reminder.Answer.CHANGED_PLAN, 0),
        answers=_last_answers(answered),
    )


def _last_answers(answered: "object") -> list[Reminder]:
    latest: dict[tuple[str, str], Reminder] = {}
    for row in answered.select_related("preflight", "lesson").order_by("-answered_at", "-pk")[: 5 * _SHOWN]:  # type: ignore[attr-defined]
        latest.setdefault((row.preflight.about or row.preflight.digest, row.answer), row)
    return list(latest.values())[:_SHOWN]


def in_words(total: int, changes: dict[str, int], waiting: int) -> str:
    """Return how often something was shown and what came of it, as people say it."""
    if not total:
        return "No change has been reminded of this yet."
    shown = f"Shown before {total:,} changes." if total > 1 else "Shown before one change."
    parts = {
        Reminder.Answer.CHANGED_PLAN: "the plan was changed because of it",
        Reminder.Answer.READ: "it was read",
        Reminder.Answer.DOES_NOT_APPLY: "it didn't apply",
    }
    said = [f"{_times(changes[answer])} {words}" for answer, words in parts.items() if changes.get(answer)]
    if waiting:
        said.append(_waiting(waiting, total))
    text = ", ".join(said[:-1]) + (" and " if len(said) > 1 else "") + said[-1]
    return f"{shown} {text[0].upper()}{text[1:]}."


def _waiting(waiting: int, total: int) -> str:
    if waiting > 1:
        return f"{waiting:,} wait for an answer"
    return "one waits for an answer" if total > 1 else "it waits for an answer"


def _times(number: int) -> str:
    return _TIMES.get(number, f"{number:,} times")
