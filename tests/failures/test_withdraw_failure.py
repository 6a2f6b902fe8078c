"""Taking a telling back: it leaves lists and recall, and only its teller still reads it."""

import pytest

from failonce.failures.models import Failure
from failonce.failures.writes import withdraw_failure
from failonce.people.errors import Refused
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in


def test_a_withdrawn_failure_leaves_lists_and_recall(ada: Person, bo: Person, adas_failure: Failure) -> None:
    assert adas_failure.code in run_cli(bo, "recall", "the queue filled up").stdout

    signed_in(ada).post(f"/failures/{adas_failure.code}/withdraw/", {"because": "It was a drill."})

    assert adas_failure.title not in signed_in(bo).get("/failures/").content.decode()
    assert adas_failure.code not in run_cli(bo, "recall", "the queue filled up").stdout
    for_bo = signed_in(bo).get(f"/failures/{adas_failure.code}/").content.decode()
    assert "It was a drill." in for_bo
    assert "The queue filled up." not in for_bo
    assert "The queue filled up." in signed_in(ada).get(f"/failures/{adas_failure.code}/").content.decode()


def test_only_the_teller_withdraws_and_only_once(ada: Person, bo: Person, adas_failure: Failure) -> None:
    assert call_api(bo, "POST", f"/failures/{adas_failure.code}/withdraw", {}).status_code == 403
    assert call_api(ada, "POST", f"/failures/{adas_failure.code}/withdraw", {}).status_code == 200
    assert call_api(ada, "POST", f"/failures/{adas_failure.code}/withdraw", {}).status_code == 422


def test_a_second_reason_does_not_replace_the_first(ada: Person, adas_failure: Failure) -> None:
    read_before = Failure.objects.get(pk=adas_failure.pk)
    withdraw_failure(actor=ada, failure=adas_failure, because="It was a drill.")

    with pytest.raises(Refused):
        withdraw_failure(actor=ada, failure=read_before, because="Told twice.")

    assert Failure.objects.get(pk=adas_failure.pk).withdrawn_because == "It was a drill."
