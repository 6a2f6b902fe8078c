"""Describing a service: through the page and the API, then what is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from failonce.catalogue.models import Service
from failonce.catalogue.writes import describe_service, services_named
from failonce.history.models import Entry
from failonce.people.errors import Conflict, NotAllowed, Refused
from failonce.people.models import Person, Practice, Team
from tests.doors import call_api, run_cli, signed_in

TOLD: dict[str, Any] = {
    "name": "Payments",
    "description": "Moves money between accounts.",
    "critical": True,
    "lifecycle": "production",
    "team": "harbour",
    "technologies": ["PostgreSQL", "django"],
    "paths": ["payments/**", "*.sql"],
    "depends_on": ["Ledger"],
    "characteristics": {"perishable": "A payment day can't be repeated.", "intangible": ""},
}


@pytest.fixture
def ledger(db: None) -> Service:
    """A service that others need."""
    return Service.objects.create(slug="ledger", name="Ledger", is_described=True)


def through_the_page(person: Person) -> None:
    fields = {
        **{key: TOLD[key] for key in ("name", "description", "lifecycle", "team")},
        **TOLD["characteristics"],
        "critical": "on",
        "technologies": "PostgreSQL, django",
        "paths": "payments/**\n*.sql\n",
        "depends_on": "Ledger",
    }
    response = signed_in(person).post("/catalogue/new/service/", fields)
    assert response.headers["Location"] == "/catalogue/services/payments/"


def through_the_api(person: Person) -> None:
    response = call_api(person, "PUT", "/catalogue/services/payments", TOLD)
    assert response.status_code == 200
    assert response.json()["url"].endswith("/catalogue/services/payments/")


def through_the_cli(person: Person) -> None:
    text = (
        "services:\n- {slug: payments, name: Payments, description: Moves money between accounts., critical: true,"
        " lifecycle: production, team: harbour, technologies: [PostgreSQL, django], paths: [payments/**, '*.sql'],"
        " depends_on: [ledger], characteristics: {perishable: A payment day can't be repeated.}}\n"
    )
    result = run_cli(person, "catalogue", "import", "-", stdin=text)
    assert result.exit_code == 0
    assert result.stdout == "added\tservice:payments\n"


@pytest.mark.parametrize("door", [through_the_page, through_the_api, through_the_cli])
def test_every_door_describes_the_same_service(
    root: Person, harbour: Team, ledger: Service, door: Callable[[Person], None]
) -> None:
    door(root)

    payments = Service.objects.get(slug="payments")
    assert (payments.name, payments.description) == ("Payments", "Moves money between accounts.")
    assert (payments.is_critical, payments.is_described, payments.lifecycle) == (True, True, "production")
    assert payments.team == harbour
    assert payments.technologies == ["postgresql", "django"]
    assert payments.paths == ["payments/**", "*.sql"]
    assert payments.characteristics == {"perishable": "A payment day can't be repeated."}
    assert list(payments.depends_on.all()) == [ledger]
    assert Entry.objects.of("service:payments")[0].verb == "service:describe"


def test_what_is_not_mentioned_stays(root: Person, ledger: Service) -> None:
    described = describe_service(actor=root, slug="ledger", read=1, description="Keeps the books.")

    again = call_api(root, "PUT", "/catalogue/services/ledger", {"critical": True, "version": described.version})

    assert again.json()["description"] == "Keeps the books."
    assert again.json()["critical"] is True


def test_saying_the_same_again_is_no_change(root: Person, ledger: Service) -> None:
    describe_service(actor=root, slug="ledger", description="Keeps the books.", read=1)
    entries = Entry.objects.count()

    same = describe_service(actor=root, slug="ledger", description="Keeps the books.", read=None)

    assert same.version == 2
    assert Entry.objects.count() == entries


def test_a_name_somebody_told_is_described_without_having_been_read(root: Person, ada: Person) -> None:
    services_named(actor=ada, names=["payments"])

    describe_service(actor=root, slug="payments", name="Payments")

    assert Service.objects.get(slug="payments").is_described


def test_two_who_edit_at_once_both_keep_their_words(root: Person, ledger: Service) -> None:
    browser = signed_in(root)
    page = browser.get("/catalogue/services/ledger/describe/").content.decode()
    describe_service(actor=root, slug="ledger", read=1, description="Keeps the books of the harbour.")

    answer = browser.post(
        "/catalogue/services/ledger/describe/", {"name": "Ledger", "description": "Counts.", "version": "1"}
    )

    assert 'name="version" value="1"' in page
    assert answer.status_code == 422
    assert "Keeps the books of the harbour." in answer.content.decode()
    assert "Counts." in answer.content.decode()
    assert 'name="version" value="2"' in answer.content.decode()
    assert Service.objects.get(slug="ledger").description == "Keeps the books of the harbour."
    browser.post("/catalogue/services/ledger/describe/", {"name": "Ledger", "description": "Counts.", "version": "2"})
    assert Service.objects.get(slug="ledger").description == "Counts."
    assert "Keeps the books of the harbour." in str(Entry.objects.of("service:ledger")[0].details)


def test_the_api_answers_a_blind_change_with_what_stands_there(root: Person, ledger: Service) -> None:
    answer = call_api(root, "PUT", "/catalogue/services/ledger", {"name": "Books"})

    assert answer.status_code == 409
    assert answer.json()["theirs"] == {"name": "Ledger", "version": "1"}
    with pytest.raises(Conflict):
        describe_service(actor=root, slug="ledger", name="Books", read=7)


@pytest.mark.parametrize(
    ("said", "field", "why"),
    [
        ({"name": " "}, "name", "is empty"),
        ({"name": "x" * 121}, "name", "has 121 characters"),
        ({"description": "x" * 20_001}, "description", "at most 20,000 fit"),
        ({"lifecycle": "x" * 41}, "lifecycle", "at most 40 fit"),
        ({"team": "Harbor"}, "team", "isn't known here. Did you mean harbour?"),
        ({"depends_on": ["Ledgr"]}, "depends_on", "Ledgr isn't known here. Did you mean ledger?"),
        ({"depends_on": ["Ledger"]}, "depends_on", "Take ledger out"),
        ({"paths": ["["]}, "paths", "[ isn't a path pattern"),
        ({"paths": ["!db/**"]}, "paths", "isn't a path pattern"),
        ({"technologies": [f"t{number}" for number in range(201)]}, "technologies", "at most 200 fit"),
        ({"characteristics": {"sturdy": "yes"}}, "characteristics", "not sturdy"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(
    root: Person, harbour: Team, ledger: Service, said: dict[str, Any], field: str, why: str
) -> None:
    with pytest.raises(Refused) as refusal:
        describe_service(actor=root, slug="ledger", read=1, **said)

    assert why in refusal.value.fields[field]


@pytest.mark.parametrize("slug", ["two words", "ä", "", "x" * 81, "a\x00b"])
def test_a_slug_nobody_could_type_is_refused(root: Person, slug: str) -> None:
    with pytest.raises(Refused):
        describe_service(actor=root, slug=slug, name="x")


def test_a_refused_form_keeps_every_word(root: Person, ledger: Service) -> None:
    fields = {"name": "Quay", "description": "Where ships lie.", "depends_on": "Ledgr", "paths": "quay/**"}

    answer = signed_in(root).post("/catalogue/new/service/", fields)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert all(word in page for word in ("Quay", "Where ships lie.", "Ledgr", "quay/**", "Did you mean ledger?"))


def test_a_name_that_is_taken_is_said(root: Person, ledger: Service) -> None:
    answer = signed_in(root).post("/catalogue/new/service/", {"name": "Ledger"})

    assert answer.status_code == 422
    assert "There is a service Ledger already" in answer.content.decode()


@pytest.mark.parametrize("path", ["/catalogue/new/service/", "/catalogue/services/ledger/describe/"])
def test_who_does_not_practise_the_catalogue_may_not(ada: Person, ledger: Service, path: str) -> None:
    assert signed_in(ada).get(path).status_code == 403
    assert signed_in(ada).post(path, {"name": "Mine"}).status_code == 403
    assert call_api(ada, "PUT", "/catalogue/services/ledger", {"name": "Mine", "version": 1}).status_code == 403
    with pytest.raises(NotAllowed):
        describe_service(actor=ada, slug="ledger", name="Mine", read=1)


def test_a_practitioner_may(ada: Person, ledger: Service) -> None:
    Practice.objects.get(slug="service-catalogue").practitioners.add(ada)

    assert describe_service(actor=ada, slug="ledger", name="Books", read=1).name == "Books"


@pytest.mark.parametrize(
    "body",
    ["text", [], {"name": 1}, {"colour": "red"}, {"version": 2**40}, {"depends_on": "ledger"}, {"critical": "perhaps"}],
)
def test_the_api_takes_nothing_of_another_shape(root: Person, ledger: Service, body: Any) -> None:
    assert call_api(root, "PUT", "/catalogue/services/ledger", body).status_code in {400, 422}


def test_a_token_without_the_scope_and_a_stranger_are_turned_away(ledger: Service) -> None:
    assert call_api(None, "PUT", "/catalogue/services/ledger", {"name": "x"}).status_code == 401
    assert call_api(None, "GET", "/catalogue/services").status_code == 401
