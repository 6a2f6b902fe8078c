"""No operation of the API passes over a query parameter that it doesn't know."""

import re

import pytest

from failonce.api.api import api
from failonce.failures.models import Failure
from failonce.people.models import Person
from tests.doors import call_api

PATHS = api.get_openapi_schema()["paths"]
WITHOUT_A_BODY = sorted(path.removeprefix("/api") for path, methods in PATHS.items() if "get" in methods)


@pytest.mark.parametrize("path", WITHOUT_A_BODY)
def test_what_reads_refuses_a_parameter_nobody_knows(root: Person, path: str) -> None:
    answer = call_api(root, "GET", re.sub(r"\{[^}]*\}", "1", path) + "?nonsense=1")

    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"nonsense"}


def test_it_names_the_parameter_and_those_that_exist(ada: Person) -> None:
    listed = call_api(ada, "GET", "/failures?colour=red&limit=3&q=").json()
    read = call_api(ada, "GET", "/failures/F-1?limit=3").json()
    catalogue = call_api(ada, "GET", "/catalogue/services?query=x").json()

    assert listed["detail"] == (
        "There is no query parameter colour here. /api/failures takes kind, limit, offset, q, service."
    )
    assert read["detail"] == "There is no query parameter limit here. /api/failures/F-1 takes none."
    assert catalogue["detail"].endswith("/api/catalogue/services takes limit, offset, q.")


def test_a_write_with_one_writes_nothing(ada: Person) -> None:
    answer = call_api(ada, "POST", "/failures?dry_run=true", {"story": "The queue filled up."})

    assert answer.status_code == 422
    assert not Failure.objects.exists()


def test_a_stranger_is_asked_for_a_token_first(db: None) -> None:
    assert call_api(None, "GET", "/failures?nonsense=1").status_code == 401
