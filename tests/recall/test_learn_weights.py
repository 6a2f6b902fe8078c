"""The weights that ship are fitted to questions with known answers, and tested on those left out."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.recall import ablation, learn
from benchmarks.recall.answering import with_answers
from benchmarks.recall.figures import FIRST
from benchmarks.recall.fitting import Fitted, Row, answered, bounds, descend, fit
from benchmarks.recall.sets import Document, Question, Set
from benchmarks.recall.stakes import Stakes, learn_stakes
from failonce.recall import Index, Weights

NAMES = ["likeness", "neighbours", "recency", "service"]


def row(right: int | None, seed: int) -> Row:
    """Ten candidates of noise; the right one is more like the question, the others more like one another."""
    chance = np.random.default_rng(seed)
    signals = chance.uniform(0, 1, (10, len(NAMES)))
    if right is not None:
        signals[right, 0] += 1.5
    answers = frozenset() if right is None else frozenset([right])
    return Row(Question("", "", 10, answers, "x"), tuple(range(10)), signals, np.arange(10) == right)


ROWS = [row(n % 10 if n % 2 else None, n) for n in range(80)]


def test_a_loss_is_led_to_its_least_within_limits() -> None:
    middle = np.array([3.0, -2.0, 0.5])

    found = descend(lambda w: (float(((w - middle) ** 2).sum()), 2 * (w - middle)), (np.zeros(3), np.full(3, 2.0)))

    assert found == pytest.approx([2.0, 0.0, 0.5], abs=1e-4)


def test_right_answers_come_first_and_are_surer_than_the_rest() -> None:
    fitted = fit([ROWS[:40], ROWS[40:]], NAMES)

    repeats = [answered(one, fitted) for one in ROWS if one.right.any()]
    novel = [answered(one, fitted) for one in ROWS if not one.right.any()]
    firsts = [a.ranked[0] in r.question.answers for a, r in zip(repeats, ROWS[1::2], strict=True)]
    assert np.mean(firsts) > 0.9
    assert np.mean([a.level for a in repeats]) > np.mean([a.level for a in novel]) + 0.3


@pytest.mark.parametrize(("surest", "counts"), [(FIRST - 1, True), (FIRST, False)])
def test_only_what_is_found_first_says_whether_there_is_a_repeat(surest: int, counts: bool) -> None:
    many = 2 * FIRST
    signals = np.column_stack([-np.arange(many), np.arange(many) == surest])
    asked = Row(Question("", "", many, frozenset(), "x"), tuple(range(many)), signals, np.zeros(many, bool))

    found = answered(asked, Fitted(("likeness", "neighbours"), np.array([1.0, 0.0]), np.array([0.0, 9.0]), 0.0))

    assert found.ranked == tuple(range(FIRST))
    assert (found.level > 0.9) is counts


def test_no_likeness_counts_against_a_text() -> None:
    upside_down = [Row(r.question, r.places, -r.signals, r.right) for r in ROWS]

    _, rank, decide, _ = fit([upside_down], NAMES)

    lowest, highest = bounds(NAMES)
    assert ((rank >= lowest) & (rank <= highest)).all()
    assert ((decide >= lowest) & (decide <= highest)).all()


def test_time_never_decides() -> None:
    _, _, decide, _ = fit([ROWS], NAMES)

    assert decide[NAMES.index("recency")] == 0


def test_answers_teach_the_questions_after_them_only() -> None:
    fitted = fit([ROWS], NAMES)
    novel = [row(None, n) for n in range(100, 160)]

    taught = with_answers(novel, fitted)

    before = [answered(one, fitted) for one in novel]
    assert taught[:10] == before[:10]
    assert sum(a.level for a in taught[30:]) < sum(a.level for a in before[30:])


def test_an_organisation_is_one_source_in_every_set_it_stands_in() -> None:
    reports, judged = (Set(name, [], [], "", by_organisation=True) for name in ("repeats", "judged/x"))
    invented = Set("archives/x", [], [], "", teaches=False, by_organisation=True)
    tracker = Set("duplicates/browser", [], [], "")

    groups = learn.teaching([(reports, ROWS[:2]), (judged, ROWS[2:5]), (invented, ROWS[5:9]), (tracker, ROWS[9:])])

    assert {name: len(rows) for name, rows in groups.items()} == {"x": 5, "duplicates/browser": 71}


def test_what_a_signal_is_worth_shows_where_it_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = [Row(r.question, r.places, np.column_stack([r.signals, np.zeros(10)]), r.right) for r in ROWS]
    sets = [Set(name, [], [r.question for r in silent], "") for name in ("one", "other")]
    monkeypatch.setattr(ablation, "asked_of", lambda *_: ([*NAMES, "path"], [silent[:40], silent[40:]]))

    found = dict(ablation.ablated(sets, None))

    assert list(found) == ["all", "likeness alone", *(f"without {name}" for name in NAMES)], "path tells nothing here"
    r1 = {name: figures[0] or 0.0 for name, figures in found.items()}
    assert r1["all"] > 0.9
    assert r1["without service"] > 0.9
    assert r1["without likeness"] < 0.5


def test_what_ships_has_no_say_in_what_is_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [f"The old disk of {' '.join(f'room{n}r{shelf}' for shelf in range(n + 1))} gave way." for n in range(80)]
    documents = [Document(str(n), "", text, "x") for n, text in enumerate(told)]
    one = Set("made", documents, [Question("", "disk of the store", len(told), frozenset([1]), "x")], "as made")
    shipped = Weights().failure
    upside_down = replace(shipped, rank={name: -weight for name, weight in shipped.rank.items()})

    names, (usual,) = learn.rows_of(one, None)
    monkeypatch.setattr(learn, "Index", partial(Index, Weights(failure=upside_down)))
    _, (other,) = learn.rows_of(one, None)

    steady = [at for at, name in enumerate(names) if name != "behind"]  # worked out anew from each order
    assert len(usual.places) == len(told)
    assert usual.places == other.places
    assert (usual.signals[:, steady] == other.signals[:, steady]).all()


def test_a_folder_becomes_weights_that_recall_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    things = ["disk", "lamp", "queue", "certificate", "router", "invoice", "password", "index", "clock", "mirror"]
    reports: list[dict[str, Any]] = [
        {
            "id": f"{thing}-{n}",
            "source": f"s{len(thing) % 2}",
            "title": f"{thing} broke",
            "text": f"the {thing} broke again {n}",
        }
        | {"created": f"2020-01-{1 + n:02} 00:00:00"}
        for n in range(2)
        for thing in things
    ]
    pairs: list[dict[str, Any]] = [{"query": f"{thing}-1", "match": f"{thing}-0"} for thing in things]
    lists = {"repeats/corpus.jsonl": reports, "repeats/pairs.jsonl": pairs, "incidents/icco.jsonl": reports[:10]}
    lists["duplicates/silent/bugs.jsonl"] = reports[:1]  # one bug repeats nothing
    for name in ("one", "two"):
        lists[f"own/{name}/risky.jsonl"] = [{"change": f"touch the {t}", "repeats": [f"{t}-0"]} for t in things]
        lists[f"own/{name}/innocent.jsonl"] = [{"change": "fix a typo in the docs"}, {"change": "colour the button"}]
    for name, rows in lists.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("\n".join(json.dumps(one) for one in rows))
    (tmp_path / "repeats/novel.txt").write_text("disk-0 lamp-0 queue-0")
    out = tmp_path / "weights.json"
    worth = tmp_path / "stakes.json"
    asked = ["learn", "--data", str(tmp_path), "--changes", str(tmp_path / "own"), "--out", str(out)]
    asked += ["--stakes", str(worth)]
    monkeypatch.setattr(sys, "argv", asked)

    learn.main()

    learnt = Weights.from_json(out.read_text())
    assert learnt.failure != Weights().failure
    assert learnt.change.decide["path"] == 4.0
    assert learnt.failure_with_meaning == Weights().failure_with_meaning
    assert json.loads(worth.read_text())["touch"] > 0


def changes(risky: list[str], innocent: list[str]) -> list[Question]:
    """A list of changes as one writer wrote it."""
    asked = [(text, frozenset([0])) for text in risky] + [(text, frozenset()) for text in innocent]
    return [Question("", text, 1, answers, "changes", "change") for text, answers in asked]


ONE = changes(["drop shard, hello"] * 4, ["colour button"] * 4)
OTHER = changes(["drop node"] * 4, ["colour label, hello"] * 4)


THIRD = changes(["colour node, hello"] * 4, ["drop button"] * 4)


def test_words_are_worth_what_writers_agree_on() -> None:
    worth = learn_stakes([ONE, OTHER])

    assert worth.keys() == {"drop", "colour"}
    assert worth["drop"] > 0 > worth["colour"]


def test_one_writer_in_three_may_see_a_word_otherwise() -> None:
    worth = learn_stakes([ONE, OTHER, THIRD])

    assert {"drop", "colour", "hello"} <= worth.keys()
    assert "drop" not in learn_stakes([ONE, THIRD])


def test_the_list_asked_about_teaches_no_word() -> None:
    rows = {n: [Row(q, (0,), np.zeros((1, 1)), np.ones(1, bool)) for q in each] for n, each in [("a", ONE), ("b", ONE)]}
    stakes = Stakes({**rows, "c": [Row(q, (0,), np.zeros((1, 1)), np.ones(1, bool)) for q in OTHER]})

    told = stakes.told(rows["a"], ["stakes"], ["a"])

    assert stakes.learnt(["a"]) == learn_stakes([ONE, OTHER])
    assert told[0].signals[0, 0] > 0 > told[-1].signals[0, 0]
    assert rows["a"][0].signals[0, 0] == 0
