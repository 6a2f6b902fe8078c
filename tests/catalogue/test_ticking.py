"""Services in a form: ticked while they are few, typed when many or not described."""

import pytest

from failonce.catalogue.models import Service
from failonce.catalogue.ticking import TICKABLE, ServicesForm, initial_services, tickable


@pytest.fixture
def mail(db: None) -> Service:
    return Service.objects.create(slug="mail", name="Mail", is_described=True)


def test_critical_ones_stand_first_and_merely_named_ones_are_typed(mail: Service) -> None:
    payments = Service.objects.create(slug="payments", name="Payments", is_described=True, is_critical=True)
    named = Service.objects.create(slug="queue", name="The queue")

    assert tickable() == [("payments", "Payments"), ("mail", "Mail")]
    assert initial_services([mail, named, payments]) == {"services": ["mail", "payments"], "more_services": "The queue"}


def test_a_name_with_a_comma_is_typed_by_its_slug(db: None) -> None:
    odd = Service.objects.create(slug="search-old", name="Search, old")

    assert initial_services([odd])["more_services"] == "search-old"


def test_more_than_one_reads_through_are_typed(mail: Service) -> None:
    for number in range(TICKABLE):
        Service.objects.create(slug=f"s{number}", name=f"S {number}", is_described=True)

    assert tickable() == []
    assert initial_services([mail]) == {"services": [], "more_services": "Mail"}


def test_what_was_ticked_and_typed_is_said_together(mail: Service) -> None:
    form = ServicesForm({"services": ["mail"], "more_services": " queue, , the edge "})

    assert form.is_valid()
    assert form.services_said() == ("mail", "queue", "the edge")
