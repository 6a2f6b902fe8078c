"""Another e-mail address for one's account: asked with the password, confirmed from the new address."""

import re
from typing import Any

import pytest
from django.test import Client

from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.people.links import address_link_for
from failonce.people.models import Person
from failonce.people.writes import set_password
from tests.cast import make_person
from tests.doors import signed_in
from tests.people.conftest import Mailbox

PASSWORD, NEW = "correct horse battery", "ada@new.example"


def ask(client: Client, email: str = NEW, password: str = PASSWORD) -> Any:
    return client.post("/account/address/", {"email": email, "password": password})


def link_to(mailbox: Mailbox, address: str) -> str:
    (mail,) = (mail for mail in mailbox.arrived() if mail["To"] == address)
    return str(re.findall(r"(/account/address/\S+)", mail.get_content())[0])


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_the_new_address_is_confirmed_by_its_link_and_the_old_one_is_told(ada: Person, mailbox: Mailbox) -> None:
    browser = signed_in(ada)
    assert ask(browser, " Ada@New.example ").status_code == 302
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    link = link_to(mailbox, NEW)
    assert NEW in browser.get(link).content.decode()

    assert browser.post(link)["Location"] == "/account/"

    assert Client().post("/sign-in/", {"username": NEW, "password": PASSWORD}).status_code == 302
    assert Client().post("/sign-in/", {"username": "ada@example.org", "password": PASSWORD}).status_code == 200
    asked, changed = (mail.get_content() for mail in mailbox.arrived() if mail["To"] == "ada@example.org")
    assert "Nothing has changed yet" in asked
    assert f"new address: {NEW}" in changed
    entry = Entry.objects.of(ada.code)[0]
    assert (entry.verb, entry.details) == (Verb.PERSON_ADDRESS, {"email": NEW})


def test_a_link_works_once_and_not_after_a_new_password(ada: Person) -> None:
    browser = signed_in(ada)
    first, second = (path_of(address_link_for(ada, each)) for each in (NEW, "ada@third.example"))

    assert browser.post(first).status_code == 302
    assert [browser.get(each).status_code for each in (first, second)] == [410, 410]

    ada.refresh_from_db()
    third = path_of(address_link_for(ada, "ada@fourth.example"))
    set_password(actor=ada, password="a quiet green harbour")
    assert signed_in(ada).get(third).status_code == 410


def test_a_link_serves_nobody_else(ada: Person, bo: Person) -> None:
    link = path_of(address_link_for(ada, NEW))

    assert Client().post(link)["Location"].startswith("/sign-in/")
    assert signed_in(bo).post(link).status_code == 410
    assert signed_in(ada).get(link.replace("account/address/", "account/address/x")).status_code == 410
    assert not Person.objects.filter(email=NEW).exists()


@pytest.mark.parametrize(
    ("email", "password", "why"),
    [
        (NEW, "wrong", "your password"),
        ("BO@example.org", PASSWORD, "an account here already"),
        ("gone@example.org", PASSWORD, "an account here already"),
        ("not an address", PASSWORD, "an address like"),
    ],
)
def test_what_is_refused_says_why_and_mails_nobody(
    ada: Person, bo: Person, mailbox: Mailbox, email: str, password: str, why: str
) -> None:
    make_person("Gone", is_active=False)

    answer = ask(signed_in(ada), email, password)

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert mailbox.arrived() == []


def test_an_address_taken_meanwhile_is_refused(ada: Person) -> None:
    link = path_of(address_link_for(ada, NEW))
    Person.objects.create(email=NEW, name="Somebody else")

    assert signed_in(ada).post(link).status_code == 422

    ada.refresh_from_db()
    assert ada.email == "ada@example.org"


def test_a_password_cannot_be_guessed_here(ada: Person, mailbox: Mailbox) -> None:
    browser = signed_in(ada)
    for _ in range(20):
        ask(browser, password="wrong")

    answer = ask(browser)

    assert answer.status_code == 422
    assert "Too many attempts" in answer.content.decode()


def test_nobody_floods_a_mailbox(ada: Person, mailbox: Mailbox) -> None:
    browser = signed_in(ada)

    answers = [ask(browser).status_code for _ in range(6)]

    assert answers == [302] * 5 + [422]


def test_without_a_mail_server_the_page_says_who_can_change_that_and_how(
    ada: Person, root: Person, no_mail: None
) -> None:
    browser = signed_in(ada)

    assert "Ask an administrator to set up mail" in browser.get("/account/address/").content.decode()
    assert "FAILONCE_EMAIL_URL" in signed_in(root).get("/account/address/").content.decode()
    assert ask(browser).status_code == 200
    assert Person.objects.get(pk=ada.pk).email == "ada@example.org"
