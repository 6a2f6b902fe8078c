"""Describing a consumer or a partner, and how to reach them."""

from collections.abc import Callable

import pytest

from failonce.catalogue.models import Audience
from failonce.catalogue.writes import describe_audience
from failonce.history.models import Entry
from failonce.people.errors import Conflict, NotAllowed, Refused
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in

FIELDS = {"name": "Ferry lines", "kind": "partner", "contact": "bridge@ferries.example"}


def through_the_page(person: Person) -> None:
    answer = signed_in(person).post("/catalogue/new/audience/", FIELDS)
    assert answer.headers["Location"] == "/catalogue/audiences/ferry-lines/"


def through_the_api(person: Person) -> None:
    assert call_api(person, "PUT", "/catalogue/audiences/ferry-lines", FIELDS).status_code == 200


def through_the_cli(person: Person) -> None:
    text = "audiences: [{name: Ferry lines, kind: partner, contact: bridge@ferries.example}]"
    assert run_cli(person, "catalogue", "import", "-", stdin=text).exit_code == 0


@pytest.mark.parametrize("door", [through_the_page, through_the_api, through_the_cli])
def test_every_door_describes_the_same_audience(root: Person, door: Callable[[Person], None]) -> None:
    door(root)

    ferries = Audience.objects.get(slug="ferry-lines")
    assert (ferries.name, ferries.kind, ferries.contact) == ("Ferry lines", "partner", "bridge@ferries.example")
    assert Entry.objects.of("audience:ferry-lines")[0].verb == "audience:describe"
    assert "bridge@ferries.example" in signed_in(root).get("/catalogue/audiences/ferry-lines/").content.decode()


def test_two_who_edit_at_once_both_keep_their_words(root: Person) -> None:
    through_the_api(root)
    describe_audience(actor=root, slug="ferry-lines", read=1, contact="the red telephone")

    answer = signed_in(root).post(
        "/catalogue/audiences/ferry-lines/describe/", {**FIELDS, "contact": "by lamp", "version": "1"}
    )

    assert answer.status_code == 422
    assert "the red telephone" in answer.content.decode()
    assert "by lamp" in answer.content.decode()
    with pytest.raises(Conflict):
        describe_audience(actor=root, slug="ferry-lines", name="Other")


def test_what_cannot_be_kept_is_refused(root: Person) -> None:
    with pytest.raises(Refused) as refusal:
        describe_audience(actor=root, slug="moon", name="Moon", kind="enemy", contact="x" * 301)

    assert set(refusal.value.fields) == {"kind", "contact"}


def test_a_stranger_to_the_practice_may_not(ada: Person) -> None:
    with pytest.raises(NotAllowed):
        describe_audience(actor=ada, slug="moon", name="Moon")
    assert signed_in(ada).post("/catalogue/new/audience/", FIELDS).status_code == 403
