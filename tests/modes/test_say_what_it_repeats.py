"""A repeat that recall missed is linked on the failure's page, by its code or its address, or in the list."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure, withdraw_failure
from failonce.history.models import Entry
from failonce.modes.models import Answer, FailureMode
from failonce.people.models import Person
from tests.doors import call_api, signed_in


@pytest.fixture
def later(ada: Person, adas_failure: Failure) -> Failure:
    """A failure told in wholly other words than the one before it."""
    started_at = adas_failure.started_at + timedelta(days=30)
    return tell_failure(actor=ada, telling=Telling(story="Kranwinde klemmt.", started_at=started_at)).failure


def say(person: Person, failure: Failure, repeats: str) -> Any:
    return signed_in(person).post(f"/failures/{failure.code}/repeats/", {"repeats": repeats})


def page_of(person: Person, failure: Failure) -> str:
    return signed_in(person).get(failure.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        "F-{0}",
        " f-{0} ",
        "{0}",
        "f{0}",
        "F {0}",
        "f - {0}",
        "/failures/F-{0}/",
        "https://failonce.example.org/failures/F-{0}",
        "http://10.0.0.1:8000/failures/f-{0}/?page=2#note-1",
    ],
)
def test_a_code_or_an_address_links_both(bo: Person, later: Failure, adas_failure: Failure, typed: str) -> None:
    assert "Nothing told earlier resembles it." in page_of(bo, later)

    answer = say(bo, later, typed.format(adas_failure.pk))

    assert answer.status_code == 302
    assert {row.failure for row in FailureMode.objects.get().occurrences.all()} == {later, adas_failure}
    assert Entry.objects.filter(verb="mode:answer", actor=bo, subject=later.code).count() == 1
    page = page_of(bo, later)
    assert f'id="like-{adas_failure.code}"' in page
    assert "answered: yes" in page
    assert "times in 10" not in page


def test_what_was_linked_can_be_taken_back_there(bo: Person, later: Failure, adas_failure: Failure) -> None:
    say(bo, later, adas_failure.code)

    signed_in(bo).post(f"/modes/answer/{later.code}/{adas_failure.code}/", {"answer": "no"})

    assert FailureMode.objects.count() == 0
    assert "answered: no" in page_of(bo, later)


def test_nothing_is_linked_to_what_was_withdrawn(
    ada: Person, bo: Person, later: Failure, adas_failure: Failure
) -> None:
    withdraw_failure(actor=ada, failure=adas_failure)

    assert "was withdrawn, so nothing is linked" in say(ada, later, adas_failure.code).content.decode()
    body = {"answer": "yes"}
    assert call_api(ada, "PUT", f"/failures/{later.code}/answers/{adas_failure.code}", body).status_code == 422
    assert FailureMode.objects.count() == 0


def test_a_refusal_is_read_even_where_the_failure_was_withdrawn_meanwhile(
    ada: Person, later: Failure, adas_failure: Failure
) -> None:
    withdraw_failure(actor=ada, failure=later)

    assert "was withdrawn, so nothing is linked" in say(ada, later, adas_failure.code).content.decode()


@pytest.mark.parametrize(("length", "status"), [(300, 302), (301, 422)])
def test_no_pattern_is_tried_on_what_is_longer_than_any_address(
    bo: Person, later: Failure, adas_failure: Failure, length: int, status: int
) -> None:
    end = f"/failures/{adas_failure.code}"

    answer = say(bo, later, "https://".ljust(length - len(end), "x") + end)

    assert answer.status_code == status
    assert ("Type the code of a failure" in answer.content.decode()) == (status == 422)


def test_what_happened_later_is_linked_and_not_shown_as_before(
    bo: Person, later: Failure, adas_failure: Failure
) -> None:
    say(bo, adas_failure, later.code)

    page = page_of(bo, adas_failure)
    assert FailureMode.objects.get().code in page
    assert f'id="like-{later.code}"' not in page


def test_a_link_shows_nothing_that_its_reader_may_not_read(
    ada: Person, bo: Person, later: Failure, adas_failure: Failure
) -> None:
    say(ada, later, adas_failure.code)
    Failure.objects.filter(pk=adas_failure.pk).update(visibility="restricted")

    assert f'id="like-{adas_failure.code}"' in page_of(ada, later)
    assert f'id="like-{adas_failure.code}"' not in page_of(bo, later)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("F-999", "There is no failure F-999 that you may read. Check the code"),
        ("F-{later}", "itself. Give the code of the other failure."),
        ("", "Type the code of a failure"),
        ("the crane <again>", "Type the code of a failure"),
        ("L-3", "Type the code of a failure"),
        ("https://example.org/3", "Type the code of a failure"),
        ("9" * 40, "There is no failure F-999"),
    ],
)
def test_what_can_not_be_linked_is_said_and_kept(bo: Person, later: Failure, typed: str, why: str) -> None:
    typed = typed.format(later=later.pk)

    answer = say(bo, later, typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    error = re.search(r'<p class="error" id="repeats-error">(.*?)</p>', page)
    assert error
    assert why in error[1].replace("&#x27;", "'")
    assert f'name="repeats" value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in page
    assert Answer.objects.count() == 0


def test_a_failure_one_may_not_read_is_not_linked(bo: Person, later: Failure, adas_failure: Failure) -> None:
    Failure.objects.filter(pk=adas_failure.pk).update(visibility="restricted")

    page = say(bo, later, adas_failure.code).content.decode()

    assert "that you may read" in page
    assert adas_failure.title not in page
    assert Answer.objects.count() == 0


def test_a_withdrawn_failure_asks_for_nothing(ada: Person, later: Failure) -> None:
    assert 'name="repeats"' in page_of(ada, later)

    withdraw_failure(actor=ada, failure=later)

    assert 'name="repeats"' not in page_of(ada, later)


def listed_for(person: Person, failure: Failure, **asked: str) -> str:
    return signed_in(person).get("/failures/", {"for": failure.code} | asked).content.decode()


def test_it_is_found_in_the_list_and_linked_there(bo: Person, later: Failure, adas_failure: Failure) -> None:
    address = f"/failures/?for={later.code}"
    assert f'href="{address}"' in page_of(bo, later)

    page = listed_for(bo, later)
    this_one = re.findall(r'<form method="post" action="([^"]+)">.*?name="([^"]+)" value="([^"]+)">This one', page)

    assert this_one == [(f"/failures/{later.code}/repeats/", "repeats", adas_failure.code)]
    assert "which is left out here" in page
    assert later.title in page
    assert f'name="for" value="{later.code}"' in page
    assert signed_in(bo).post(this_one[0][0], dict([this_one[0][1:]])).status_code == 302
    assert {row.failure for row in FailureMode.objects.get().occurrences.all()} == {later, adas_failure}
    page = listed_for(bo, later)
    assert "Linked already" in page
    assert "This one" not in page


@pytest.mark.parametrize("words", ["F-{later}", "kranwinde", "nothing at all"])
def test_no_words_find_it_in_its_own_list(bo: Person, later: Failure, adas_failure: Failure, words: str) -> None:
    rows = listed_for(bo, later, q=words.format(later=later.pk)).split('id="failures"')[1]

    assert later.title not in rows
    assert f'href="/failures/?for={later.code}">show all' in rows


def test_a_list_for_the_only_failure_says_so(bo: Person, adas_failure: Failure) -> None:
    assert "No other failure is told here yet." in listed_for(bo, adas_failure)


def test_a_plain_list_links_nothing(ada: Person, bo: Person, later: Failure, adas_failure: Failure) -> None:
    assert "This one" not in signed_in(bo).get("/failures/").content.decode()
    withdraw_failure(actor=ada, failure=later)
    assert "This one" not in listed_for(ada, later)
    Failure.objects.filter(pk=adas_failure.pk).update(visibility="restricted")
    assert signed_in(bo).get("/failures/", {"for": adas_failure.code}).status_code == 404


def test_a_long_list_asks_the_database_no_more_for_a_failure(
    ada: Person, bo: Person, later: Failure, adas_failure: Failure
) -> None:
    def queries() -> int:
        client = signed_in(bo)
        with CaptureQueriesContext(connection) as asked:
            client.get("/failures/", {"for": later.code})
        return len(asked)

    for number in range(2):
        say(ada, adas_failure, another(ada, number).code)
    few = queries()
    for number in range(8):
        say(ada, adas_failure, another(ada, number).code)

    assert queries() == few


def another(person: Person, number: int) -> Failure:
    started_at = datetime(2026, 3, 1 + number, tzinfo=UTC)
    return tell_failure(actor=person, telling=Telling(story=f"A crane {number}.", started_at=started_at)).failure
