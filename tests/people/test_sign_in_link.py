"""Sign-in links: from the terminal, once, within the hour."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.people.errors import NotAllowed, Refused
from failonce.people.links import sign_in_link_for
from failonce.people.models import Person
from failonce.people.writes import close_account, make_sign_in_link
from tests.doors import run_cli

NEW = "a quiet green harbour"


def path_of(link: str) -> str:
    return urlsplit(link).path


def test_the_terminal_prints_a_link_that_signs_in_once(root: Person, ada: Person) -> None:
    printed = run_cli(root, "people", "link", "ADA@example.org")
    path = path_of(printed.stdout.strip())
    first, second = Client(), Client()

    assert first.post(path)["Location"] == "/"
    assert first.get("/account/").context["request"].user == ada
    assert second.post(path).status_code == 410
    assert second.get("/account/").status_code == 302
    assert Entry.objects.of(ada.code)[0].verb == Verb.PERSON_LINK


def test_looking_at_a_link_does_not_use_it_up(ada: Person, client: Client) -> None:
    path = path_of(sign_in_link_for(ada))

    assert "Ada" in client.get(path).content.decode()
    assert "Ada" in client.get(path).content.decode()
    assert client.get("/account/").status_code == 302
    assert client.post(path).status_code == 302


def test_a_link_ends_after_an_hour(ada: Person, client: Client) -> None:
    path = path_of(sign_in_link_for(ada))

    with time_machine.travel(timezone.now() + timedelta(minutes=59), tick=False):
        assert client.get(path).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert client.post(path).status_code == 410


def test_a_new_password_and_a_closed_account_end_links(ada: Person, bo: Person, root: Person, client: Client) -> None:
    for_ada, for_bo = path_of(sign_in_link_for(ada)), path_of(sign_in_link_for(bo))
    ada.set_password("another horse battery")
    ada.save()
    close_account(actor=root, person=bo)

    assert client.post(for_ada).status_code == 410
    assert client.post(for_bo).status_code == 410


def test_whoever_came_by_a_link_may_have_forgotten_the_password_within_the_hour(ada: Person, client: Client) -> None:
    client.post(path_of(sign_in_link_for(ada)))
    form = {"new_password1": NEW, "new_password2": NEW}

    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert client.post("/account/password/", form).status_code == 200
    assert 'name="old_password"' not in client.get("/account/password/").content.decode()
    assert client.post("/account/password/", form)["Location"] == "/account/"

    assert Client().post("/sign-in/", {"username": ada.email, "password": NEW}).status_code == 302
    assert 'name="old_password"' in client.get("/account/password/").content.decode()


def test_a_link_gives_no_password_to_an_account_without_one(root: Person, client: Client) -> None:
    root.set_unusable_password()
    root.save()
    client.post(path_of(sign_in_link_for(root)))

    client.post("/account/password/", {"new_password1": NEW, "new_password2": NEW})

    assert not Person.objects.get(pk=root.pk).has_usable_password()


def test_a_made_up_link_says_it_is_over(client: Client, ada: Person) -> None:
    signed_for_another_purpose = signing.dumps([ada.pk, ""], salt="another")
    altered = path_of(sign_in_link_for(ada)).split("/")[2].swapcase()

    for key in ("x", "a:b:c", signed_for_another_purpose, altered):
        answer = client.get(f"/sign-in/{key}/")
        assert answer.status_code == 410
        assert "failonce people link" in answer.content.decode()


def test_only_administrators_make_links_and_only_for_open_accounts(ada: Person, bo: Person, root: Person) -> None:
    with pytest.raises(NotAllowed):
        make_sign_in_link(actor=ada, person=bo)
    close_account(actor=root, person=bo)
    with pytest.raises(Refused):
        make_sign_in_link(actor=root, person=bo)


def test_the_server_may_say_where_it_listens(ada: Person) -> None:
    assert sign_in_link_for(ada, site="http://127.0.0.1:8123/").startswith("http://127.0.0.1:8123/sign-in/")


def test_an_unknown_address_reads_how_to_invite(root: Person) -> None:
    refused = run_cli(root, "people", "link", "nobody@example.org")

    assert refused.exit_code == 1
    assert "failonce people invite nobody@example.org" in refused.stderr
