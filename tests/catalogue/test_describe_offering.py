"""Describing an offering: goods, access and actions, and for whom."""

from collections.abc import Callable
from typing import Any

import pytest

from failonce.catalogue.models import Audience, Offering, Service
from failonce.catalogue.writes import describe_offering
from failonce.history.models import Entry
from failonce.people.errors import Conflict, NotAllowed, Refused
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in

PARTS = [
    {"kind": "access", "name": "The berth", "description": "until ten"},
    {"kind": "action", "name": "Mooring", "description": ""},
]


@pytest.fixture
def berths(db: None) -> Service:
    """A service with somebody to serve."""
    Audience.objects.create(slug="ferries", name="Ferry lines", kind="partner")
    return Service.objects.create(slug="berths", name="Berth booking", is_described=True)


def through_the_page(person: Person) -> None:
    rows = {f"part_{number}_{key}": value for number, part in enumerate(PARTS) for key, value in part.items()}
    fields = {"name": "Night berth", "service": "berth booking", "audiences": ["ferries"], "part_2_name": "", **rows}
    answer = signed_in(person).post("/catalogue/new/offering/", fields)
    assert answer.headers["Location"] == "/catalogue/offerings/night-berth/"


def through_the_api(person: Person) -> None:
    body = {"name": "Night berth", "service": "berths", "audiences": ["Ferry lines"], "parts": PARTS}
    assert call_api(person, "PUT", "/catalogue/offerings/night-berth", body).status_code == 200


def through_the_cli(person: Person) -> None:
    text = (
        "offerings: [{name: Night berth, service: berths, audiences: [ferries], parts: ["
        "{kind: access, name: The berth, description: until ten}, {kind: action, name: Mooring}]}]"
    )
    assert run_cli(person, "catalogue", "import", "-", stdin=text).exit_code == 0


@pytest.mark.parametrize("door", [through_the_page, through_the_api, through_the_cli])
def test_every_door_describes_the_same_offering(root: Person, berths: Service, door: Callable[[Person], None]) -> None:
    door(root)

    offering = Offering.objects.get(slug="night-berth")
    assert (offering.name, offering.service) == ("Night berth", berths)
    assert [audience.slug for audience in offering.audiences.all()] == ["ferries"]
    parts = [{"kind": part.kind, "name": part.name, "description": part.description} for part in offering.parts.all()]
    assert parts == PARTS
    assert Entry.objects.of("offering:night-berth")[0].verb == "offering:describe"


def test_the_form_shows_what_was_said_and_saves_it_unchanged(root: Person, berths: Service) -> None:
    through_the_page(root)
    browser = signed_in(root)
    form = browser.get("/catalogue/offerings/night-berth/describe/").context["form"]
    shown = {field.html_name: field.value() for field in form if field.value() not in (None, [], "")}

    browser.post("/catalogue/offerings/night-berth/describe/", shown)

    assert Offering.objects.get(slug="night-berth").version == 1
    assert Entry.objects.of("offering:night-berth").count() == 1


def test_two_who_edit_at_once_both_keep_their_words(root: Person, berths: Service) -> None:
    through_the_api(root)
    describe_offering(actor=root, slug="night-berth", read=1, description="From dusk to dawn.")

    answer = signed_in(root).post(
        "/catalogue/offerings/night-berth/describe/",
        {"name": "Night berth", "service": "berths", "description": "At night.", "version": "1"},
    )

    assert answer.status_code == 422
    assert "From dusk to dawn." in answer.content.decode()
    assert "At night." in answer.content.decode()
    with pytest.raises(Conflict):
        describe_offering(actor=root, slug="night-berth", name="Other")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"service": "moon"}, "service"),
        ({"service": "berths", "audiences": ["nobody"]}, "audiences"),
        ({"service": "berths", "parts": [{"kind": "gift", "name": "x"}]}, "parts"),
        ({"service": "berths", "parts": [{"kind": "goods", "name": ""}]}, "parts"),
        ({"service": "berths", "parts": [{"kind": "goods", "name": "x", "price": "1"}]}, "parts"),
        ({}, "service"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(
    root: Person, berths: Service, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        describe_offering(actor=root, slug="night-berth", name="Night berth", **said)

    assert field in refusal.value.fields


def test_a_refused_form_keeps_its_parts(root: Person, berths: Service) -> None:
    fields = {"name": "Night berth", "service": "moon", "part_0_kind": "goods", "part_0_name": "Water"}

    answer = signed_in(root).post("/catalogue/new/offering/", fields)

    assert answer.status_code == 422
    assert "Water" in answer.content.decode()


def test_a_stranger_to_the_practice_may_not(ada: Person, berths: Service) -> None:
    with pytest.raises(NotAllowed):
        describe_offering(actor=ada, slug="night-berth", name="Night berth", service="berths")
    assert signed_in(ada).get("/catalogue/new/offering/").status_code == 403
