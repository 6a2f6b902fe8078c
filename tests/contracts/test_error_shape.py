"""Every way in which the API can fail has one shape: problem details, with a sentence that says what to do."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from failonce.failures.models import Failure
from failonce.people import writes
from failonce.people.models import Person
from tests.doors import call_api, token_of

Ask = Callable[[Person, Failure], Any]
TOKEN = {"name": "x", "scopes": ["read"]}


def send(person: Person, method: str, path: str, body: bytes | str = b"", **headers: str) -> Any:
    """Send these very bytes."""
    secret = {"Authorization": f"Bearer {token_of(person)}"}
    client = Client(raise_request_exception=False)
    return client.generic(method, f"/api{path}", body, "application/json", headers=secret | headers)


def edit_twice(ada: Person, failure: Failure) -> Any:
    body = {"story": "Told again.", "version": failure.version}
    call_api(ada, "PUT", f"/failures/{failure.code}", body)
    return call_api(ada, "PUT", f"/failures/{failure.code}", body)


def ask_wrongly_too_often(ada: Person, failure: Failure) -> Any:
    wrong = {"Authorization": "Bearer fo_wrong"}
    return [Client().get("/api/people/me", headers=wrong) for _ in range(101)][-1]


WAYS: dict[str, tuple[int, Ask]] = {
    "no token": (401, lambda ada, f: call_api(None, "GET", "/people/me")),
    "a wrong token": (401, lambda ada, f: send(ada, "GET", "/people/me", Authorization="Bearer fo_wrong")),
    "a token with odd characters": (
        401,
        lambda ada, f: send(ada, "GET", "/people/me", Authorization="Bearer \xff\x00"),
    ),
    "a token by another scheme": (401, lambda ada, f: send(ada, "GET", "/people/me", Authorization="Basic YTpi")),
    "no token for the description": (401, lambda ada, f: call_api(None, "GET", "/openapi.json")),
    "a token without the scope": (
        403,
        lambda ada, f: Client().get("/api/people/me", headers={"Authorization": f"Bearer {token_of(ada, ['tell'])}"}),
    ),
    "not yours to do": (403, lambda ada, f: call_api(ada, "PUT", "/teams/harbour", {"name": "Mine"})),
    "an object that isn't there": (404, lambda ada, f: call_api(ada, "GET", "/failures/F-999999")),
    "a code nobody has": (404, lambda ada, f: call_api(ada, "GET", "/failures/%00%F0%9F%90%9F")),
    "a number beyond any database": (404, lambda ada, f: call_api(ada, "GET", f"/people/{10**40}")),
    "an address that isn't there": (404, lambda ada, f: call_api(ada, "GET", "/nothing/here")),
    "the bare address": (404, lambda ada, f: call_api(None, "GET", "/")),
    "a method that isn't taken": (405, lambda ada, f: call_api(ada, "DELETE", "/people/me")),
    "a body that isn't JSON": (400, lambda ada, f: send(ada, "POST", "/tokens", '{"name": ')),
    "a body that isn't UTF-8": (400, lambda ada, f: send(ada, "POST", "/tokens", b'{"name": "\xff"}')),
    "a body that is a text": (400, lambda ada, f: send(ada, "POST", "/tokens", '"name"')),
    "a body that is a list": (400, lambda ada, f: send(ada, "POST", "/tokens", "[]")),
    "a body that is null": (400, lambda ada, f: send(ada, "POST", "/tokens", "null")),
    "a body with NaN": (400, lambda ada, f: send(ada, "POST", "/tokens", '{"days": NaN}')),
    "a body with an endless number": (400, lambda ada, f: send(ada, "POST", "/tokens", '{"days": ' + "9" * 5000 + "}")),
    "a body nested too deeply": (400, lambda ada, f: send(ada, "POST", "/tokens", '{"a": ' + "[" * 100_000)),
    "no body": (422, lambda ada, f: send(ada, "POST", "/tokens")),
    "a field that is missing": (422, lambda ada, f: call_api(ada, "POST", "/tokens", {"name": "x"})),
    "a field nobody knows": (422, lambda ada, f: call_api(ada, "POST", "/tokens", TOKEN | {"colour": "red"})),
    "a field of another kind": (422, lambda ada, f: call_api(ada, "POST", "/tokens", TOKEN | {"days": "soon"})),
    "a number for yes or no": (
        422,
        lambda ada, f: call_api(ada, "PUT", f"/people/{ada.pk}/duties", {"is_leader": 1, "is_administrator": 0}),
    ),
    "a body that says it is a form": (
        422,
        lambda ada, f: send(ada, "POST", "/tokens", "{}", **{"Content-Type": "multipart/form-data"}),
    ),
    "a limit beyond any page": (422, lambda ada, f: call_api(ada, "GET", f"/people?limit={2**65}")),
    "an offset beyond any database": (422, lambda ada, f: call_api(ada, "GET", f"/people?offset={2**65}")),
    "a query parameter nobody knows": (422, lambda ada, f: call_api(ada, "GET", "/failures?nonsense=1")),
    "an offset below nothing": (422, lambda ada, f: call_api(ada, "GET", "/people?offset=-1")),
    "words a write refuses": (422, lambda ada, f: call_api(ada, "POST", "/tokens", TOKEN | {"scopes": ["fly"]})),
    "somebody saved in between": (409, edit_twice),
    "too many wrong tokens": (429, ask_wrongly_too_often),
}


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


def assert_is_a_problem(answer: Any, status: int) -> None:
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) - {"fields", "theirs"} == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert problem["detail"][0].isupper()
    assert problem["detail"].endswith((".", ">"))
    assert all(isinstance(why, str) and why for why in problem.get("fields", {}).values())
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_fail_has_the_one_shape(ada: Person, adas_failure: Failure, way: str) -> None:
    status, ask = WAYS[way]

    assert_is_a_problem(ask(ada, adas_failure), status)


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("database is locked"), 503), (ZeroDivisionError(), 500)]
)
def test_what_fails_on_our_side_has_it_too(
    ada: Person, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    def fail(**said: Any) -> None:
        raise error

    monkeypatch.setattr(writes, "issue_token", fail)

    answer = send(ada, "POST", "/tokens", '{"name": "x", "scopes": ["read"]}')

    assert_is_a_problem(answer, status)
    assert answer.get("Retry-After") == ("5" if status == 503 else None)
    assert "division" not in answer.content.decode()


def test_headers_that_say_what_to_do_come_along(ada: Person) -> None:
    assert call_api(None, "GET", "/people/me")["WWW-Authenticate"] == "Bearer"
    assert "GET" in call_api(ada, "DELETE", "/people/me")["Allow"]


def test_fields_are_named_as_the_sender_names_them(ada: Person) -> None:
    answer = call_api(ada, "POST", "/tokens", {"scopes": ["read", 5], "colour": "red"})

    assert set(answer.json()["fields"]) == {"name", "scopes.1", "colour"}


def test_a_body_that_can_not_be_read_says_where(ada: Person) -> None:
    assert "line 2, column 3" in send(ada, "POST", "/tokens", '{"name":\n  oops}').json()["detail"]
    assert "byte 3" in send(ada, "POST", "/tokens", b'{"a\xff": 1}').json()["detail"]


def test_pages_keep_their_own_errors(ada: Person) -> None:
    assert Client().get("/nothing/here")["Content-Type"].startswith("text/html")
