"""The list of lessons: found by words, by failure; empty places say what will be here."""

import json
from datetime import UTC, datetime

import pytest

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure, withdraw_failure
from failonce.lessons.models import Lesson
from failonce.lessons.teaching import Teaching
from failonce.lessons.writes import retire_lesson, write_lesson
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in


@pytest.fixture
def another(ada: Person) -> Failure:
    telling = Telling(story="The disk was full.", started_at=datetime(2026, 2, 1, tzinfo=UTC))
    return tell_failure(actor=ada, telling=telling).failure


def learn(person: Person, failure: Failure, when_you: str, remember: str, because: str) -> str:
    return write_lesson(actor=person, failure=failure, teaching=Teaching(when_you, remember, because)).lesson.code


def test_an_empty_list_says_what_will_be_here(bo: Person) -> None:
    assert "keep a failure from happening twice" in signed_in(bo).get("/lessons/").content.decode()
    assert "No lesson is retired" in signed_in(bo).get("/lessons/?show=retired").content.decode()
    assert run_cli(bo, "lesson", "list").exit_code == 0


def test_words_and_the_failure_narrow_it(bo: Person, adas_failure: Failure, another: Failure) -> None:
    first = learn(bo, adas_failure, "empty a queue", "to count", "it fell")
    second = learn(bo, another, "write logs", "to rotate them", "the disk was full")

    page = signed_in(bo).get("/lessons/?q=ROTATE").content.decode()
    listed = json.loads(run_cli(bo, "lesson", "list", "--failure", another.code, "--json").stdout)

    assert f"/lessons/{second}/" in page
    assert f"/lessons/{first}/" not in page
    assert [each["code"] for each in listed["lessons"]] == [second]
    assert "No lesson says" in signed_in(bo).get("/lessons/?q=%00nothing").content.decode()


def test_words_in_any_form_and_codes_find_lessons_at_every_door(
    bo: Person, adas_failure: Failure, another: Failure
) -> None:
    first = learn(bo, adas_failure, "empty a queue", "to count", "it fell")
    second = learn(bo, another, "write logs", "to rotate them", "the disk was full")

    for q, code in [("log rotated", second), ("COUNTING queues", first), (another.code, second), (first, first)]:
        page = signed_in(bo).get("/lessons/", {"q": q}).content.decode()
        listed = json.loads(run_cli(bo, "lesson", "list", *q.split(), "--json").stdout)
        asked = call_api(bo, "GET", f"/lessons?q={q.replace(' ', '+')}").json()

        assert [(f"/lessons/{each}/" in page) for each in (first, second)] == [first == code, second == code]
        assert [each["code"] for each in listed["lessons"]] == [each["code"] for each in asked["lessons"]] == [code]
    assert json.loads(run_cli(bo, "lesson", "list", "rotate queue", "--json").stdout)["total"] == 0


def test_what_a_code_names_comes_first_at_every_door(bo: Person, adas_failure: Failure, another: Failure) -> None:
    named = learn(bo, adas_failure, "empty a queue", "to count", "it fell")
    spoken_of = learn(bo, another, "write logs", f"{named} as well", "the disk was full")
    learn(bo, another, "write more", f"{named}7 as well", "the disk was full")

    def listed() -> list[list[str]]:
        page = signed_in(bo).get("/lessons/", {"q": named}).content.decode()
        shown = sorted(
            (each for each in (named, spoken_of) if f"/lessons/{each}/" in page),
            key=lambda each: page.index(f"/lessons/{each}/"),
        )
        told = json.loads(run_cli(bo, "lesson", "list", named, "--json").stdout)
        asked = call_api(bo, "GET", f"/lessons?q={named}").json()
        return [shown, *([each["code"] for each in answer["lessons"]] for answer in (told, asked))]

    assert listed() == [[named, spoken_of]] * 3

    Lesson.objects.filter(remember__startswith=named).update(renew_by=datetime(2020, 1, 1, tzinfo=UTC))

    assert listed() == [[named, spoken_of]] * 3  # although it is asked whether the others are still true


def test_the_code_of_a_retired_lesson_leads_there(bo: Person, adas_failure: Failure) -> None:
    code = learn(bo, adas_failure, "empty a queue", "to count", "it fell")
    retire_lesson(actor=bo, lesson=Lesson.objects.get(), because="No queues any more.")

    page = signed_in(bo).get("/lessons/", {"q": code}).content.decode()

    assert f"/lessons/{code}/" in page
    assert "nothing more about it" in page


def test_lessons_of_a_withdrawn_failure_leave_the_list(ada: Person, another: Failure) -> None:
    code = learn(ada, another, "write logs", "to rotate them", "the disk was full")

    withdraw_failure(actor=ada, failure=another)

    assert call_api(ada, "GET", "/lessons").json()["total"] == 0
    assert "withdrawn since" in signed_in(ada).get(f"/lessons/{code}/").content.decode()


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=999", "show=nothing"])
def test_an_odd_address_still_answers(bo: Person, query: str) -> None:
    assert signed_in(bo).get(f"/lessons/?{query}").status_code == 200


def test_a_long_list_asks_the_database_no_more_than_a_short_one(
    bo: Person, adas_failure: Failure, django_assert_max_num_queries
) -> None:
    for number in range(45):
        learn(bo, adas_failure, f"do thing {number}", "to look", "it fell")
    client = signed_in(bo)

    with django_assert_max_num_queries(12):
        page = client.get("/lessons/").content.decode()

    assert page.count('class="lesson"') == 40
