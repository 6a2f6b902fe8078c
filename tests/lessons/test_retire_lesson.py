"""No longer true: a retired lesson is kept, and reminds nobody."""

from collections.abc import Callable

import pytest

from failonce.failures.models import Failure
from failonce.history.models import Entry
from failonce.lessons.models import Lesson
from failonce.lessons.teaching import Teaching
from failonce.lessons.writes import write_lesson
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in


@pytest.fixture
def lesson(bo: Person, adas_failure: Failure) -> Lesson:
    return write_lesson(
        actor=bo, failure=adas_failure, teaching=Teaching("empty a queue", "to count", "it fell")
    ).lesson


def by_page(person: Person, lesson: Lesson, because: str) -> bool:
    return signed_in(person).post(f"/lessons/{lesson.code}/retire/", {"because": because}).status_code == 302


def by_api(person: Person, lesson: Lesson, because: str) -> bool:
    answer = call_api(person, "POST", f"/lessons/{lesson.code}/retire", {"because": because})
    return bool(answer.status_code == 200)


def by_cli(person: Person, lesson: Lesson, because: str) -> bool:
    return run_cli(person, "lesson", "retire", lesson.code, "--because", because).exit_code == 0


every_door = pytest.mark.parametrize("door", [by_page, by_api, by_cli])


@every_door
def test_every_door_retires_it(bo: Person, lesson: Lesson, door: Callable[[Person, Lesson, str], bool]) -> None:
    assert door(bo, lesson, "That queue is gone.")

    lesson.refresh_from_db()
    assert lesson.retired_at is not None
    assert lesson.retired_because == "That queue is gone."
    assert Entry.objects.of(lesson.code)[0].verb == "lesson:retire"
    assert "That queue is gone." in signed_in(bo).get(f"/lessons/{lesson.code}/").content.decode()
    assert "to count" not in signed_in(bo).get("/lessons/").content.decode()
    assert "to count" in signed_in(bo).get("/lessons/?show=retired").content.decode()
    assert "retired" in run_cli(bo, "lesson", "list", "--retired").stdout


@every_door
def test_it_needs_a_reason(bo: Person, lesson: Lesson, door: Callable[[Person, Lesson, str], bool]) -> None:
    assert not door(bo, lesson, "  ")

    lesson.refresh_from_db()
    assert lesson.retired_at is None


@every_door
def test_only_its_writer_and_who_practises_learning_retire_it(
    ada: Person, lesson: Lesson, door: Callable[[Person, Lesson, str], bool]
) -> None:
    assert not door(ada, lesson, "I think so.")

    lesson.refresh_from_db()
    assert lesson.retired_at is None


@every_door
def test_it_is_retired_once(bo: Person, lesson: Lesson, door: Callable[[Person, Lesson, str], bool]) -> None:
    assert door(bo, lesson, "gone")

    assert not door(bo, lesson, "gone again")


def test_a_reason_that_is_too_long_stays_in_the_form(bo: Person, lesson: Lesson) -> None:
    answer = signed_in(bo).post(f"/lessons/{lesson.code}/retire/", {"because": "very " * 500})

    assert answer.status_code == 422
    assert "very very" in answer.content.decode()
    assert "2,499 characters" in answer.content.decode()
