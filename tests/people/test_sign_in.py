"""Signing in and out: by address and password, and no further than our own pages."""

import re
from typing import Any

import pytest
from django.test import Client

from failonce.people.models import Person
from tests.doors import signed_in

PASSWORD = "correct horse battery"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"username": email, "password": password, **more})


@pytest.mark.parametrize("typed", ["ada@example.org", "ADA@Example.org", "  Ada@example.ORG "])
def test_the_address_is_taken_in_any_case(client: Client, ada: Person, typed: str) -> None:
    answer = sign_in(client, typed)

    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [("ada@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("", ""), ("ada@example.org\x00", PASSWORD)],
)
def test_who_is_wrong_reads_why_and_stays_a_stranger(client: Client, ada: Person, email: str, password: str) -> None:
    answer = sign_in(client, email, password)

    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert client.get("/account/").status_code == 302


def test_a_wrong_address_and_a_wrong_password_read_the_same(client: Client, ada: Person) -> None:
    password = sign_in(client, "ada@example.org", "wrong").context["form"].errors
    address = sign_in(client, "nobody@example.org", "wrong").context["form"].errors

    assert password == address


def test_after_sign_in_one_gets_where_one_wanted(client: Client, ada: Person) -> None:
    turned_away = client.get("/people/?page=2")
    assert turned_away["Location"] == "/sign-in/?next=/people/%3Fpage%3D2"

    answer = sign_in(client, "ada@example.org", next="/people/?page=2")

    assert answer["Location"] == "/people/?page=2"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "https:evil"])
def test_next_never_leads_to_another_host(client: Client, ada: Person, elsewhere: str) -> None:
    assert sign_in(client, "ada@example.org", next=elsewhere)["Location"] == "/"


def test_a_closed_account_does_not_open(client: Client, ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(is_active=False)

    assert sign_in(client, "ada@example.org").status_code == 200
    assert client.get("/account/").status_code == 302


def test_signing_out_takes_a_button_not_a_link(ada: Person) -> None:
    client = signed_in(ada)

    assert client.get("/sign-out/").status_code == 405
    assert client.get("/account/").status_code == 200
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/account/").status_code == 302


def test_twenty_wrong_passwords_close_the_door_for_a_while(client: Client, ada: Person, bo: Person) -> None:
    for _ in range(20):
        sign_in(
            client,
            "ada@example.org",
            "wrong",
        )

    refused = sign_in(client, "Ada@example.org")

    assert "Too many attempts" in refused.content.decode()
    assert client.get("/account/").status_code == 302
    assert sign_in(client, "bo@example.org").status_code == 302


def test_one_who_signs_in_begins_a_new_count(client: Client, ada: Person) -> None:
    for _ in range(2):
        for _ in range(15):
            sign_in(client, "ada@example.org", "wrong")
        assert sign_in(client, "ada@example.org").status_code == 302
        client.post("/sign-out/")


def test_trying_one_password_on_many_addresses_is_stopped_too(client: Client, ada: Person) -> None:
    for number in range(100):
        sign_in(client, f"somebody{number}@example.org", "wrong")

    assert "Too many attempts" in sign_in(client, "ada@example.org").content.decode()
    elsewhere = Client(headers={"X-Forwarded-For": "192.0.2.7"})
    assert sign_in(elsewhere, "ada@example.org").status_code == 302


def test_passwords_are_kept_with_argon2(settings: Any) -> None:
    from django.contrib.auth.hashers import check_password, make_password

    from failonce.config import settings as shipped

    settings.PASSWORD_HASHERS = shipped.PASSWORD_HASHERS
    kept = make_password(PASSWORD)

    assert kept.startswith("argon2$argon2id$")
    assert check_password(PASSWORD, kept)


def test_a_wrong_password_reads_only_what_helps(client: Client, ada: Person) -> None:
    page = sign_in(client, "ada@example.org", "wrong").content.decode()

    said = re.sub(r"<[^>]+>|\s+", " ", page.partition('role="alert">')[2].partition("</div>")[0]).strip()
    assert said.startswith("That address and password don")
    assert "lost" not in said
