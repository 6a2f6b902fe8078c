"""What people's answers teach recall about ranking."""

from collections.abc import Iterator
from dataclasses import dataclass

from failonce.failures.models import Failure
from failonce.failures.recall_source import query_of
from failonce.modes.memory import memory
from failonce.modes.models import Answer, Ranking
from failonce.recall import Weights
from failonce.recall.learning import Answer as Judged
from failonce.recall.learning import learn

_MOST_ANSWERS = 2000  # the newest ones; more would say little else and take minutes
_DEPTH = 50  # a pair further apart than this shares nothing that could be weighed
_SAID = {Answer.Value.YES: "yes", Answer.Value.NO: "no", Answer.Value.NOT_SURE: "not sure"}


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
    judged = list(_judged())
    return Learnt(learn(Weights(), judged), len(judged))


def answers_since(ranking: Ranking | None) -> int:
    """Return how many answers were given since the weights were last set."""
    answers = Answer.objects.all()
    return (answers.filter(answered_at__gt=ranking.set_at) if ranking else answers).count()


def _judged() -> Iterator[Judged]:
    index = memory.follow()
    answers = Answer.objects.select_related("low", "high").order_by("-answered_at", "-pk")[:_MOST_ANSWERS]
    for answer in answers:
        later, earlier = sorted((answer.high, answer.low), key=_newest_first)
        hits = index.search(query_of(later), limit=_DEPTH, without={later.code})
        for hit in hits:
            if hit.key == earlier.code:
                yield Judged(hit.signals, _SAID[Answer.Value(answer.value)])  # type: ignore[arg-type]


def _newest_first(failure: Failure) -> tuple[float, int]:
    return -failure.started_at.timestamp(), -failure.pk
