"""Is this still true? Renewing a lesson through every door, and the list of those asked about."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.utils import timezone

from failonce.failures.models import Failure
from failonce.history.models import Entry
from failonce.lessons.models import Lesson
from failonce.lessons.teaching import Teaching
from failonce.lessons.writes import retire_lesson, write_lesson
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in

SOON = timezone.localdate() + timedelta(days=90)


@pytest.fixture
def lesson(bo: Person, adas_failure: Failure) -> Lesson:
    return write_lesson(
        actor=bo, failure=adas_failure, teaching=Teaching("empty a queue", "to count", "it fell")
    ).lesson


@pytest.fixture
def asked(lesson: Lesson) -> Lesson:
    lesson.renew_by = timezone.localdate()
    lesson.save(update_fields=["renew_by"])
    return lesson


def by_page(person: Person, lesson: Lesson, day: date) -> None:
    answer = signed_in(person).post(f"/lessons/{lesson.code}/renew/", {"renew_by": day.isoformat()})
    assert answer.status_code == 302


def by_api(person: Person, lesson: Lesson, day: date) -> None:
    answer = call_api(person, "POST", f"/lessons/{lesson.code}/renew", {"renew_by": day.isoformat()})
    assert answer.status_code == 200, answer.content


def by_cli(person: Person, lesson: Lesson, day: date) -> None:
    answer = run_cli(person, "lesson", "renew", lesson.code, "--renew-by", day.isoformat())
    assert answer.exit_code == 0, answer.output


@pytest.mark.parametrize("door", [by_page, by_api, by_cli])
def test_anyone_says_through_every_door_that_it_is_still_true(
    cy: Person, asked: Lesson, door: Callable[[Person, Lesson, date], None]
) -> None:
    door(cy, asked, SOON)

    asked.refresh_from_db()
    assert asked.renew_by == SOON
    assert asked.renewed_at is not None
    assert not asked.is_asked(timezone.localdate())
    assert Entry.objects.of(asked.code)[0].verb == "lesson:renew"


def test_one_click_in_the_list_asks_again_in_a_year(cy: Person, asked: Lesson) -> None:
    page = signed_in(cy).get("/lessons/").content.decode()
    assert f"/lessons/{asked.code}/renew/" in page

    signed_in(cy).post(f"/lessons/{asked.code}/renew/")

    asked.refresh_from_db()
    assert asked.renew_by - timezone.localdate() in (timedelta(365), timedelta(366))


def test_those_asked_about_stand_first(cy: Person, bo: Person, adas_failure: Failure, asked: Lesson) -> None:
    newer = write_lesson(actor=bo, failure=adas_failure, teaching=Teaching("x", "y", "z")).lesson

    listed = [each["code"] for each in call_api(cy, "GET", "/lessons").json()["lessons"]]
    only = [each["code"] for each in call_api(cy, "GET", "/lessons?asked=true").json()["lessons"]]
    said = run_cli(cy, "lesson", "list", "--asked")
    page = signed_in(cy).get("/lessons/").content.decode()

    assert (listed, only) == ([asked.code, newer.code], [asked.code])
    assert "is this still true?" in said.stdout
    assert page.index(f"/lessons/{asked.code}/") < page.index(f"/lessons/{newer.code}/")


@pytest.mark.parametrize("day", ["2020-01-01", "2999-01-01", "tomorrow"])
def test_a_day_that_can_not_be_meant_is_refused_and_stays_in_the_form(cy: Person, asked: Lesson, day: str) -> None:
    answer = signed_in(cy).post(f"/lessons/{asked.code}/renew/", {"renew_by": day})

    assert answer.status_code == 422
    assert f'value="{day}"' in answer.content.decode()
    asked.refresh_from_db()
    assert asked.renewed_at is None


def test_a_retired_lesson_is_not_renewed(bo: Person, asked: Lesson) -> None:
    retire_lesson(actor=bo, lesson=asked, because="gone")

    answer = call_api(bo, "POST", f"/lessons/{asked.code}/renew", {})

    assert answer.status_code == 422
