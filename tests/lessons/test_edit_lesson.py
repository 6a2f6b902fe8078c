"""Editing a lesson: who may, and two people saving at once."""

import json

import pytest

from failonce.failures.models import Failure
from failonce.history.models import Entry
from failonce.lessons.models import Lesson
from failonce.lessons.teaching import Teaching
from failonce.lessons.writes import retire_lesson, write_lesson
from failonce.people.models import Person, Practice
from failonce.people.permissions import LEARNING
from tests.doors import call_api, run_cli, signed_in

PARTS = {"when_you": "empty a queue", "remember": "to count twice", "because": "it filled up"}


@pytest.fixture
def bos_lesson(bo: Person, adas_failure: Failure) -> Lesson:
    teaching = Teaching("empty a queue", "to count first", "it filled up", services=("queue",), paths=("queues/**",))
    return write_lesson(actor=bo, failure=adas_failure, teaching=teaching).lesson


def test_the_writer_edits_on_the_page_and_by_api(bo: Person, bos_lesson: Lesson) -> None:
    page = signed_in(bo).post(f"/lessons/{bos_lesson.code}/edit/", PARTS | {"version": "1"})
    assert page.status_code == 302, page.content.decode()
    api = call_api(bo, "PUT", f"/lessons/{bos_lesson.code}", PARTS | {"remember": "to count thrice", "version": 2})

    assert (api.status_code, api.json()["version"]) == (200, 3)
    bos_lesson.refresh_from_db()
    assert bos_lesson.remember == "to count thrice"
    assert bos_lesson.services.count() == 0
    edits = Entry.objects.of(bos_lesson.code).filter(verb="lesson:edit")
    assert [entry.details["before"] for entry in edits] == [
        {"remember": "to count twice"},
        {"remember": "to count first", "paths": ["queues/**"]},
    ]


def test_the_terminal_changes_what_is_named_and_leaves_the_rest(bo: Person, bos_lesson: Lesson) -> None:
    code = bos_lesson.code
    done = run_cli(bo, "lesson", "edit", code, "--remember", "to count twice", "--path", "q/**", "--path", "*.q")
    again = run_cli(bo, "lesson", "edit", code, "--path", "", "--explanation", "-", "--json", stdin="Why: …")

    assert done.exit_code == again.exit_code == 0, done.output + again.output
    assert "to count twice" in done.stdout
    kept = json.loads(again.stdout)
    assert (kept["remember"], kept["paths"], kept["explanation"]) == ("to count twice", [], "Why: …")
    assert (kept["when_you"], kept["services"], kept["version"]) == ("empty a queue", ["queue"], 3)
    assert kept["renew_by"] == bos_lesson.renew_by.isoformat()


def test_the_terminal_says_what_it_can_not_change(ada: Person, bo: Person, bos_lesson: Lesson) -> None:
    nothing = run_cli(bo, "lesson", "edit", bos_lesson.code)
    not_hers = run_cli(ada, "lesson", "edit", bos_lesson.code, "--remember", "x")
    no_day = run_cli(bo, "lesson", "edit", bos_lesson.code, "--renew-by", "soon")
    unknown = run_cli(bo, "lesson", "edit", "L-99", "--remember", "x")

    assert [each.exit_code for each in (nothing, not_hers, no_day, unknown)] == [2, 1, 2, 1]
    assert "Say what to change" in nothing.stderr
    assert "This isn't yours to do" in not_hers.stderr
    assert "renew_by" in no_day.stderr
    assert "no lesson L-99" in unknown.stderr
    bos_lesson.refresh_from_db()
    assert bos_lesson.version == 1


def test_the_form_holds_what_stands(bo: Person, bos_lesson: Lesson) -> None:
    page = signed_in(bo).get(f"/lessons/{bos_lesson.code}/edit/").content.decode()

    for held in ("to count first", "queues/**", 'value="queue"', f'value="{bos_lesson.renew_by.isoformat()}"'):
        assert held in page


def test_who_practises_learning_edits_too_and_nobody_else(ada: Person, cy: Person, bos_lesson: Lesson) -> None:
    Practice.objects.get(slug=LEARNING).practitioners.add(cy)

    assert call_api(ada, "PUT", f"/lessons/{bos_lesson.code}", PARTS | {"version": 1}).status_code == 403
    assert call_api(cy, "PUT", f"/lessons/{bos_lesson.code}", PARTS | {"version": 1}).status_code == 200
    assert "Edit" not in signed_in(ada).get(f"/lessons/{bos_lesson.code}/").content.decode()


def test_a_save_in_between_shows_both(bo: Person, bos_lesson: Lesson) -> None:
    client = signed_in(bo)
    client.post(f"/lessons/{bos_lesson.code}/edit/", PARTS | {"version": "1"})

    answer = client.post(f"/lessons/{bos_lesson.code}/edit/", PARTS | {"remember": "the other one", "version": "1"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "to count twice" in page
    assert "the other one" in page
    again = client.post(f"/lessons/{bos_lesson.code}/edit/", PARTS | {"remember": "both", "version": "2"})
    assert again.status_code == 302


def test_the_api_answers_a_save_in_between_with_what_stands(bo: Person, bos_lesson: Lesson) -> None:
    call_api(bo, "PUT", f"/lessons/{bos_lesson.code}", PARTS | {"version": 1})

    answer = call_api(bo, "PUT", f"/lessons/{bos_lesson.code}", PARTS | {"version": 1})

    assert answer.status_code == 409
    assert "to count twice" in answer.json()["theirs"]["sentence"]


def test_what_can_not_be_kept_is_refused_and_stays_in_the_form(bo: Person, bos_lesson: Lesson) -> None:
    answer = signed_in(bo).post(f"/lessons/{bos_lesson.code}/edit/", PARTS | {"because": " ", "version": "1"})

    assert answer.status_code == 422
    assert "to count twice" in answer.content.decode()
    bos_lesson.refresh_from_db()
    assert bos_lesson.version == 1


def test_a_retired_lesson_is_not_edited(bo: Person, bos_lesson: Lesson) -> None:
    retire_lesson(actor=bo, lesson=bos_lesson, because="The queue is gone.")

    answer = call_api(bo, "PUT", f"/lessons/{bos_lesson.code}", PARTS | {"version": 1})

    assert answer.status_code == 422
    assert "retired" in answer.json()["detail"]
