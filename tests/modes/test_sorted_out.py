"""What is clear, near, faint and answered stands apart, while a failure is typed and on its page."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.utils.html import strip_tags

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure, withdraw_failure
from failonce.modes.memory import memory
from failonce.modes.writes import answer_repeat
from failonce.people.models import Person
from tests.doors import signed_in

STORY = "The queue of the mail relay filled up at night."
Finding = Callable[..., None]


@pytest.fixture
def failures(ada: Person) -> list[Failure]:
    """Three like failures, the one asked about last."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    tellings = [Telling(story=STORY, started_at=start + timedelta(days=day)) for day in range(3)]
    return [tell_failure(actor=ada, telling=telling).failure for telling in tellings]


@pytest.fixture
def finding(monkeypatch: pytest.MonkeyPatch, failures: list[Failure]) -> Finding:
    """Let recall say these and find the others near or faint: how clear a likeness is, is a matter of its weights."""

    def found(*said: Failure, others: float = 0.1) -> None:
        codes = {failure.code for failure in said}

        def search(*asked: Any, without: set[str], **how: Any) -> Any:
            hits = find(*asked, without=without | {failures[2].code}, **how)
            said_first = sorted(hits, key=lambda hit: hit.key not in codes)
            return [
                replace(hit, said=hit.key in codes, probability=0.9 if hit.key in codes else others)
                for hit in said_first
            ]

        find = memory.search
        monkeypatch.setattr(memory, "search", search)

    return found


def on_its_page(person: Person, failures: list[Failure]) -> str:
    page = signed_in(person).get(failures[2].get_absolute_url()).content.decode()
    return page[page.index('id="resembles"') : page.index("It repeats …")]


def while_typing(person: Person, failures: list[Failure]) -> str:
    return signed_in(person).post("/failures/resembling/", {"story": STORY}).content.decode()


def words_of(part: str) -> str:
    return " ".join(unescape(strip_tags(part)).split())


def folded(part: str) -> dict[str, list[str]]:
    """Return what is folded, by the words to click on."""
    folds = re.findall(r"<details(.*?)>\s*<summary>(.*?)</summary>(.*?)</details>", part, re.DOTALL)
    assert not any("open" in attributes for attributes, _, _ in folds)
    return {summary: re.findall(r'id="like-(F-\d+)"', inside) for _, summary, inside in folds}


every_place = pytest.mark.parametrize("place", [on_its_page, while_typing])


@every_place
def test_where_nothing_is_clear_it_is_said_calmly(
    ada: Person, failures: list[Failure], finding: Finding, place: Callable[..., str]
) -> None:
    finding()

    shown = place(ada, failures)

    assert re.search("Nothing told earlier clearly resembles (it|this so far)\\.", words_of(shown))
    ((summary, inside),) = folded(shown).items()
    assert summary == "2 faint likenesses"
    assert set(inside) == {failures[0].code, failures[1].code}


@every_place
def test_the_nearest_stands_open_where_nothing_is_clear(
    ada: Person, failures: list[Failure], finding: Finding, place: Callable[..., str]
) -> None:
    finding(others=0.21)

    shown = place(ada, failures)

    words = words_of(shown)
    assert re.search(r"Nothing told earlier clearly resembles (it|this so far)\. This comes nearest:", words)
    ((summary, [folded_one]),) = folded(shown).items()
    assert summary == "1 fainter one"
    (nearest,) = {failures[0].code, failures[1].code} - {folded_one}
    assert re.search(f"nearest: {nearest} .{{0,60}} a repeat about 2 times in 10", words)
    assert words.count("a faint likeness") == 1


@every_place
def test_below_a_clear_one_stand_fainter_ones(
    ada: Person, failures: list[Failure], finding: Finding, place: Callable[..., str]
) -> None:
    finding(failures[0], others=0.21)

    shown = place(ada, failures)

    assert "Nothing told earlier" not in words_of(shown)
    assert "nearest" not in words_of(shown)
    assert folded(shown) == {"1 fainter one": [failures[1].code]}
    assert f'id="like-{failures[0].code}"' in shown


def test_answers_can_be_changed_where_they_were_given(ada: Person, failures: list[Failure], finding: Finding) -> None:
    finding(failures[0], failures[1])
    for failure in failures[:2]:
        answer_repeat(actor=ada, failure=failures[2], other=failure, value="no")

    shown = on_its_page(ada, failures)

    assert "Nothing else told earlier resembles it." in words_of(shown)
    assert folded(shown) == {"What was answered (2)": [failures[1].code, failures[0].code]}
    assert shown.count('value="no" aria-pressed="true"') == 2


def test_no_answer_shows_what_its_reader_may_not_read_or_what_is_gone(
    ada: Person, bo: Person, failures: list[Failure], finding: Finding
) -> None:
    finding()
    for failure in failures[:2]:
        answer_repeat(actor=ada, failure=failures[2], other=failure, value="no")
    Failure.objects.filter(pk=failures[0].pk).update(visibility="restricted")
    withdraw_failure(actor=ada, failure=failures[1])

    assert folded(on_its_page(bo, failures)) == {}
    assert folded(on_its_page(ada, failures)) == {"What was answered (1)": [failures[0].code]}


def test_after_an_answer_its_place_is_where_one_looks(ada: Person, failures: list[Failure]) -> None:
    one, other = failures[2].code, failures[0].code

    answer = signed_in(ada).post(f"/modes/answer/{one}/{other}/", {"answer": "no"}, headers={"HX-Request": "true"})

    assert answer["Location"] == f"/failures/{one}/#like-{other}"
