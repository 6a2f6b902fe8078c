"""The benchmark reads a folder as it is and its figures are right."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.recall import __main__ as benchmark
from benchmarks.recall import lengths, young
from benchmarks.recall.figures import Answer, alarm_level, auc, calibration_noise, figures
from benchmarks.recall.peers.fts5 import FTS5
from benchmarks.recall.peers.ours import Ours, WithoutServices
from benchmarks.recall.peers.shape import Unavailable
from benchmarks.recall.sets import Question, Set, in_order, read_sets
from failonce.recall import Query


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, ensure_ascii="\\ud" in json.dumps(row)) for row in rows)
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    bugs: list[dict[str, Any]] = [
        {"id": "11", "title": "Tabs vanish", "text": "tabs vanish on restart"},
        {"id": "9", "title": "Tabs lost", "text": "tabs lost on restart", "dup_ids": [11, 404]},
        {"id": "12", "title": None, "text": None, "dup_ids": None, "created": None},
    ]  # fmt: skip
    _write(tmp_path / "duplicates" / "browser" / "bugs.jsonl", bugs)
    _write(
        tmp_path / "incidents" / "icco.jsonl",
        [{"id": "a", "title": "Disk full", "text": "logs filled the disk", "created": "2020-01-01"}],
    )  # fmt: skip
    _write(
        tmp_path / "changes" / "risky.jsonl",
        [{"change": "turn on debug logs on the disk", "repeats": ["a", "nowhere"]}],
    )
    _write(tmp_path / "changes" / "innocent.jsonl", [{"change": "fix a typo"}])
    return tmp_path


def test_each_set_becomes_questions_about_earlier_texts(folder: Path) -> None:
    bugs, changes = read_sets(folder, None, everything=True)

    assert [doc.id for doc in bugs.documents] == ["9", "11", "12"]
    assert [(q.before, q.answers) for q in bugs.questions] == [
        (1, frozenset([0])),
        (2, frozenset()),
    ]
    assert [q.answers for q in changes.questions] == [frozenset([0]), frozenset()]
    assert changes.within == 3


@pytest.mark.parametrize(
    ("rows", "expected", "how"),
    [
        ([("b", "2020-02-01"), ("a", "2020-01-01 10:00:00")], "ab", "created"),
        ([("x10", None), ("x9", None)], "x9x10", "number in the id"),
        (
            [("p:2019-05-01-z", None), ("q", "2020-01-01"), ("r", "2018-01-01")],
            "rp:2019-05-01-zq",
            "created, else resolved or the day in the id",
        ),
        (
            [("q", "2020-01-01"), ("INC-2024-13-45", "2024-02-30"), ("r", "2018-01-01")],
            "INC-2024-13-45rq",
            "created, else resolved or the day in the id",
        ),
        ([("p²", 5), ("²", None)], "p²²", "number in the id"),
    ],
)
def test_time_order_is_found_and_told(rows: list[tuple[str, str | None]], expected: str, how: str) -> None:
    ordered, found = in_order([{"id": i, "created": c} for i, c in rows])

    assert "".join(row["id"] for row in ordered) == expected
    assert found == how


REPORTS: list[dict[str, Any]] = [
    {"id": "r1", "title": "Disk full", "text": "logs filled the disk", "created": "2020-01-01"},
    {"id": "r2", "title": "Disk full again", "text": "logs filled the disk\u2028again", "created": "2020-01-02"},
    {"id": "r3", "title": "Lamp out", "text": "a lamp went out\x0cin the\x85hall", "created": "2020-01-03"},
]
PAIR = {"query": "r2", "match": "r1"}
CHANGE = {"change": "write debug logs to the disk", "repeats": ["r1"]}
FOLDERS: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "lines that JSON does not end": (
        {"repeats/corpus.jsonl": REPORTS, "repeats/pairs.jsonl": [PAIR], "repeats/novel.txt": "r3\n"},
        {"repeats": 2},
    ),
    "nothing but ids and texts": (
        {
            "repeats/corpus.jsonl": [{"id": one["id"], "text": one["text"]} for one in REPORTS],
            "repeats/pairs.jsonl": [PAIR],
            "duplicates/x/bugs.jsonl": [{"id": 1}, {"id": 2, "text": "disk"}, {"id": 3, "text": "disk", "dup_ids": 2}],
        },
        {"repeats": 1, "duplicates/x": 2},
    ),
    "numbers and single names": (
        {
            "repeats/corpus.jsonl": [{"id": n, "title": n, "text": n, "created": n, "source": n} for n in (1, 2, 3)],
            "repeats/pairs.jsonl": [{"query": 2, "match": 1}],
            "repeats/novel.txt": "3",
            "incidents/x.jsonl": [{"id": 1, "services": "mail"}, {"id": 2, "services": 7}],
            "incidents/icco.jsonl": [{"id": 4, "text": 404, "created": 2020}],
            "changes/risky.jsonl": [{"change": 5, "repeats": 4}, {"change": ["a", "b"], "repeats": "4"}],
        },
        {"repeats": 2, "changes": 2},
    ),
    "half a character": (
        {
            "repeats/corpus.jsonl": [{"id": "r1", "text": "disk \ud800"}, {"id": "r2", "text": "disk \ud800"}],
            "repeats/pairs.jsonl": [PAIR],
        },
        {"repeats": 1},
    ),
    "empty files": (
        {
            "repeats/corpus.jsonl": [], "repeats/pairs.jsonl": [], "repeats/novel.txt": "", "incidents/icco.jsonl": [],
            "duplicates/x/bugs.jsonl": [], "changes/risky.jsonl": [], "changes/innocent.jsonl": [],
        },
        {},
    ),
    "no innocent changes": (
        {"incidents/icco.jsonl": REPORTS, "changes/risky.jsonl": [CHANGE]},
        {"changes": 1},
    ),
    "innocent changes alone": (
        {
            "incidents/icco.jsonl": REPORTS, "changes/risky.jsonl": [CHANGE | {"repeats": []}],
            "changes/innocent.jsonl": [{"change": "fix a typo"}, {}],
        },
        {"changes": 2},
    ),
    "nothing novel": ({"repeats/corpus.jsonl": REPORTS, "repeats/pairs.jsonl": [PAIR]}, {"repeats": 1}),
    "answers that lie later": (
        {"repeats/corpus.jsonl": REPORTS, "repeats/pairs.jsonl": [{"query": "r1", "match": "r2"}]},
        {},
    ),
    "one report, novel": ({"repeats/corpus.jsonl": REPORTS[:1], "repeats/novel.txt": "r1"}, {"repeats": 1}),
    "one bug": ({"duplicates/x/bugs.jsonl": REPORTS[:1]}, {}),
    "no words": (
        {"repeats/corpus.jsonl": [{"id": "1"}, {"id": "2", "text": "_ the"}], "repeats/novel.txt": "2"},
        {"repeats": 1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("holds", FOLDERS)
def test_any_folder_of_the_layout_is_measured(
    holds: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files, asked = FOLDERS[holds]
    data, figures_at = tmp_path / "data", tmp_path / "figures.json"
    data.mkdir()
    for name, rows in files.items():
        if isinstance(rows, str):
            (data / name).write_text(rows)
        else:
            _write(data / name, rows)
    monkeypatch.setattr(benchmark, "Postgres", _Missing)
    monkeypatch.setattr(benchmark, "embedder", lambda _: None)
    arguments = ["--data", str(data), "--changes", str(tmp_path / "own"), "--sizes", "", "--json", str(figures_at)]
    monkeypatch.setattr(sys, "argv", ["recall", *arguments])

    assert benchmark.main() == 0

    found = json.loads(figures_at.read_text())["sets"]
    assert found.keys() == asked.keys()
    assert {one.name: len(one.questions) for one in _sets(data) if one.questions} == asked
    assert all(Ours.name in engines for engines in found.values())
    printed = capsys.readouterr()
    assert all(f"\n{name}: " in printed.out for name in asked)


class _Missing:
    name = "PostgreSQL"

    def __init__(self) -> None:
        raise Unavailable("no server is started for a test")


def _sets(data: Path) -> list[Set]:
    return list(read_sets(data, None, everything=True))


def test_engines_are_told_the_services_as_facts_or_in_words(folder: Path) -> None:
    reports = [{"id": f"r{n}", "title": "Down", "text": "it fell", "created": f"2020-01-0{n}"} for n in range(1, 4)]
    _write(folder / "repeats" / "corpus.jsonl", reports)
    _write(folder / "repeats" / "pairs.jsonl", [{"query": "r3", "match": "r2"}])
    _write(
        folder / "incidents" / "shop.jsonl",
        [{"id": "r1", "services": None}, {"id": "r2", "services": ["mail"]}, {"id": "r3", "services": ["mail"]}],
    )
    repeats, *others = read_sets(folder, None, everything=True)

    assert [doc.services for doc in repeats.documents] == [(), ("mail",), ("mail",)]
    assert repeats.names_services
    assert not any(one.names_services for one in others)
    assert [doc.text for doc in repeats.in_words().documents] == ["it fell", "it fell\nmail", "it fell\nmail"]
    assert [question.text for question in repeats.in_words().questions] == ["it fell\nmail"]
    for engine, best in ((WithoutServices(), 0), (Ours(), 1)):
        engine.build(repeats.documents)
        assert engine.ask(repeats.questions[0], 1)[0][0][0] == best


def test_only_earlier_texts_are_given_by_engines(folder: Path) -> None:
    bugs = next(iter(read_sets(folder, None, everything=True)))

    for engine in (FTS5(), Ours()):
        engine.build(bugs.documents)
        found, _, _ = engine.ask(bugs.questions[0], 10)
        engine.close()
        assert [place for place, _ in found] == [0]


def test_figures_of_known_answers_are_right(folder: Path) -> None:
    _, changes = read_sets(folder, None, everything=True)
    answers = [Answer((0,), 0.9, 0.001, 0.9), Answer((0,), 0.2, 0.001, 0.2)]

    found = figures(changes, answers)

    assert found["R@1"] == found["AUC"] == found["recognised and right"] == 1.0
    assert found["calibration error"] == pytest.approx((0.1 + 0.2) / 2)


def test_ties_count_half_and_alarms_are_bounded() -> None:
    assert auc([1.0, 2.0], [1.0, 0.0]) == pytest.approx(0.875)
    novel = [float(n) for n in range(100)]
    assert sum(value > alarm_level(novel, 0.05) for value in novel) == 5


def test_each_of_our_own_lists_is_a_set(folder: Path, tmp_path: Path) -> None:
    for name in ("near", "week"):
        _write(tmp_path / "own" / name / "risky.jsonl", [{"change": f"drop the index, {name}", "repeats": ["i1"]}])
        _write(tmp_path / "own" / name / "innocent.jsonl", [{"change": "fix a typo"}])

    sets = list(read_sets(folder, tmp_path / "own", everything=True))

    assert [one.name for one in sets][-3:] == ["changes", "changes/near", "changes/week"]


def test_an_invented_archive_is_asked_and_teaches_nothing(folder: Path, tmp_path: Path) -> None:
    told = [{"id": "1", "title": "Full", "text": "x", "created": "2024-01-01"}, {"id": "2", "created": "2024-01-02"}]
    _write(tmp_path / "archives" / "shops" / "corpus.jsonl", told)
    _write(tmp_path / "archives" / "shops" / "pairs.jsonl", [{"query": "2", "match": "1"}])

    taught = {one.name: one.teaches for one in read_sets(folder, tmp_path / "own", everything=True)}

    assert taught == {"archives/shops": False, "duplicates/browser": True, "changes": True}


def test_what_was_judged_of_reports_is_asked_of_their_organisation(tmp_path: Path) -> None:
    told = [{"id": n, "title": "Full", "text": "x", "created": f"2024-01-0{n}", "source": "shops"} for n in "123"]
    _write(tmp_path / "data" / "incidents" / "shops.jsonl", told)
    _write(tmp_path / "judged" / "shops" / "pairs.jsonl", [{"query": "3", "match": "1", "grade": 2}])
    (tmp_path / "judged" / "shops" / "novel.txt").write_text("2\n")
    _write(tmp_path / "judged" / "hosting" / "pairs.jsonl", [{"query": "2", "match": "1"}])

    (one,) = read_sets(tmp_path / "data", tmp_path / "own", everything=True)

    assert (one.name, one.teaches, one.by_organisation) == ("judged/shops", True, True)
    assert [(q.before, q.answers, q.source) for q in one.questions] == [
        (1, frozenset(), "shops"),
        (2, frozenset({0}), "shops"),
    ]


def test_a_list_of_the_demo_is_asked_among_its_failures_and_lessons(tmp_path: Path) -> None:
    _write(tmp_path / "own" / "demo" / "risky.jsonl", [{"change": "trim by a regular expression", "repeats": ["F-14"]}])

    (one,) = read_sets(tmp_path, tmp_path / "own", everything=True)

    assert (one.name, len(one.documents)) == ("changes/demo", 74)
    answers = [one.documents[at] for at in sorted(one.questions[0].answers)]
    assert [doc.id for doc in answers] == ["F-14", "L-12"]
    assert answers[1].title.startswith("When you write a regular expression")


def test_a_young_archive_holds_earlier_texts_and_of_a_repeat_what_it_repeats(folder: Path) -> None:
    bugs, _ = read_sets(folder, None, everything=True)

    repeat, again, novel = young.young(bugs, 1)

    assert repeat[0] == again[0] == bugs.repeats[0]
    assert novel[0] == bugs.novel[0]
    assert [hit.key for _, hit in (repeat, again) if hit] == ["0", "0"]
    assert novel[1] is None  # it has no words


def test_a_young_archive_of_repeats_alone_has_its_row(folder: Path) -> None:
    bugs, _ = read_sets(folder, None, everything=True)

    shown = young.row([replace(bugs, questions=bugs.repeats)], 1)

    assert shown.split()[:2] == ["1", "1.00"]
    assert shown.endswith("-")


def test_a_change_is_asked_about_in_part_and_as_part_of_more() -> None:
    change = Question("", "Drop the index on orders\nNobody reads it any more.", 9, frozenset({1}), "s", "change")
    innocent = [Question("", f"Correct a typo in page {n}", 9, frozenset(), "s", "change") for n in range(6)]

    told = {name: tell(change, innocent) for name, tell in lengths.CHANGES.items()}

    assert told["first line"].text == "Drop the index on orders"
    assert told["8 words"].text == "Drop the index on orders Nobody reads it"
    assert told["in a template"].text.count("## ") == 5
    assert change.text in told["in a template"].text
    assert change.text in told["one of five"].text
    assert told["one of five"].text.count("typo in page") == 4
    assert {each.answers for each in told.values()} == {change.answers}


def test_however_little_is_told_the_services_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bugs, _ = read_sets(folder, None, everything=True)
    asked: list[Query] = []

    def query(*told: Any, **more: Any) -> Query:
        asked.append(Query(*told, **more))
        return asked[-1]

    monkeypatch.setattr(lengths, "Query", query)

    lengths.tallies([replace(bugs, questions=[replace(bugs.repeats[0], services=("tabs",))])], lengths.FAILURES)

    assert [query.services for query in asked] == [("tabs",)] * len(lengths.FAILURES)


@pytest.mark.parametrize("answers", [frozenset[int](), frozenset({2, 5})])
def test_a_young_archive_is_full_of_earlier_texts(answers: frozenset[int]) -> None:
    question = Question("t", "x", 9, answers, "s")

    held = young.drawn(question, 6, random.Random(1))

    assert len(set(held)) == 6
    assert max(held) < 9
    assert len(answers & set(held)) == min(1, len(answers))


def test_our_lists_name_every_line_once() -> None:
    lists = Path(__file__).parents[2] / "benchmarks" / "recall" / "changes"
    rows = [json.loads(line) for path in sorted(lists.glob("*/*.jsonl")) for line in path.read_text().splitlines()]

    assert len(rows) == len({row["id"] for row in rows}) == len({row["change"] for row in rows})
    assert all(("repeats" in row) == ("risky" in row["id"]) for row in rows)


def test_the_luck_in_a_calibration_error_shrinks_with_the_questions() -> None:
    one = Question("t", "x", 1, frozenset([0]), "s")
    few = [(one, Answer((0,), 0.5, 0.0, 0.5))] * 20
    sure = [(one, Answer((0,), 1.0, 0.0, 1.0))] * 20

    assert (calibration_noise(few) or 0) > 2 * (calibration_noise(few * 20) or 1)
    assert calibration_noise(sure) == 0.0
    assert calibration_noise([]) is None
