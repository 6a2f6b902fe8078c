"""A write records history last: who waits for its head holds rows, and would wait for ever for whoever wanted those."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from failonce.failures.importing import FailureImport, Incoming
from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import edit_failure, tell_failure
from failonce.history.models import Entry
from failonce.lessons.importing import IncomingLesson, import_lessons
from failonce.lessons.teaching import Teaching
from failonce.lessons.writes import edit_lesson, write_lesson
from failonce.modes.writes import tell_with_answers
from failonce.people.models import Person
from failonce.people.writes import change_address

NOW = datetime(2026, 1, 6, tzinfo=UTC)
SAID: dict[str, Any] = {"story": "It filled up again.", "started_at": NOW}
LEARNT: dict[str, Any] = {"when_you": "add a queue", "remember": "to watch it", "because": "it fills up"}
NEW = ("zeta", "alpha")


def tell(root: Person, failure: Failure) -> Any:
    tell_failure(actor=root, telling=Telling(**SAID, services=NEW))


def tell_a_repeat(root: Person, failure: Failure) -> Any:
    tell_with_answers(actor=root, telling=Telling(**SAID, services=NEW), answers={failure.code: "yes"})


def edit(root: Person, failure: Failure) -> Any:
    edit_failure(actor=failure.told_by, failure=failure, version=1, telling=Telling(**SAID, services=NEW))


def bring_in(root: Person, failure: Failure) -> Any:
    incoming = [Incoming(Telling(**SAID, services=(name,)), root, NOW) for name in NEW]
    FailureImport(actor=root).take_in(incoming)


def teach(root: Person, failure: Failure) -> Any:
    write_lesson(actor=root, failure=failure, teaching=Teaching(**LEARNT, services=NEW))


def teach_otherwise(root: Person, failure: Failure) -> Any:
    lesson = write_lesson(actor=root, failure=failure, teaching=Teaching(**LEARNT)).lesson
    yield  # what was asked so far is another write's
    edit_lesson(actor=root, lesson=lesson, version=1, teaching=Teaching(**LEARNT, services=NEW))


def bring_in_lessons(root: Person, failure: Failure) -> Any:
    teachings = [Teaching(**LEARNT | {"because": name}, services=(name,)) for name in NEW]
    import_lessons(actor=root, incoming=[IncomingLesson(failure, each, root, NOW) for each in teachings])


@contextmanager
def statements() -> Iterator[list[str]]:
    """Yield what is asked of the database meanwhile."""
    asked: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield asked


@pytest.mark.parametrize("write", [tell, tell_a_repeat, edit, bring_in, teach, teach_otherwise, bring_in_lessons])
def test_whoever_names_new_services_records_them_with_the_rest(
    root: Person, adas_failure: Failure, write: Callable[[Person, Failure], Any]
) -> None:
    before = Entry.objects.count()
    with statements() as asked:
        for _ in write(root, adas_failure) or ():
            asked.clear()

    held = next(place for place, sql in enumerate(asked) if "history_head" in sql)
    assert [sql for sql in asked[held:] if "history_" not in sql and "SAVEPOINT" not in sql] == []
    named = [entry.subject for entry in Entry.objects.order_by("sequence")[before:] if entry.verb == "service:name"]
    assert named == ["service:alpha", "service:zeta"]


def test_only_a_new_key_is_written_when_the_head_is_held(ada: Person) -> None:
    # On PostgreSQL it locks the whole row, which whoever holds the head asks for at the commit.
    with statements() as asked:
        change_address(actor=ada, email="ada@example.com")

    kept = [sql.split()[1] for sql in asked if sql.startswith("UPDATE")]
    assert kept == ['"history_head"', '"people_person"']
