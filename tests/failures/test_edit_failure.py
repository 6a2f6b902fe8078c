"""Editing one's own telling; two people saving at once lose nothing."""

import pytest
from django.utils import timezone

from failonce.failures.models import Failure
from failonce.failures.telling import Loss, Telling
from failonce.failures.writes import tell_failure
from failonce.history.models import Entry
from failonce.people.models import Person
from tests.doors import call_api, signed_in

FORM = {"kind": "incident", "visibility": "everyone", "started_at": "2026-01-05T10:00"}


def test_the_teller_edits_on_the_page_and_by_api(ada: Person, adas_failure: Failure) -> None:
    page = signed_in(ada).post(f"/failures/{adas_failure.code}/edit/", FORM | {"story": "Second.", "version": "1"})
    assert page.status_code == 302
    api = call_api(ada, "PUT", f"/failures/{adas_failure.code}", {"story": "Third.", "version": 2})

    assert api.status_code == 200
    adas_failure.refresh_from_db()
    assert (adas_failure.story, adas_failure.version) == ("Third.", 3)
    edits = Entry.objects.of(adas_failure.code).filter(verb="failure:edit")
    assert [entry.details["before"]["story"] for entry in edits] == ["Second.", "The queue filled up."]


def test_an_edit_keeps_however_many_were_hit(ada: Person) -> None:
    losses = tuple(Loss(lost=f"Loss {number}") for number in range(6))
    told = tell_failure(actor=ada, telling=Telling(story="Down.", started_at=timezone.now(), losses=losses)).failure
    browser, edit = signed_in(ada), f"{told.get_absolute_url()}edit/"
    held = {field.html_name: field.value() for field in browser.get(edit).context["form"] if "lost_" in field.name}

    assert browser.post(edit, FORM | held | {"story": "All down.", "version": "1"}).status_code == 302

    assert [impact.lost for impact in told.impacts.order_by("pk")] == [loss.lost for loss in losses]


def test_nobody_else_edits(bo: Person, root: Person, adas_failure: Failure) -> None:
    for person in (bo, root):
        answer = call_api(person, "PUT", f"/failures/{adas_failure.code}", {"story": "Mine.", "version": 1})

        assert answer.status_code == 403
        assert "told the failure" in answer.json()["detail"]
    adas_failure.refresh_from_db()
    assert adas_failure.story == "The queue filled up."


def test_a_save_in_between_shows_both_texts(ada: Person, adas_failure: Failure) -> None:
    client = signed_in(ada)
    client.post(f"/failures/{adas_failure.code}/edit/", FORM | {"story": "From the phone.", "version": "1"})

    answer = client.post(f"/failures/{adas_failure.code}/edit/", FORM | {"story": "From the laptop.", "version": "1"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "From the phone." in page
    assert "From the laptop." in page
    again = client.post(f"/failures/{adas_failure.code}/edit/", FORM | {"story": "Both.", "version": "2"})
    assert again.status_code == 302


def test_the_api_answers_a_save_in_between_with_what_stands(ada: Person, adas_failure: Failure) -> None:
    call_api(ada, "PUT", f"/failures/{adas_failure.code}", {"story": "First save.", "version": 1})

    answer = call_api(ada, "PUT", f"/failures/{adas_failure.code}", {"story": "Second save.", "version": 1})

    assert answer.status_code == 409
    assert answer.json()["theirs"]["story"] == "First save."


@pytest.mark.parametrize("verb", ["additions", "comments"])
def test_empty_words_are_refused(ada: Person, adas_failure: Failure, verb: str) -> None:
    answer = call_api(ada, "POST", f"/failures/{adas_failure.code}/{verb}", {"text": " "})

    assert answer.status_code == 422
    assert adas_failure.notes.count() == 0


def test_the_teller_adds_and_others_comment(ada: Person, bo: Person, adas_failure: Failure) -> None:
    assert signed_in(ada).post(f"/failures/{adas_failure.code}/add/", {"text": "It was the log."}).status_code == 302
    assert signed_in(bo).post(f"/failures/{adas_failure.code}/comment/", {"text": "Same here."}).status_code == 302
    assert call_api(bo, "POST", f"/failures/{adas_failure.code}/additions", {"text": "No."}).status_code == 403

    page = signed_in(bo).get(f"/failures/{adas_failure.code}/").content.decode()
    assert "It was the log." in page
    assert "Same here." in page
