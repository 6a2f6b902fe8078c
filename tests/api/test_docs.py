"""The page and the file that describe the API: for those who are known, and honest."""

import importlib
import pkgutil
from collections import Counter

from django.test import Client
from pydantic import BaseModel

import failonce
from failonce.people.models import Person
from tests.doors import call_api, signed_in


def test_those_signed_in_read_the_page_and_strangers_are_sent_to_sign_in(ada: Person) -> None:
    page = signed_in(ada).get("/api/docs")

    assert page.status_code == 200
    assert "<script>" not in page.content.decode()
    assert "cdn" not in page.content.decode()
    assert Client().get("/api/docs")["Location"] == "/sign-in/?next=/api/docs"


def test_a_token_reads_the_description(ada: Person) -> None:
    described = call_api(ada, "GET", "/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert "/api/people/me" in described["paths"]


def test_every_operation_says_that_it_takes_a_token_and_how_it_fails(ada: Person) -> None:
    described = call_api(ada, "GET", "/openapi.json").json()

    operations = [operation for path in described["paths"].values() for operation in path.values()]
    assert all(operation.get("security") for operation in operations)
    assert all(operation["summary"] for operation in operations)
    assert all("application/problem+json" in operation["responses"]["default"]["content"] for operation in operations)


def test_every_body_refuses_fields_it_does_not_know(ada: Person) -> None:
    described = call_api(ada, "GET", "/openapi.json").json()

    names = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for path in described["paths"].values()
        for operation in path.values()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }
    assert names
    assert {
        name for name in names if described["components"]["schemas"][name].get("additionalProperties", True)
    } == set()


def test_no_two_shapes_share_a_name() -> None:
    # In the description the second would silently take the place of the first.
    rooms = [room.name for room in pkgutil.iter_modules(failonce.__path__, "failonce.") if room.ispkg]
    names: Counter[str] = Counter()
    for room in rooms:
        if "api" in {module.name for module in pkgutil.iter_modules(importlib.import_module(room).__path__)}:
            module = importlib.import_module(f"{room}.api")
            shapes = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, BaseModel)]
            names.update(each.__name__ for each in shapes if each.__module__ == module.__name__)

    names.pop("Strict")  # a base that no operation takes by itself
    assert [name for name, times in names.items() if times > 1] == []
