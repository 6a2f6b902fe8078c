"""A draft is its writer's alone, and what is told from it is told once, whatever arrives when."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from failonce.catalogue.models import Audience
from failonce.failures.models import Draft, Failure
from failonce.failures.writes import withdraw_failure
from failonce.history.models import Entry
from failonce.people.models import Person
from tests.doors import signed_in
from tests.overlap import Aside, at_statement, overlapping

STORY = "The nightly job filled the disk of the queue host."
FORM = {"story": STORY, "kind": "incident", "visibility": "everyone"}


def tell(browser: Client, key: uuid.UUID, **said: Any) -> Any:
    return browser.post(f"/failures/new/{key}/", FORM | said)


def keep(browser: Client, key: uuid.UUID, **said: Any) -> Any:
    return browser.post(f"/failures/new/{key}/draft/", FORM | said)


def test_telling_uses_up_the_draft(ada: Person) -> None:
    key = uuid.uuid4()
    client = signed_in(ada)
    client.post(f"/failures/new/{key}/draft/", {"story": "half a"})
    assert Draft.objects.get().fields == {"story": "half a"}

    client.post(f"/failures/new/{key}/", {"story": STORY, "kind": "incident", "visibility": "everyone"})

    assert Draft.objects.count() == 0


def test_a_draft_survives_and_is_its_writers_only(ada: Person, bo: Person) -> None:
    key = uuid.uuid4()
    signed_in(ada).post(f"/failures/new/{key}/draft/", {"story": "half a story"})

    assert "half a story" in signed_in(ada).get(f"/failures/new/{key}/").content.decode()
    assert "half a story" not in signed_in(bo).get(f"/failures/new/{key}/").content.decode()
    refused = signed_in(bo).post(f"/failures/new/{key}/draft/", {"story": "mine now"})
    assert refused.status_code == 422
    assert Draft.objects.get().fields == {"story": "half a story"}


def test_a_draft_too_large_is_said_beside_the_button(ada: Person) -> None:
    refused = keep(signed_in(ada), uuid.uuid4(), story="x" * 2_000_001)

    said = refused.content.decode()
    assert refused.status_code == 422
    assert "This draft has 2,000,0" in said
    assert "<main" not in said, "a page within the page"


def test_what_no_database_keeps_is_said_once_however_often_a_draft_was_saved(ada: Person) -> None:
    browser, key = signed_in(ada), uuid.uuid4()
    for _ in range(3):
        browser.post(
            f"/failures/new/{key}/draft/",
            {"story": "a\x00b"},
            headers={"HX-Request": "true", "Failonce-While-Typing": "yes"},
        )

    answer = tell(browser, key, story="a\x00b")

    assert browser.get(answer["Location"]).content.decode().count("Some characters can&#x27;t be kept") == 1


def test_a_save_that_comes_after_the_telling_brings_nothing_back(ada: Person, bo: Person) -> None:
    key, browser = uuid.uuid4(), signed_in(ada)
    tell(browser, key)
    code = Failure.objects.get().code

    late = keep(browser, key)

    assert late.status_code == 200
    assert f'Told as <a href="/failures/{code}/">' in late.content.decode()
    assert Draft.objects.count() == 0
    assert "your draft" not in browser.get("/").content.decode()
    # Whoever was sent the address of the form has a form of their own there, and is told nothing of Ada's.
    assert code not in keep(signed_in(bo), key).content.decode()
    assert tell(signed_in(bo), key).status_code == 302


def test_the_form_of_what_was_told_gives_way_to_a_fresh_one(ada: Person) -> None:
    key, browser = uuid.uuid4(), signed_in(ada)
    tell(browser, key)

    shown = browser.get(f"/failures/new/{key}/", follow=True)

    assert shown.redirect_chain[0][0] == "/failures/new/"
    assert str(key) not in shown.redirect_chain[-1][0]
    assert "Here is room for another." in shown.content.decode()


def test_words_that_somebody_keeps_by_a_click_are_not_let_go(ada: Person) -> None:
    key, browser = uuid.uuid4(), signed_in(ada)
    tell(browser, key)

    tell(browser, key, story="And then it happened to the other host.", wish="draft", _draft=f"tell-{key}")

    kept = Draft.objects.get()
    assert kept.key != key
    assert kept.fields == FORM | {"story": "And then it happened to the other host."}


FULL = {"more_services": "queue, shop", "lost_0": "Orders.", "audiences_0": "shop-teams", "readers": "bo@example.org"}


@pytest.mark.parametrize("said", [{}, {"started_at": "2026-01-05T10:00"}, FULL])
def test_the_same_sent_twice_is_told_once(ada: Person, bo: Person, said: dict[str, str]) -> None:
    Audience.objects.create(slug="shop-teams", name="Shop teams")
    key, browser = uuid.uuid4(), signed_in(ada)

    first, second = (tell(browser, key, **said) for _ in range(2))

    assert Failure.objects.count() == 1
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert Entry.objects.filter(verb="failure:tell").count() == 1


@pytest.mark.parametrize(
    "said",
    [
        {"story": f"{STORY} Again."},
        {"started_at": "2026-01-05T11:00"},
        {"more_services": "queue"},
        {"lost_0": "Orders."},
        {"readers": "bo@example.org"},
    ],
    ids=str,
)
def test_whoever_goes_back_and_tells_more_is_told_it_too(ada: Person, bo: Person, said: dict[str, str]) -> None:
    key, browser = uuid.uuid4(), signed_in(ada)
    tell(browser, key)

    tell(browser, key, **said)

    assert Failure.objects.count() == 2
    assert keep(browser, key).content.decode().count("Told as") == 1


def test_what_was_withdrawn_can_be_told_again_from_its_form(ada: Person) -> None:
    key, browser = uuid.uuid4(), signed_in(ada)
    tell(browser, key)
    withdraw_failure(actor=ada, failure=Failure.objects.get())

    tell(browser, key)

    assert Failure.objects.standing().count() == 1


def test_what_says_nothing_is_no_draft(ada: Person) -> None:
    key, browser = uuid.uuid4(), signed_in(ada)
    keep(browser, key)
    assert Draft.objects.count() == 1

    emptied = keep(browser, key, story=" \n\t ", title=" ", services=[" "])

    assert Draft.objects.count() == 0
    assert emptied.content.decode().strip() == ""
    shown = browser.post(f"/failures/new/{key}/", {"story": " ", "wish": "draft"}, follow=True)
    assert "Nothing is written yet, so there is no draft to keep." in shown.content.decode()


def test_a_draft_without_a_story_has_a_name_to_click_on(ada: Person) -> None:
    key, browser = uuid.uuid4(), signed_in(ada)

    keep(browser, key, story=" \n ", title=" ", more_services="queue")

    others = browser.get("/failures/new/", follow=True).content.decode()
    assert f'<a href="/failures/new/{key}/" dir="auto">A draft without a story yet</a>' in others
    keep(browser, key, story="\n  The queue\n filled.", title=" ")
    assert Draft.objects.get().name == "The queue filled."


KEEPS, TELLS = ("INSERT", '"failures_draft"'), ("INSERT", '"failures_failure"')
HOLDS_DRAFTS = ('FROM "people_person"', "FOR NO KEY UPDATE")


@pytest.mark.parametrize(
    ("at", "now", "meanwhile"),
    [(KEEPS, keep, tell), (TELLS, tell, keep), (TELLS, tell, tell)],
    ids=["told while it is kept", "kept while it is told", "told twice"],
)
@overlapping[0]
@overlapping[1]
def test_nothing_is_left_or_told_twice_when_both_come_at_once(
    ada: Person,
    at: tuple[str, str],
    now: Callable[[Client, uuid.UUID], HttpResponse],
    meanwhile: Callable[[Client, uuid.UUID], HttpResponse],
) -> None:
    key, browser, other = uuid.uuid4(), signed_in(ada), signed_in(ada)

    def work() -> HttpResponse:
        with at_statement(*HOLDS_DRAFTS, before=aside.reach):
            return meanwhile(other, key)

    aside = Aside(work)
    with at_statement(*at, after=aside.begin):
        now(browser, key)

    assert aside.outcome().status_code in {200, 302}
    assert Draft.objects.count() == 0
    assert Failure.objects.count() == 1
