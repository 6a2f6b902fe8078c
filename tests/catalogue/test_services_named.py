"""Naming services while telling a failure: known, nearly known, unknown."""

import pytest

from failonce.catalogue.models import Audience, Offering, Service
from failonce.catalogue.names import audience_named, known_services, offering_named
from failonce.catalogue.writes import services_named
from failonce.history.models import Entry
from failonce.people.errors import NotAllowed, Refused
from failonce.people.models import Person


@pytest.fixture
def payments(db: None) -> Service:
    return Service.objects.create(slug="payments-api", name="Bezahldienst Übersee", is_described=True)


@pytest.mark.parametrize(
    "name",
    [
        "payments-api",
        "Payments API",
        "payments_api",
        "  payments-api\n",
        "bezahldienst übersee",
        "BEZAHLDIENST ÜBERSEE",
    ],
)
def test_a_service_is_found_by_slug_and_by_name_in_any_case(ada: Person, payments: Service, name: str) -> None:
    services, notices, _ = services_named(actor=ada, names=[name])

    assert services == [payments]
    assert notices == []
    assert not Entry.objects.exists()


def test_an_unknown_name_is_kept_as_a_name_and_said(ada: Person, payments: Service) -> None:
    services, notices, happenings = services_named(actor=ada, names=["payments-apy", "payments-api"])

    named, known = services
    assert known == payments
    assert (named.name, named.slug, named.is_described) == ("payments-apy", "payments-apy", False)
    assert notices == ["payments-apy isn't in the catalogue yet; it is kept as a name. Did you mean payments-api?"]
    assert [each.subject for each in happenings] == ["service:payments-apy"]
    assert not Entry.objects.exists()  # that is left to whoever calls


def test_several_unknown_names_are_said_in_one_notice(ada: Person, payments: Service) -> None:
    _, notices, _ = services_named(actor=ada, names=["billing", "payments-apy", "backup"])

    assert notices == [
        "billing, payments-apy and backup aren't in the catalogue yet; they are kept as names."
        " Did you mean payments-api by payments-apy?"
    ]


def test_the_same_unknown_name_is_kept_once(ada: Person, bo: Person) -> None:
    first, _, _ = services_named(actor=ada, names=["Lighthouse", "lighthouse"])
    second, notices, _ = services_named(actor=bo, names=["LIGHTHOUSE"])

    assert first == second
    assert notices == []
    assert Service.objects.count() == 1


def test_names_that_differ_only_in_signs_stay_two_services(ada: Person) -> None:
    services, _, _ = services_named(actor=ada, names=["C", "C++"])

    assert [service.name for service in services] == ["C", "C++"]


def test_a_name_means_what_was_kept_for_it_even_if_that_is_called_otherwise_now(ada: Person) -> None:
    _, sharp = services_named(actor=ada, names=["C", "C#"])[0]
    Service.objects.filter(pk=sharp.pk).update(name="Sharp")

    assert services_named(actor=ada, names=["c#"]) == ([sharp], [], [])


@pytest.mark.parametrize("name", ["決済サービス", "оплата", "!!!", "a\x00b", "\ud800x", "x" * 120])
def test_a_name_in_any_script_is_kept(ada: Person, name: str) -> None:
    (service,), _, _ = services_named(actor=ada, names=[name])
    (again,), notices, _ = services_named(actor=ada, names=[name])

    assert service == again
    assert notices == []
    assert service.slug
    assert "\x00" not in service.name


def test_empty_names_are_passed_over(ada: Person) -> None:
    assert services_named(actor=ada, names=["", "  "]) == ([], [], [])


def test_too_many_or_too_long_names_are_refused_in_words(ada: Person) -> None:
    with pytest.raises(Refused, match="51 names"):
        services_named(actor=ada, names=[f"service {number}" for number in range(51)])
    with pytest.raises(Refused, match="121 characters"):
        services_named(actor=ada, names=["x" * 121])
    assert not Service.objects.exists()


def test_a_closed_account_names_nothing(ada: Person) -> None:
    ada.is_active = False

    with pytest.raises(NotAllowed):
        services_named(actor=ada, names=["lighthouse"])


def test_looking_up_never_writes(payments: Service) -> None:
    assert known_services(["payments-api", "Bezahldienst Übersee", "tides"]) == ([payments], ["tides"])
    assert Service.objects.count() == 1


def test_an_offering_or_audience_nobody_knows_is_answered_with_close_names(payments: Service) -> None:
    card = Offering.objects.create(slug="card-payment", name="Card payment", service=payments)
    shops = Audience.objects.create(slug="corner-shops", name="Corner shops", kind="partner")

    assert offering_named("Card Payment") == card
    assert audience_named("corner-shops") == shops
    with pytest.raises(Refused, match=r"no offering called card-paymnt .* Did you mean card-payment\?"):
        offering_named("card-paymnt")
    with pytest.raises(Refused, match=r"no consumer or partner called moon .* See the catalogue"):
        audience_named("moon")


def test_new_names_are_kept_in_the_order_of_their_slugs_however_they_are_told(ada: Person) -> None:
    # Two tellings that kept the same two slugs in opposite orders would each wait for the other.
    names = ["Quay", "e f", "é", "Anchor", "C!", "C#", "C++", "C?", "C"]
    for told in (names, names[::-1]):
        found, _, _ = services_named(actor=ada, names=told)

        assert [service.name for service in found] == told
        kept = list(Service.objects.order_by("pk"))
        assert [service.slug for service in kept] == sorted(service.slug for service in kept)
        assert Service.objects.get(slug="c").name == "C"
        Service.objects.all().delete()
