"""What people's answers teach recall: those about pairs of failures, and those to reminders before a change."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Literal

from django.db.models import F, QuerySet

from failonce.failures.models import Failure
from failonce.failures.recall_source import query_of
from failonce.modes.memory import memory
from failonce.modes.models import Answer, Ranking
from failonce.preflight.change import read_change
from failonce.preflight.models import Preflight, Reminder
from failonce.preflight.remembering import query_for
from failonce.recall import Index, Weights
from failonce.recall.learning import Answer as Judged
from failonce.recall.learning import learn

_MOST_ANSWERS = 2000  # the newest ones; more would say little else and take minutes
_DEPTH = 50  # a pair further apart than this shares nothing that could be weighed
_SAID = {Answer.Value.YES: "yes", Answer.Value.NO: "no", Answer.Value.NOT_SURE: "not sure"}

_MOST_REMINDERS = 1000  # the newest ones; a change is longer than a failure, and takes longer to compare
_DEPTH_OF_CHANGES = 60  # deeper than a preflight looks: what was told since may stand before the reminder by now
# That somebody read a reminder doesn't say whether it was right.
_SAID_OF_REMINDERS: dict[str, Literal["yes", "no"]] = {
    Reminder.Answer.CHANGED_PLAN: "yes",
    Reminder.Answer.DOES_NOT_APPLY: "no",
}


@dataclass(frozen=True, slots=True)
class Learnt:
    """Weights that answers taught, and how many answers had something to teach."""

    weights: Weights
    answers: int


def learnt_from_answers() -> Learnt:
    """Return what every standing answer teaches, starting from the shipped weights.

    The same answers and failures give the same weights: nothing is remembered from learning before.
    Takes some 20 ms per answer, 100 ms where a change is long, so it is asked for, not done while somebody
    waits for a page.
    """
    index, shipped = memory.follow(), Weights()
    judged = [*_judged_pairs(index, shipped), *_judged_reminders(index, shipped)]
    return Learnt(learn(shipped, judged), len(judged))


def answers_since(ranking: Ranking | None) -> int:
    """Return how many answers that can teach haven't taught the weights in force; none has taught those that ship."""
    answers, reminders = Answer.objects.all(), _teaching_reminders()
    if ranking and ranking.weights:
        answers = answers.filter(answered_at__gt=ranking.set_at)
        reminders = reminders.filter(answered_at__gt=ranking.set_at)
    return answers.count() + sum(1 for _ in _each_once(reminders))


def _judged_pairs(index: Index, weights: Weights) -> Iterator[Judged]:
    answers = Answer.objects.select_related("low", "high").order_by("-answered_at", "-pk")[:_MOST_ANSWERS]
    for answer in answers:
        later, earlier = sorted((answer.high, answer.low), key=_newest_first)
        hits = index.search(query_of(later), limit=_DEPTH, without={later.code}, weights=weights)
        for hit in hits:
            if hit.key == earlier.code:
                yield Judged(hit.signals, _SAID[Answer.Value(answer.value)])  # type: ignore[arg-type]


def _newest_first(failure: Failure) -> tuple[float, int]:
    return -failure.started_at.timestamp(), -failure.pk


def _judged_reminders(index: Index, weights: Weights) -> Iterator[Judged]:
    """Ask again about each change, as far as it was kept, and find what it reminded of in what recall knows now."""
    newest = list(islice(_each_once(_teaching_reminders()), _MOST_REMINDERS))
    reminders = sorted(Reminder.objects.in_bulk(newest).values(), key=_preflight_of)
    preflights = Preflight.objects.prefetch_related("services").in_bulk({_preflight_of(each) for each in reminders})
    for number, shown in groupby(reminders, key=_preflight_of):
        preflight = preflights[number]
        query = query_for(read_change([preflight.change]), preflight.services.all())
        hits = index.search(query, limit=_DEPTH_OF_CHANGES, weights=weights)
        for reminder in shown:
            keys = {f"L-{reminder.lesson_id}", f"F-{reminder.failure_id}"}
            if hit := next((hit for hit in hits if hit.key in keys), None):
                yield Judged(hit.signals, _SAID_OF_REMINDERS[reminder.answer], kind="change")


def _preflight_of(reminder: Reminder) -> int:
    return reminder.preflight_id


def _teaching_reminders() -> QuerySet[Reminder]:
    return Reminder.objects.filter(answer__in=_SAID_OF_REMINDERS)


def _each_once(reminders: QuerySet[Reminder]) -> Iterator[int]:
    """Yield the number of each answered reminder, the newest first.

    An answer stands wherever the same change was asked about, by its text or its name. It was given once,
    so it counts once: where the change was asked about last.
    """
    newest_first = (F("answered_at").desc(nulls_last=True), "-preflight__asked_at", "-pk")
    rows = reminders.order_by(*newest_first).values_list(
        "pk", "preflight__digest", "preflight__about", "lesson_id", "failure_id"
    )
    seen: set[tuple[str, str, int | None, int]] = set()
    for number, digest, about, lesson, failure in rows:
        names = {("text", digest, lesson, failure)}
        if about:
            names.add(("name", about, lesson, failure))
        if seen.isdisjoint(names):
            yield number
        seen |= names
