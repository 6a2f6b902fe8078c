"""Writing a lesson: the same through every door, and what is refused."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from failonce.cli.lessons import KINDS
from failonce.failures.models import Failure
from failonce.failures.writes import withdraw_failure
from failonce.history.models import Entry
from failonce.lessons.models import KindOfChange, Lesson
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in

PARTS = {"when_you": "When you empty a queue", "remember": "to count first.", "because": "It filled up again."}


def through_the_page(person: Person, failure: Failure) -> str:
    said = {"more_services": "queue", "technologies": "RabbitMQ", "paths": "queues/**\n", "kinds_of_change": ["data"]}
    posted = PARTS | said | {"failure": failure.code}
    answer = signed_in(person).post("/lessons/new/", posted)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).strip("/").split("/")[-1]


def through_the_api(person: Person, failure: Failure) -> str:
    said = {"services": ["queue"], "technologies": ["RabbitMQ"], "paths": ["queues/**"], "kinds_of_change": ["data"]}
    answer = call_api(person, "POST", "/lessons", PARTS | said | {"failure": failure.code})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["code"])


def through_the_cli(person: Person, failure: Failure) -> str:
    sentence = "When you empty a queue, remember to count first, because it filled up again."
    said = ["--service", "queue", "--technology", "RabbitMQ", "--path", "queues/**", "--kind", "data"]
    answer = run_cli(person, "lesson", "write", sentence, "--failure", failure.code, *said, "--json")
    assert answer.exit_code == 0, answer.output
    return str(json.loads(answer.stdout)["code"])


every_door = pytest.mark.parametrize("door", [through_the_page, through_the_api, through_the_cli])


@every_door
def test_every_door_writes_the_same_lesson(
    bo: Person, adas_failure: Failure, door: Callable[[Person, Failure], str]
) -> None:
    code = door(bo, adas_failure)

    kept = Lesson.objects.get()
    assert kept.code == code
    assert kept.sentence == "When you empty a queue, remember to count first, because it filled up again."
    assert (kept.failure, kept.written_by) == (adas_failure, bo)
    assert [service.name for service in kept.services.all()] == ["queue"]
    assert (kept.technologies, kept.paths, kept.kinds_of_change) == (["rabbitmq"], ["queues/**"], ["data"])
    assert kept.renew_by - timezone.localdate() in (timedelta(365), timedelta(366))
    assert [entry.verb for entry in Entry.objects.of(code)] == ["lesson:write"]


def test_it_stands_on_its_page_and_on_that_of_its_failure(bo: Person, adas_failure: Failure) -> None:
    code = through_the_api(bo, adas_failure)

    for address in (f"/lessons/{code}/", f"/failures/{adas_failure.code}/", "/lessons/"):
        page = signed_in(bo).get(address).content.decode()

        assert "to count first" in page
        assert "rabbitmq" in page
    assert "queues/**" in signed_in(bo).get(f"/lessons/{code}/").content.decode()


def test_a_refused_lesson_is_still_in_the_form(bo: Person, adas_failure: Failure) -> None:
    posted = PARTS | {"failure": adas_failure.code, "paths": "db/**\n!x", "renew_by": "tomorrow"}
    answer = signed_in(bo).post("/lessons/new/", posted)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "It filled up again." in page
    assert "Write the day as in" in page
    again = signed_in(bo).post("/lessons/new/", posted | {"renew_by": ""}).content.decode()
    assert "begin with !" in again
    assert "db/**" in again
    assert Lesson.objects.count() == 0


def test_the_form_begins_with_the_services_of_the_failure(ada: Person) -> None:
    code = call_api(ada, "POST", "/failures", {"story": "It fell.", "services": ["payments"]}).json()["code"]

    page = signed_in(ada).get(f"/lessons/new/?failure={code}").content.decode()

    assert 'value="payments"' in page


def test_an_unknown_service_is_kept_as_a_name_and_said(bo: Person, adas_failure: Failure) -> None:
    answer = call_api(bo, "POST", "/lessons", PARTS | {"failure": adas_failure.code, "services": ["quuee"]})

    assert "quuee" in " ".join(answer.json()["notices"])


def test_a_withdrawn_failure_teaches_nothing_new(ada: Person, adas_failure: Failure) -> None:
    withdraw_failure(actor=ada, failure=adas_failure)

    answer = call_api(ada, "POST", "/lessons", PARTS | {"failure": adas_failure.code})

    assert answer.status_code == 422
    assert "withdrawn" in answer.json()["detail"]
    assert Lesson.objects.count() == 0


def test_a_lesson_needs_a_failure_its_writer_may_read(ada: Person, cy: Person) -> None:
    hidden = call_api(ada, "POST", "/failures", {"story": "Secret.", "visibility": "restricted"}).json()["code"]

    for code in (hidden, "F-999", "x"):
        assert call_api(cy, "POST", "/lessons", PARTS | {"failure": code}).status_code == 404
        assert signed_in(cy).get(f"/lessons/new/?failure={code}").status_code == 404


def test_without_a_failure_the_page_says_where_to_begin(bo: Person) -> None:
    assert signed_in(bo).get("/lessons/new/")["Location"] == "/failures/"
    answer = signed_in(bo).post("/lessons/new/", PARTS)
    assert answer.status_code == 422
    assert "When you empty a queue" in answer.content.decode()


def test_a_lesson_of_a_restricted_failure_is_read_by_those_named_only(ada: Person, cy: Person) -> None:
    hidden = call_api(ada, "POST", "/failures", {"story": "Secret.", "visibility": "restricted"}).json()["code"]
    code = call_api(ada, "POST", "/lessons", PARTS | {"failure": hidden}).json()["code"]

    assert call_api(ada, "GET", f"/lessons/{code}").status_code == 200
    assert call_api(cy, "GET", f"/lessons/{code}").status_code == 404
    assert signed_in(cy).get(f"/lessons/{code}/").status_code == 404
    assert "to count first" not in signed_in(cy).get("/lessons/").content.decode()
    assert call_api(cy, "GET", "/lessons").json()["total"] == 0


def test_a_stranger_and_a_reader_without_the_scope_write_nothing(adas_failure: Failure) -> None:
    body = PARTS | {"failure": adas_failure.code}

    assert call_api(None, "POST", "/lessons", body).status_code == 401
    assert Lesson.objects.count() == 0


def test_the_terminal_takes_the_sentence_or_its_parts(bo: Person, adas_failure: Failure) -> None:
    both = run_cli(bo, "lesson", "write", "When you x", "--failure", adas_failure.code, "--remember", "y")
    parts = run_cli(
        bo, "lesson", "write", "--failure", adas_failure.code, "--when-you", "x", "--remember", "y", "--because", "z"
    )
    nothing = run_cli(bo, "lesson", "write", "--failure", adas_failure.code)
    no_day = run_cli(bo, "lesson", "write", "When you x", "--failure", adas_failure.code, "--renew-by", "soon")

    assert both.exit_code == 2
    assert (parts.exit_code, "When you x, remember y, because z." in parts.stdout) == (0, True)
    assert (nothing.exit_code, "when_you: Say what" in nothing.stderr) == (1, True)
    assert (no_day.exit_code, "renew_by" in no_day.stderr) == (2, True)


def test_the_terminal_names_every_kind_of_change() -> None:
    assert list(KindOfChange.values) == list(KINDS)
