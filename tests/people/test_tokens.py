"""API tokens: shown once, kept as a hash, within a scope, until they end."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from failonce.people.models import APIToken, Person
from failonce.people.writes import issue_token, revoke_token
from tests.doors import call_api, run_cli, signed_in

Door = Callable[[Person], str]


def through_the_page(person: Person) -> str:
    form = {"name": "Pipeline", "scopes": ["read", "preflight"], "days": "30"}
    answer = signed_in(person).post("/account/tokens/", form)
    assert "no-store" in answer["Cache-Control"]
    return str(re.findall(r"fo_[\w-]{40,}", answer.content.decode())[0])


def through_the_api(person: Person) -> str:
    body = {"name": "Pipeline", "scopes": ["preflight", "read"], "days": 30}
    return str(call_api(person, "POST", "/tokens", body).json()["secret"])


def through_the_cli(person: Person) -> str:
    options = ["--name", "Pipeline", "--scope", "read", "--scope", "preflight", "--days", "30", "--json"]
    return str(json.loads(run_cli(person, "people", "token", *options).stdout)["secret"])


def ask(secret: str, path: str = "/people/me") -> int:
    return Client().get(f"/api{path}", headers={"Authorization": f"Bearer {secret}"}).status_code


def said_to(header: str) -> str:
    return str(Client().get("/api/people/me", headers={"Authorization": header}).json()["detail"])


@pytest.mark.parametrize("door", [through_the_page, through_the_api, through_the_cli])
def test_every_door_issues_the_same_token(ada: Person, door: Door) -> None:
    secret = door(ada)

    token = APIToken.objects.get(hint=secret[:8])
    assert (token.person, token.name, token.scopes) == (ada, "Pipeline", ["read", "preflight"])
    assert token.expires_at is not None
    assert ask(secret) == 200
    assert secret not in str(APIToken.objects.filter(pk=token.pk).values())
    assert secret not in signed_in(ada).get("/account/tokens/").content.decode()


@pytest.mark.parametrize("scopes", [[], ["read", "fly"], ["READ"]])
def test_a_token_needs_scopes_that_exist(ada: Person, scopes: list[str]) -> None:
    assert call_api(ada, "POST", "/tokens", {"name": "x", "scopes": scopes}).status_code == 422
    assert signed_in(ada).post("/account/tokens/", {"name": "x", "scopes": scopes}).status_code == 422


@pytest.mark.parametrize("days", [0, -1, 3651, 10**30])
def test_a_token_lasts_days_that_make_sense(ada: Person, days: int) -> None:
    assert call_api(ada, "POST", "/tokens", {"name": "x", "scopes": ["read"], "days": days}).status_code == 422


def test_a_token_opens_only_its_scope(ada: Person) -> None:
    issued = issue_token(actor=ada, name="Reader", scopes=["read"])

    assert ask(issued.secret, "/people/me") == 200
    assert ask(issued.secret, "/tokens") == 403


def test_a_token_can_not_issue_more_than_itself(ada: Person) -> None:
    manager = issue_token(actor=ada, name="Manager", scopes=["manage", "read"], days=10).secret
    headers = {"Authorization": f"Bearer {manager}"}

    def issue(**body: object) -> int:
        return Client().post("/api/tokens", {"name": "x", **body}, "application/json", headers=headers).status_code

    assert issue(scopes=["tell"]) == 403
    assert issue(scopes=["read"], days=11) == 403
    assert issue(scopes=["read"]) == 201
    assert APIToken.objects.get(name="x").expires_at <= timezone.now() + timedelta(days=10)  # type: ignore[operator]


def test_a_token_ends_when_it_says(ada: Person) -> None:
    secret = issue_token(actor=ada, name="Short", scopes=["read"], days=1).secret

    with time_machine.travel(timezone.now() + timedelta(hours=23), tick=False):
        assert ask(secret) == 200
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert ask(secret) == 401


def test_revoking_ends_a_token_at_once(ada: Person) -> None:
    by_page, by_api = (issue_token(actor=ada, name=name, scopes=["read"]) for name in ("one", "two"))

    signed_in(ada).post(f"/account/tokens/{by_page.token.pk}/revoke/")
    assert call_api(ada, "DELETE", f"/tokens/{by_api.token.pk}").status_code == 204

    assert (ask(by_page.secret), ask(by_api.secret)) == (401, 401)


def test_no_token_and_one_that_opens_nothing_are_told_apart_and_nothing_more(ada: Person) -> None:
    revoked, ended = (issue_token(actor=ada, name=name, scopes=["read"], days=1) for name in ("one", "two"))
    revoke_token(actor=ada, token=revoked.token)
    APIToken.objects.filter(pk=ended.token.pk).update(expires_at=timezone.now())

    said = {said_to(f"Bearer {secret}") for secret in (revoked.secret, ended.secret, "fo_never", "\xff")}
    nothing_sent = {said_to(header) for header in ("", "Bearer", "Bearer ", "Basic YTpi")}

    assert said == {"The API token you sent isn't known here, or not any more. Issue another under your account."}
    assert nothing_sent == {"Send an API token: Authorization: Bearer <token>. Issue one under your account."}


def test_nobody_finds_or_ends_the_token_of_another(ada: Person, bo: Person, root: Person) -> None:
    issued = issue_token(actor=ada, name="Hers", scopes=["read"])

    assert signed_in(bo).post(f"/account/tokens/{issued.token.pk}/revoke/").status_code == 404
    assert call_api(bo, "DELETE", f"/tokens/{issued.token.pk}").status_code == 404
    assert ask(issued.secret) == 200
    assert call_api(root, "DELETE", f"/tokens/{issued.token.pk}").status_code == 204


def test_the_day_of_the_last_use_is_kept(ada: Person) -> None:
    issued = issue_token(actor=ada, name="Used", scopes=["read"])
    assert issued.token.last_used_on is None

    ask(issued.secret)

    issued.token.refresh_from_db()
    assert issued.token.last_used_on == timezone.now().date()


def test_a_script_with_an_old_token_is_told_to_slow_down_and_its_neighbour_is_not(ada: Person) -> None:
    for _ in range(100):
        assert ask("fo_old") == 401

    refused = Client().get("/api/people/me", headers={"Authorization": "Bearer fo_old"})

    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert ask(issue_token(actor=ada, name="Right", scopes=["read"]).secret) == 200
