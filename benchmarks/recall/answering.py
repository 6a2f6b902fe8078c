"""Lets people's answers teach while questions are asked, as they do in an organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from benchmarks.recall.figures import Answer
from benchmarks.recall.fitting import Fitted, Row, answered, placed
from failonce.recall.learning import Answer as Judged
from failonce.recall.learning import learn
from failonce.recall.weights import Model, Weights

# Somebody presses "learn" now and then, not after every answer.
_BETWEEN_LEARNING = 10


def with_answers(rows: Sequence[Row], fitted: Fitted) -> list[Answer]:
    """What is answered to each question, in order, when each first hit gets a yes or no.

    An answer teaches the questions after it, never its own.
    """
    kind: Literal["failure", "change"] = rows[0].question.kind if rows else "failure"
    place = kind + ("_with_meaning" if "meaning" in fitted.names else "")
    first = replace(Weights(), **{place: _model(fitted)})  # type: ignore[arg-type]  # a model's name
    now = fitted
    judged: list[Judged] = []
    found: list[Answer] = []
    for row in rows:
        answer = answered(row, now)
        found.append(answer)
        if answer.ranked:
            at = row.places.index(answer.ranked[0])
            seen = placed(row, now.names, now.rank).signals[at]
            signals = tuple(zip(now.names, seen.tolist(), strict=True))
            judged.append(Judged(signals, "yes" if row.right[at] else "no", kind))
            if len(judged) % _BETWEEN_LEARNING == 0:
                now = _fitted(getattr(learn(first, judged), place), now.names)
    return found


def _model(fitted: Fitted) -> Model:
    order, chance = (dict(zip(fitted.names, w.tolist(), strict=True)) for w in (fitted.rank, fitted.decide))
    return Model(order, chance, fitted.start)


def _fitted(model: Model, names: Sequence[str]) -> Fitted:
    rank, decide = (np.array([weights[name] for name in names]) for weights in (model.rank, model.decide))
    return Fitted(tuple(names), rank, decide, model.start)
