"""The doctor says what is well, and what needs somebody."""

import pytest
from pytest_django import Settings

from failonce.history.chain import record
from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.people.models import Person
from tests.doors import run_cli


def test_a_fresh_installation_is_well(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    # How full the disk of this machine is says nothing about the installation under test.
    monkeypatch.setattr("failonce.cli.doctor._ROOM_NEEDED", 0)

    answer = run_cli(None, "doctor")

    assert answer.exit_code == 0, answer.output
    assert "LOOK" not in answer.stdout
    assert "History is as it was written." in answer.stdout
    assert "emantic recall" in answer.stdout


def test_an_altered_history_is_said(ada: Person) -> None:
    record(actor=ada, verb=Verb.FAILURE_COMMENT, subject="F-1")
    Entry.objects.update(subject="F-2")

    answer = run_cli(None, "doctor")

    assert answer.exit_code == 1
    assert "LOOK  History isn't as it was written" in answer.stdout


def test_the_model_that_is_set_is_the_one_looked_for(ada: Person, settings: Settings) -> None:
    settings.SEMANTIC_MODEL = "off"

    assert "Semantic recall is off: FAILONCE_SEMANTIC_MODEL says off." in run_cli(None, "doctor").stdout
