"""How recall ranks here, as JSON."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from failonce.api.tokens import needs
from failonce.modes.memory import memory, weights_in_force
from failonce.modes.models import Ranking
from failonce.ranking import writes
from failonce.ranking.teaching import answers_since
from failonce.ranking.weighing import as_kept

router = Router(tags=["modes"])


class RankingOut(BaseModel):
    """The weights in force, how many answers taught them, and how many were given since.

    `failure` and `change` among the weights count when words are compared alone, those `_with_meaning`
    while `has_meaning` is true. Answers before changes teach the weights of changes alone.
    """

    answers: int
    answers_since: int
    has_meaning: bool
    weights: dict[str, Any]


@router.get("/recall/weights", response=RankingOut, auth=needs("read"), summary="How recall ranks here")
def ranking(request: HttpRequest) -> RankingOut:
    """Read the weights in force when a failure is told and before a change."""
    return _ranking_out(Ranking.objects.first())


@router.post("/recall/weights/learn", response=RankingOut, auth=needs("manage"), summary="Learn from answers")
def learn(request: HttpRequest) -> RankingOut:
    """Let every standing answer teach how recall ranks."""
    return _ranking_out(writes.learn_ranking(actor=request.auth))  # type: ignore[attr-defined]


@router.post(
    "/recall/weights/restore", response=RankingOut, auth=needs("manage"), summary="Restore the shipped weights"
)
def restore(request: HttpRequest) -> RankingOut:
    """Go back to the weights that ship."""
    return _ranking_out(writes.restore_ranking(actor=request.auth))  # type: ignore[attr-defined]


def _ranking_out(ranking: Ranking | None) -> RankingOut:
    return RankingOut(
        answers=ranking.answers if ranking else 0,
        answers_since=answers_since(ranking),
        has_meaning=memory.has_meaning(),
        weights=as_kept(weights_in_force()),
    )
