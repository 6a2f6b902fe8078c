"""Modes and answers from elsewhere come in once, and in as few statements as it takes."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from failonce.failures.models import Failure
from failonce.history.models import Entry
from failonce.modes.importing import IncomingMode, import_modes
from failonce.modes.models import FailureMode, Occurrence
from failonce.people.models import Person
from tests.modes.test_answer_repeat import tell

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 6, tzinfo=UTC)


def mode_of(root: Person, *failures: Failure, title: str = "Full queues") -> IncomingMode:
    return IncomingMode(title, "", failures, root, NOW)


def test_a_mode_that_names_a_failure_twice_has_it_once(root: Person, adas_failure: Failure) -> None:
    again = Failure.objects.get(pk=adas_failure.pk)

    (outcome,) = import_modes(actor=root, incoming=[mode_of(root, adas_failure, again)])

    assert (outcome.is_new, outcome.problems, outcome.notices) == (True, {}, [])
    assert Occurrence.objects.get().mode == FailureMode.objects.get()
    assert Entry.objects.filter(verb="mode:link").count() == 1


def test_two_modes_of_one_import_that_name_one_failure_share_nothing(root: Person, adas_failure: Failure) -> None:
    modes = [mode_of(root, adas_failure, title=title) for title in ("Full queues", "Full disks")]

    first, second = import_modes(actor=root, incoming=modes)

    kept = Occurrence.objects.get().mode
    assert kept == first.mode
    assert second.notices == [f"{adas_failure.code} is in {kept.code} here and stays there."]


def test_linking_many_failures_takes_no_more_statements_than_linking_two(root: Person) -> None:
    failures = [tell(root, f"Story {day}.", day) for day in range(12)]
    import_modes(actor=root, incoming=[])  # the head of history is there from now on

    def statements(title: str, linked: list[Failure]) -> int:
        with CaptureQueriesContext(connection) as asked:
            import_modes(actor=root, incoming=[mode_of(root, *linked, title=title)])
        return len(asked)

    assert statements("Two", failures[:2]) == statements("Ten", failures[2:])
