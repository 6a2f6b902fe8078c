"""The three doors, each as a function that does one verb for a person and returns the answer."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.test import Client
from django.utils import timezone

from failonce.cli.main import cli
from failonce.people.models import APIToken, Person
from failonce.people.secrets import hash_secret, new_secret

EVERY_SCOPE = ["read", "tell", "preflight", "manage"]


def signed_in(person: Person) -> Client:
    """Return a browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def token_of(person: Person, scopes: list[str] | None = None) -> str:
    """Return a fresh API token of this person."""
    secret = new_secret()
    scopes = EVERY_SCOPE if scopes is None else scopes
    APIToken.objects.create(
        person=person, name="test", hint=secret[:8], secret_hash=hash_secret(secret), scopes=scopes,
        issued_at=timezone.now(),
    )  # fmt: skip
    return secret


def call_api(person: Person | None, method: str, path: str, body: Any = None) -> Any:
    """Return the API's response to this person."""
    headers = {"Authorization": f"Bearer {token_of(person)}"} if person else {}
    return Client().generic(
        method, f"/api{path}", json.dumps(body) if body is not None else "", "application/json", headers=headers
    )


def run_cli(person: Person | None, *args: str, stdin: str | bytes = "") -> Result:
    """Run `failonce` in this process on the test database, acting as this person."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAILONCE_AS", person.email if person else "")
        return CliRunner().invoke(cli, list(args), input=stdin)
