"""While something long is written, others get their turn."""

import threading

import pytest
from django.db import connection, transaction

from failonce.catalogue import turns
from failonce.catalogue.turns import Turns
from failonce.people.models import Person
from failonce.people.writes import rename_person
from tests.settings import TEST_DATABASE_URL

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(TEST_DATABASE_URL), reason="PostgreSQL's writers queue"),
]


def test_somebody_who_waits_gets_in_before_it_is_over(
    transactional_db: None, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "HELD", 0.0)
    renamed = threading.Event()

    def rename() -> None:
        rename_person(actor=ada, person=ada, name="Ada L.")
        connection.close()
        renamed.set()

    waiting = threading.Thread(target=rename)
    turn = Turns()
    with transaction.atomic():
        waiting.start()
        Person.objects.filter(pk=ada.pk).update(is_leader=True)
    for _ in range(5):
        turn.give()
        with transaction.atomic():
            Person.objects.filter(pk=ada.pk).update(is_leader=False)
    in_time = renamed.is_set()
    waiting.join()

    assert in_time
    assert Person.objects.get(pk=ada.pk).name == "Ada L."


def test_inside_a_transaction_nobody_could_get_in_anyway(
    transactional_db: None, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "HELD", 0.0)
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("slept while others waited"))

    with transaction.atomic():
        Turns().give()
