"""Answers move the weights a little, the same way each time, and never far."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

import pytest

from failonce.recall import Index, Query, Text, Weights
from failonce.recall.learning import Answer, learn

SAYS = Literal["yes", "no", "not sure"]
QUERY = Query("the queue was full and workers died", services=("queue",))


def _index(weights: Weights | None = None) -> Index:
    index = Index(weights)
    index.put(Text("F-1", "Queue full", "workers died", services=("queue",)))
    index.put(Text("F-2", "Mail late", "the queue of mails grew"))
    return index


def _answers(said: SAYS, count: int) -> list[Answer]:
    return [Answer(hit.signals, said) for hit in _index().search(QUERY)[:1] * count]


def test_no_answers_change_nothing() -> None:
    assert learn(Weights(), []) == Weights()


@pytest.mark.parametrize(("said", "direction"), [("yes", 1), ("no", -1)])
def test_answers_move_the_chance_their_way(said: SAYS, direction: int) -> None:
    before = _index().search(QUERY)[0].probability

    after = _index(learn(Weights(), _answers(said, 50))).search(QUERY)[0].probability

    assert (after - before) * direction > 0


def test_many_answers_move_more_than_few() -> None:
    few, many = (learn(Weights(), _answers("no", count)) for count in (2, 200))

    assert many.failure.start < few.failure.start < Weights().failure.start


def test_weights_stay_within_bounds_whatever_is_answered() -> None:
    wild = Answer((("likeness", 1e300), ("passage", float("nan"))), "no")

    learnt = learn(Weights(), [wild] * 1_000 + _answers("no", 5_000))

    shipped = Weights().failure
    for name, weight in learnt.failure.decide.items():
        assert abs(weight) <= 1.51 * abs(shipped.decide[name])
        assert weight * shipped.decide[name] >= 0
    assert abs(learnt.failure.start - shipped.start) <= 1.5


def test_the_order_of_answers_does_not_matter() -> None:
    answers = _answers("yes", 3) + _answers("no", 2) + _answers("not sure", 4)

    assert learn(Weights(), answers) == learn(Weights(), answers[::-1])


def test_answers_about_failures_leave_changes_alone() -> None:
    learnt = learn(Weights(), _answers("no", 50))

    assert learnt.change == Weights().change
    assert learnt.failure != Weights().failure


def test_a_search_may_go_by_other_weights_than_the_index() -> None:
    learnt = learn(Weights(), _answers("no", 50))

    [as_shipped, *_] = _index(learnt).search(QUERY, weights=Weights())

    assert as_shipped == _index().search(QUERY)[0]
    assert as_shipped.probability > _index(learnt).search(QUERY)[0].probability


def test_weights_survive_json() -> None:
    learnt = learn(Weights(), _answers("no", 50))

    assert Weights.from_json(learnt.to_json()) == learnt


def test_weights_kept_of_a_signal_that_is_no_more_are_let_go() -> None:
    kept = json.loads(Weights().to_json())
    kept["change"]["decide"]["reaching"] = 0.25

    assert Weights.from_json(json.dumps(kept)) == Weights()


def test_what_kept_weights_leave_out_is_as_shipped() -> None:
    @dataclass(frozen=True)
    class Later(Weights):
        speaks_at: float = 0.6

    assert Later.from_json("{}") == Later()
    assert Later.from_json('{"speaks_at": 0.5, "speaks_of_failures_at": 0.2}') == Later(
        speaks_at=0.5, speaks_of_failures_at=0.2
    )
