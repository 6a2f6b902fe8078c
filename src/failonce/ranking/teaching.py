"""What people's answers teach recall: of failures being told, and of changes about to go out."""

from collections.abc import Iterator
from dataclasses import dataclass

from failonce.failures.models import Failure
from failonce.failures.recall_source import query_of
from failonce.modes.memory import memory
from failonce.modes.models import Answer, Ranking
from failonce.preflight.change import read_change
from failonce.preflight.models import Reminder
from failonce.preflight.remembering import query_about
from failonce.recall import Query, Weights
from failonce.recall.learning import Answer as Judged
from failonce.recall.learning import learn

_MOST_ANSWERS = 2000  # the newest ones; more would say little else and take minutes
_MOST_REMINDERS = 1000
_DEPTH = 50  # a pair further apart than this shares nothing that could be weighed
_SAID = {Answer.Value.YES: "yes", Answer.Value.NO: "no", Answer.Value.NOT_SURE: "not sure"}
# Having read a reminder says neither that it was right nor that it was wrong.
_SAID_OF_REMINDERS = {Reminder.Answer.CHANGED_PLAN: "yes", Reminder.Answer.DOES_NOT_APPLY: "no"}


@dataclass(frozen=True, slots=True)
class Learnt:
    """Weights that answers taught, and how many answers had something to teach."""

    weights: Weights
    answers: int


def learnt_from_answers() -> Learnt:
    """Return what every standing answer teaches, starting from the shipped weights.

    The same answers and failures give the same weights: nothing is remembered from learning before.
    Takes some 20 ms per answer, so it is asked for, not done while somebody waits for a page.
    """
    judged = [*_judged_failures(), *_judged_changes()]
    return Learnt(learn(Weights(), judged), len(judged))


def answers_since(ranking: Ranking | None) -> int:
    """Return how many answers that can teach were given since the weights were last set."""
    answers = Answer.objects.all()
    reminders = Reminder.objects.filter(answer__in=_SAID_OF_REMINDERS)
    if ranking:
        answers = answers.filter(answered_at__gt=ranking.set_at)
        reminders = reminders.filter(answered_at__gt=ranking.set_at)
    return answers.count() + len({_pair_of(reminder) for reminder in reminders.select_related("preflight")})


def _judged_failures() -> Iterator[Judged]:
    answers = Answer.objects.select_related("low", "high").order_by("-answered_at", "-pk")[:_MOST_ANSWERS]
    for answer in answers:
        later, earlier = sorted((answer.high, answer.low), key=_newest_first)
        yield from _judged(query_of(later), _SAID[Answer.Value(answer.value)], {earlier.code}, without={later.code})


def _judged_changes() -> Iterator[Judged]:
    answered = Reminder.objects.filter(answer__in=_SAID_OF_REMINDERS).order_by("-answered_at", "-preflight", "pk")
    # An answer is copied to every preflight of the same change; it was given once.
    newest: dict[tuple[str, str], Reminder] = {}
    for reminder in answered.select_related("preflight", "lesson").iterator(chunk_size=200):
        newest.setdefault(_pair_of(reminder), reminder)
        if len(newest) == _MOST_REMINDERS:
            break
    for reminder in newest.values():
        change = read_change([reminder.preflight.change])
        query = query_about(change, list(reminder.preflight.services.all()))
        # A lesson stands in for its failure: either may have been the hit.
        keys = {reminder.code, f"F-{reminder.failure_id}"}
        yield from _judged(query, _SAID_OF_REMINDERS[Reminder.Answer(reminder.answer)], keys, without=set())


def _judged(query: Query, said: str, keys: set[str], *, without: set[str]) -> Iterator[Judged]:
    for hit in memory.search(query, limit=_DEPTH, without=without):
        if hit.key in keys:
            yield Judged(hit.signals, said, query.kind)  # type: ignore[arg-type]  # one of the three that are said
            return


def _pair_of(reminder: Reminder) -> tuple[str, str]:
    return reminder.preflight.about or reminder.preflight.digest, reminder.code


def _newest_first(failure: Failure) -> tuple[float, int]:
    return -failure.started_at.timestamp(), -failure.pk
