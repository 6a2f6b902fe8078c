"""Merging a name people used into the service they meant."""

from collections.abc import Callable

import pytest

from failonce.catalogue.models import Service
from failonce.catalogue.writes import merge_service, services_named
from failonce.failures.models import Failure
from failonce.history.chain import verify
from failonce.history.models import Entry
from failonce.people.errors import NotAllowed, Refused
from failonce.people.models import Person
from tests.doors import call_api, signed_in


@pytest.fixture
def payments(db: None) -> Service:
    """A described service."""
    return Service.objects.create(slug="payments-api", name="Payments", is_described=True)


@pytest.fixture
def named(ada: Person, payments: Service, adas_failure: Failure) -> Service:
    """A name for the same service, with a failure told of it and a service that needs it."""
    (named,), _, _ = services_named(actor=ada, names=["Pay Service"])
    adas_failure.services.set([named])
    Service.objects.create(slug="shop", name="Shop", is_described=True).depends_on.add(named)
    payments.depends_on.add(named)
    return named


def through_the_page(person: Person) -> None:
    answer = signed_in(person).post("/catalogue/services/pay-service/merge/", {"into": "Payments"})
    assert answer.headers["Location"] == "/catalogue/services/payments-api/"


def through_the_api(person: Person) -> None:
    answer = call_api(person, "POST", "/catalogue/services/payments-api/merge", {"named": "pay-service"})
    assert answer.json()["also_called"] == ["Pay Service"]


@pytest.mark.parametrize("door", [through_the_page, through_the_api])
def test_every_door_moves_what_was_told(
    root: Person, payments: Service, named: Service, adas_failure: Failure, door: Callable[[Person], None]
) -> None:
    door(root)

    payments.refresh_from_db()
    assert list(adas_failure.services.all()) == [payments]
    assert list(Service.objects.get(slug="shop").depends_on.all()) == [payments]
    assert not payments.depends_on.exists()  # it doesn't need itself
    assert not Service.objects.filter(slug="pay-service").exists()


def test_history_says_so_on_everything_that_moved(
    root: Person, payments: Service, named: Service, adas_failure: Failure
) -> None:
    merge_service(actor=root, named="pay-service", into="payments-api")

    for code in ("service:payments-api", "service:pay-service", "service:shop", adas_failure.code):
        assert [entry.verb for entry in Entry.objects.of(code)].count("service:merge") == 1
    assert list(verify()) == []


def test_the_name_leads_to_the_service_ever_after(root: Person, ada: Person, payments: Service, named: Service) -> None:
    merge_service(actor=root, named="pay-service", into="payments-api")

    assert services_named(actor=ada, names=["pay service"]) == ([payments], [], [])
    assert signed_in(ada).get("/catalogue/services/pay-service/").headers["Location"] == payments.get_absolute_url()


def test_only_a_mere_name_is_merged_and_only_into_a_description(
    root: Person, payments: Service, named: Service
) -> None:
    for pair in (
        {"named": "payments-api", "into": "shop"},
        {"named": "pay-service", "into": "pay-service"},
        {"named": "pay-service", "into": "moon"},
        {"named": "moon", "into": "payments-api"},
    ):
        with pytest.raises(Refused):
            merge_service(actor=root, **pair)
    assert Service.objects.count() == 3


def test_merging_into_a_name_nobody_knows_says_so(root: Person, payments: Service, named: Service) -> None:
    answer = signed_in(root).post("/catalogue/services/pay-service/merge/", {"into": "Paymnts"})

    assert answer.status_code == 422
    assert "Did you mean Payments?" in answer.content.decode()


def test_a_stranger_to_the_practice_may_not(ada: Person, payments: Service, named: Service) -> None:
    with pytest.raises(NotAllowed):
        merge_service(actor=ada, named="pay-service", into="payments-api")
    assert signed_in(ada).post("/catalogue/services/pay-service/merge/", {"into": "Payments"}).status_code == 403
