"""A restricted failure is seen only by those named, at every door and in every list."""

import json

import pytest

from failonce.failures.models import Failure
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in

SECRET = "The payroll export went to the wrong mailbox."


@pytest.fixture
def restricted(ada: Person, bo: Person) -> Failure:
    said = {"story": SECRET, "title": "Payroll export misdirected", "visibility": "restricted", "readers": [bo.email]}
    code = call_api(ada, "POST", "/failures", said).json()["code"]
    return Failure.objects.get(pk=int(code[2:]))


@pytest.mark.parametrize("address", ["/failures/", "/failures/{code}/", "/modes/", "/"])
def test_pages_show_it_to_nobody_else(restricted: Failure, cy: Person, root: Person, address: str) -> None:
    for person in (cy, root):
        page = signed_in(person).get(address.format(code=restricted.code)).content.decode()

        assert "payroll" not in page.lower()


def test_those_named_and_the_teller_read_it(restricted: Failure, ada: Person, bo: Person) -> None:
    for person in (ada, bo):
        assert SECRET in signed_in(person).get(f"/failures/{restricted.code}/").content.decode()


def test_recall_does_not_give_it_away(restricted: Failure, bo: Person, cy: Person) -> None:
    query = ("recall", "payroll export to the wrong mailbox", "--json")

    assert json.loads(run_cli(cy, *query).stdout)["matches"] == []
    assert json.loads(run_cli(bo, *query).stdout)["matches"][0]["code"] == restricted.code


def test_the_api_answers_as_if_it_did_not_exist(restricted: Failure, cy: Person) -> None:
    hidden = call_api(cy, "GET", f"/failures/{restricted.code}")
    missing = call_api(cy, "GET", "/failures/F-999999")

    assert hidden.status_code == missing.status_code == 404
    assert hidden.json()["detail"].replace(restricted.code, "F-999999") == missing.json()["detail"]
