"""Every change people can make to how recall ranks here: learn from answers, go back."""

from django.db import transaction

from failonce.history.chain import record
from failonce.history.verbs import Verb
from failonce.modes.models import Ranking
from failonce.people.models import Person
from failonce.people.permissions import require
from failonce.ranking.teaching import learnt_from_answers
from failonce.ranking.weighing import as_kept


def learn_ranking(*, actor: Person) -> Ranking:
    """Let every standing answer teach how recall ranks here, starting from the shipped weights."""
    require(actor, Verb.RANKING_LEARN)
    learnt = learnt_from_answers()  # before the transaction: it may take a while
    return _set_ranking(actor, Verb.RANKING_LEARN, as_kept(learnt.weights), learnt.answers)


def restore_ranking(*, actor: Person) -> Ranking:
    """Go back to the weights that ship; the answers stay, and can teach again."""
    require(actor, Verb.RANKING_RESTORE)
    return _set_ranking(actor, Verb.RANKING_RESTORE, {}, 0)


@transaction.atomic
def _set_ranking(actor: Person, verb: Verb, weights: dict[str, object], answers: int) -> Ranking:
    ranking = Ranking.objects.create(weights=weights, answers=answers, set_by=actor)
    record(actor=actor, verb=verb, subject=ranking.code, answers=answers)
    return ranking
