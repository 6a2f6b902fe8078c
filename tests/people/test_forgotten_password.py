"""A forgotten password: a mail to whom it concerns, the same answer to everyone."""

import re
import time
from typing import Any

from django.test import Client

from failonce.history.models import Entry
from failonce.people.models import Person
from tests.doors import signed_in
from tests.people.conftest import Mailbox

NEW = "a quiet green harbour"


def ask(client: Client, email: str) -> Any:
    return client.post("/password/forgotten/", {"email": email})


def link_in(mail: Any) -> str:
    return str(re.findall(r"(/password/new/\S+)", mail.get_content())[0])


def test_the_mailed_link_sets_a_new_password_once(client: Client, ada: Person, mailbox: Mailbox) -> None:
    elsewhere = signed_in(ada)
    ask(client, "ADA@example.org")
    (mail,) = mailbox.arrived()
    page = client.get(link_in(mail), follow=True)

    client.post(page.redirect_chain[-1][0], {"new_password1": NEW, "new_password2": NEW})

    assert client.post("/sign-in/", {"username": "ada@example.org", "password": NEW}).status_code == 302
    assert elsewhere.get("/account/").status_code == 302
    again = Client().get(link_in(mail), follow=True)
    assert "Ask for a new link" in again.content.decode()
    assert Entry.objects.of(ada.code)[0].details == {"changed": "password"}


def test_the_mail_is_addressed_named_and_leads_to_our_own_address(ada: Person, mailbox: Mailbox) -> None:
    ask(Client(headers={"host": "localhost"}), "ada@example.org")

    (mail,) = mailbox.arrived()
    assert mail["To"] == "ada@example.org"
    assert mail.get_content().startswith("Hello Ada,")
    assert "http://127.0.0.1:8000/password/new/" in mail.get_content()


def test_nobody_learns_who_has_an_account(client: Client, ada: Person, mailbox: Mailbox) -> None:
    for_ada, for_nobody = ask(client, "ada@example.org"), ask(client, "nobody@example.org")

    assert (for_ada.status_code, for_ada["Location"]) == (for_nobody.status_code, for_nobody["Location"])
    assert [mail["To"] for mail in mailbox.arrived()] == ["ada@example.org"]


def test_nobody_is_flooded_with_mail(client: Client, ada: Person, mailbox: Mailbox) -> None:
    for _ in range(8):
        assert ask(client, "ada@example.org").status_code == 302

    assert len(mailbox.arrived()) == 5


def test_a_mail_server_that_hangs_keeps_nobody_waiting(
    client: Client, ada: Person, silent_mail_server: None, settings: Any
) -> None:
    begun = time.monotonic()

    assert ask(client, "ada@example.org").status_code == 302
    assert time.monotonic() - begun < settings.EMAIL_TIMEOUT / 2


def test_without_a_mail_server_the_page_says_what_to_do(client: Client, no_mail: None, db: None) -> None:
    assert "failonce people link" in client.get("/password/forgotten/").content.decode()


def test_a_mail_server_that_is_down_shows_no_error_page(
    client: Client, ada: Person, mailbox: Mailbox, settings: Any
) -> None:
    settings.EMAIL_PORT = 1

    assert ask(client, "ada@example.org").status_code == 302
