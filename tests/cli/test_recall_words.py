"""What `failonce recall` says beside its answer is a sentence, however many come to mind."""

from datetime import UTC, datetime

import pytest

from failonce.cli.progress import while_recall_reads
from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure
from failonce.modes.memory import memory
from failonce.people.models import Person
from tests.doors import run_cli

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def test_one_failure_comes_to_mind(ada: Person, adas_failure: Failure) -> None:
    asked = run_cli(ada, "recall", adas_failure.story)

    assert asked.stderr == "One failure comes to mind, alike enough to be called a repeat.\n"


def test_some_come_to_mind_and_how_many_are_likely_repeats(ada: Person) -> None:
    for story in (
        "The queue of orders filled up at noon.",
        "The queue of orders at the bakery was long in the morning.",
    ):
        tell_failure(actor=ada, telling=Telling(story=story, started_at=datetime(2026, 1, 5, tzinfo=UTC)))

    asked = run_cli(ada, "recall", "The queue of orders filled up at noon.")

    assert asked.stderr == "2 failures come to mind; 1 alike enough to be called a repeat.\n"


def test_nothing_comes_to_mind(ada: Person, adas_failure: Failure) -> None:
    asked = run_cli(ada, "recall", "zebra crossing")

    assert (asked.stderr, asked.stdout) == ("No failures come to mind.\n", "")


@pytest.mark.parametrize("command", ["recall failed", "preflight", "doctor", "ranking learn"])
def test_who_waits_while_all_is_read_is_told_how_far_it_is(
    root: Person, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr("failonce.cli.progress._LONG_TO_READ", 100)
    for number in range(120):
        tell_failure(actor=root, telling=Telling(story=f"It failed {number}.", started_at=NEW_YEAR))
    memory.forget()

    told = run_cli(root, *command.split(), stdin="It failed.").stderr
    again = run_cli(root, *command.split(), stdin="It failed.").stderr

    assert "100 of 120 failures and lessons read for recall\n" in told
    assert "read for recall" not in again


def test_what_is_read_twice_is_told_twice_and_to_its_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("failonce.cli.progress._LONG_TO_READ", 100)

    with while_recall_reads(in_lines=True):
        for has_meaning in (False, True):
            for done in (60, 120):
                memory.tell(done, 120, has_meaning)

    assert capsys.readouterr().err.splitlines() == [
        "60 of 120 failures and lessons read for recall",
        "120 of 120 failures and lessons read for recall",
        "60 of 120 failures and lessons read for their meaning",
        "120 of 120 failures and lessons read for their meaning",
    ]
