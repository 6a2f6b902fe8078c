"""The benchmark of a whole installation runs, and its failures are the same every time."""

import json
import socket
from pathlib import Path

from benchmarks.__main__ import measured
from benchmarks.installation.corpus import records
from benchmarks.installation.figures import Figure, percentile, table


def test_the_same_failures_are_made_every_time():
    assert list(records(20)) == list(records(20))
    assert list(records(20)) != list(records(20, seed=2))
    assert all(len(str(record["text"])) > 30 for record in records(20))


def test_a_missed_goal_is_said_in_a_word():
    figures = [
        Figure("slow", 300, "ms", 200),
        Figure("quick", 900, "/s", 500, more_is_better=True),
    ]

    slow, quick = table(figures).splitlines()[1:]

    assert slow.endswith("≤ 200   missed")
    assert quick.endswith("≥ 500")


def test_of_a_hundred_the_ninety_fifth_counts():
    assert percentile(range(100), 0.95) == 95
    assert percentile([7], 0.95) == 7


def test_a_small_installation_is_measured_from_import_to_memory(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("benchmarks.__main__.STARTS", 1)
    monkeypatch.setattr("benchmarks.installation.visits.VISITS", 2)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    figures = {figure.name: figure for figure in measured(tmp_path / "home", None, 60, port)}

    assert figures["import, command and all"].value > 0
    assert figures["resident memory, all processes"].value > 10
    assert {"front page, 95 of 100", "recall as one types, 95 of 100", "preflight, 95 of 100"} <= figures.keys()
    assert any(name.startswith("recall built from the database") for name in figures)
    assert json.dumps([figure.as_data() for figure in figures.values()])
