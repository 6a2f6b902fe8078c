"""A failure comes with what the other failures of its mode taught: it happened before, and this was to be kept."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure, withdraw_failure
from failonce.lessons.models import Lesson
from failonce.lessons.teaching import Teaching
from failonce.lessons.writes import retire_lesson, write_lesson
from failonce.modes.writes import answer_repeat
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in

KNOWN = "It happened before, and this was written down then:"
OTHERS = "Learnt from other times it happened:"
OWN = "Learnt from this one:"


@pytest.fixture
def again(ada: Person, adas_failure: Failure) -> Failure:
    """What Ada told happens again, after its lesson was written, and is recognised."""
    learn(ada, adas_failure, "empty a queue")
    soon = timezone.now() + timedelta(minutes=1)
    failure = tell_failure(actor=ada, telling=Telling(story="Kranwinde klemmt.", started_at=soon)).failure
    answer_repeat(actor=ada, failure=failure, other=adas_failure, value="yes")
    return failure


def learn(person: Person, failure: Failure, when_you: str) -> Lesson:
    teaching = Teaching(when_you, "to count", "it fell")
    return write_lesson(actor=person, failure=failure, teaching=teaching).lesson


def remembered(person: Person, failure: Failure) -> str:
    page = signed_in(person).get(failure.get_absolute_url()).content.decode()
    return page.split('id="lessons"')[1].split("</section>")[0]


def by_page(person: Person, failure: Failure) -> set[str]:
    shown = remembered(person, failure)
    return {lesson.code for lesson in Lesson.objects.all() if f"/lessons/{lesson.code}/" in shown}


def by_api(person: Person, failure: Failure) -> set[str]:
    return {each["code"] for each in call_api(person, "GET", f"/lessons?failure={failure.code}").json()["lessons"]}


def by_cli(person: Person, failure: Failure) -> set[str]:
    listed = run_cli(person, "lesson", "list", "--failure", failure.code, "--json").stdout
    return {each["code"] for each in json.loads(listed)["lessons"]}


Door = Callable[[Person, Failure], set[str]]
every_door = pytest.mark.parametrize("door", [by_page, by_api, by_cli])


@every_door
def test_what_was_learnt_before_is_there_when_it_happens_again(
    bo: Person, adas_failure: Failure, again: Failure, door: Door
) -> None:
    before = Lesson.objects.get()
    own = learn(bo, again, "oil a winch")

    assert door(bo, again) == door(bo, adas_failure) == {before.code, own.code}


@every_door
def test_nothing_is_shown_that_is_hidden_retired_withdrawn_or_of_another_mode(
    ada: Person, bo: Person, adas_failure: Failure, again: Failure, door: Door
) -> None:
    telling = Telling(story="The disk was full.", started_at=datetime(2026, 1, 2, tzinfo=UTC))
    others = [tell_failure(actor=ada, telling=telling).failure for _ in range(4)]
    for linked in others[:3]:
        answer_repeat(actor=ada, failure=again, other=linked, value="yes")
    retired, _, _, _ = (learn(ada, failure, "write logs") for failure in others)
    retire_lesson(actor=ada, lesson=retired, because="No disks any more.")
    withdraw_failure(actor=ada, failure=others[1])
    Failure.objects.filter(pk=others[2].pk).update(visibility="restricted")

    assert door(bo, again) == {adas_failure.lessons.get().code}


def test_the_page_says_when_it_was_written_and_what_taught_it(
    bo: Person, adas_failure: Failure, again: Failure
) -> None:
    page = remembered(bo, again)

    assert KNOWN in page
    assert f'<a href="{adas_failure.get_absolute_url()}">' in page
    assert adas_failure.title in page
    assert "Write another lesson" in page
    assert f"/lessons/new/?failure={again.code}" in page
    assert OWN not in page
    assert "No lesson is written yet" not in page


def test_the_terminal_says_what_taught_it(bo: Person, adas_failure: Failure, again: Failure) -> None:
    listed = run_cli(bo, "lesson", "list", "--failure", again.code).stdout

    assert f"from {adas_failure.code}: http" in listed


def test_what_was_written_since_is_not_said_to_have_been_known(
    bo: Person, adas_failure: Failure, again: Failure
) -> None:
    learn(bo, again, "oil a winch")

    first = remembered(bo, adas_failure)
    assert [KNOWN in first, OWN in first, OTHERS in first] == [False, True, True]
    assert first.index("empty a queue") < first.index(OTHERS) < first.index("oil a winch")
    second = remembered(bo, again)
    assert second.index(KNOWN) < second.index("empty a queue") < second.index(OWN) < second.index("oil a winch")


def test_a_failure_that_happened_once_shows_its_own_alone(bo: Person, adas_failure: Failure) -> None:
    assert "No lesson is written yet." in remembered(bo, adas_failure)
    learn(bo, adas_failure, "empty a queue")

    page = remembered(bo, adas_failure)

    assert "empty a queue" in page
    assert not any(words in page for words in (KNOWN, OWN, OTHERS, "No lesson is written"))


def test_an_answer_brings_them_along(bo: Person, adas_failure: Failure, again: Failure) -> None:
    address = f"/modes/answer/{again.code}/{adas_failure.code}/"

    unlinked = signed_in(bo).post(address, {"answer": "no"}, headers={"HX-Request": "true"}, follow=True)
    linked = signed_in(bo).post(address, {"answer": "yes"}, headers={"HX-Request": "true"}, follow=True)

    for answer, words in ((unlinked, "No lesson is written yet."), (linked, KNOWN)):
        page = answer.content.decode()
        assert words in page
        assert all(f'id="{part}"' in page for part in ("resembles", "facts", "lessons", "history"))
    assert 'hx-select="#resembles, #refused" hx-select-oob="#facts, #lessons, #history"' in page


def test_many_lessons_ask_the_database_no_more_than_few(bo: Person, adas_failure: Failure, again: Failure) -> None:
    learn(bo, again, "oil a winch")

    few = queries_of(bo, again)
    for number in range(5):
        learn(bo, adas_failure, f"do thing {number}")
        learn(bo, again, f"do that {number}")

    assert queries_of(bo, again) == few
    assert remembered(bo, again).count('class="lesson"') == 12


def queries_of(person: Person, failure: Failure) -> int:
    client = signed_in(person)
    client.get(failure.get_absolute_url())  # recall follows what was just written
    with CaptureQueriesContext(connection) as asked:
        client.get(failure.get_absolute_url())
    return len(asked)
