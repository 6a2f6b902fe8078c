"""Inviting and joining: one link, one address, once."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from failonce.history.chain import verify
from failonce.people import mails
from failonce.people.errors import Refused
from failonce.people.models import Invitation, Person, Team
from failonce.people.writes import close_account, invite_person, join, withdraw_invitation
from tests.doors import call_api, run_cli, signed_in
from tests.people.conftest import Mailbox

DI = {"name": "Di", "password": "a quiet green harbour", "again": "a quiet green harbour"}
Door = Callable[[Person, str, str], str]


def through_the_page(actor: Person, email: str, team: str) -> str:
    number = Team.objects.get(slug=team).pk
    answer = signed_in(actor).post("/people/invite/", {"email": email, "team": number})
    return str(re.findall(r"http\S+/join/[\w-]+/", answer.content.decode())[0])


def through_the_api(actor: Person, email: str, team: str) -> str:
    answer = call_api(actor, "POST", "/people/invitations", {"email": email, "team": team})
    assert answer.status_code == 201
    return str(answer.json()["link"])


def through_the_cli(actor: Person, email: str, team: str) -> str:
    return run_cli(actor, "people", "invite", email, "--team", team).stdout.strip()


EVERY_DOOR = pytest.mark.parametrize("door", [through_the_page, through_the_api, through_the_cli])


@EVERY_DOOR
def test_every_door_invites_and_the_link_lets_one_join(
    root: Person, harbour: Team, client: Client, door: Door, mailbox: Mailbox
) -> None:
    link = door(root, "Di@Example.org", "harbour")
    path = urlsplit(link).path
    assert "di@example.org" in client.get(path).content.decode()

    joined = client.post(path, DI)

    assert joined["Location"] == "/"
    di = Person.objects.get(email="di@example.org")
    assert (di.name, di.team, di.is_administrator, di.is_leader) == ("Di", harbour, False, False)
    assert client.get("/account/").context["request"].user == di
    (mail,) = mailbox.arrived()
    assert mail["To"] == "di@example.org"
    assert link in mail.get_content()
    assert list(verify()) == []


@EVERY_DOOR
def test_without_a_mail_server_the_link_is_shown_all_the_same(
    root: Person, harbour: Team, door: Door, no_mail: None, client: Client
) -> None:
    assert client.get(urlsplit(door(root, "di@example.org", "harbour")).path).status_code == 200


def test_a_mail_server_that_is_down_costs_nothing_but_the_mail(root: Person, mailbox: Mailbox, settings: Any) -> None:
    settings.EMAIL_PORT = 1

    answer = call_api(root, "POST", "/people/invitations", {"email": "di@example.org"})

    assert answer.status_code == 201
    assert answer.json()["mailed"] is False


@EVERY_DOOR
def test_a_mail_server_that_hangs_costs_a_moment_and_the_link_is_shown(
    root: Person, harbour: Team, door: Door, silent_mail_server: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mails, "PATIENCE", 0.2)
    begun = time.monotonic()

    link = door(root, "di@example.org", "harbour")

    assert time.monotonic() - begun < settings.EMAIL_TIMEOUT / 2
    assert client.get(urlsplit(link).path).status_code == 200


def test_when_the_mail_server_hangs_every_door_says_so(
    root: Person, silent_mail_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mails, "PATIENCE", 0.1)

    page = signed_in(root).post("/people/invite/", {"email": "di@example.org"}).content.decode()
    api = call_api(root, "POST", "/people/invitations", {"email": "dj@example.org"}).json()
    terminal = run_cli(root, "people", "invite", "dk@example.org").stderr

    assert "No mail is known to have left. Hand di@example.org this link" in page
    assert api["mailed"] is False
    assert "No mail is known to have left: hand them the link." in terminal


def test_only_administrators_invite(ada: Person) -> None:
    assert signed_in(ada).get("/people/invite/").status_code == 403
    assert signed_in(ada).post("/people/invite/", {"email": "di@example.org"}).status_code == 403
    assert call_api(ada, "POST", "/people/invitations", {"email": "di@example.org"}).status_code == 403
    refused = run_cli(ada, "people", "invite", "di@example.org")
    assert refused.exit_code == 1
    assert "Administrators." in refused.stderr
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("email", ["", "di", "di@", "di@example.org, bo@example.org", "di@example.org\x00", "d" * 300])
def test_what_is_no_address_is_refused_at_every_door(root: Person, email: str) -> None:
    page = signed_in(root).post("/people/invite/", {"email": email})
    api = call_api(root, "POST", "/people/invitations", {"email": email})

    assert (page.status_code, api.status_code) == (422, 422)
    assert not Invitation.objects.exists()


def test_somebody_with_an_account_is_not_invited_again(root: Person, ada: Person) -> None:
    answer = call_api(root, "POST", "/people/invitations", {"email": "ADA@example.org"})

    assert answer.status_code == 422
    assert "account" in answer.json()["fields"]["email"]


def test_an_unknown_team_is_named_in_the_refusal(root: Person) -> None:
    answer = call_api(root, "POST", "/people/invitations", {"email": "di@example.org", "team": "nowhere"})

    assert answer.status_code == 404
    assert "nowhere" in answer.json()["detail"]


def test_an_invitation_works_once(root: Person, client: Client) -> None:
    path = urlsplit(invite_person(actor=root, email="di@example.org").link).path
    client.post(path, DI)

    for answer in (Client().get(path), Client().post(path, DI | {"name": "Eve"})):
        assert answer.status_code == 410
        assert "It was used on" in answer.content.decode()
    assert Person.objects.filter(email="di@example.org").get().name == "Di"


def test_an_old_invitation_says_whom_to_ask(root: Person, client: Client) -> None:
    path = urlsplit(invite_person(actor=root, email="di@example.org").link).path

    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1), tick=False):
        answer = client.post(path, DI)

    assert answer.status_code == 410
    assert "Ask whoever invited you for a new one" in answer.content.decode()
    assert not Person.objects.filter(email="di@example.org").exists()


def test_a_made_up_invitation_opens_nothing(client: Client, db: None) -> None:
    assert "No invitation has this address" in client.get("/join/fo_guess/").content.decode()


def test_a_withdrawn_invitation_opens_nothing(root: Person, client: Client) -> None:
    invited = invite_person(actor=root, email="di@example.org")
    browser = signed_in(root)
    assert "di@example.org" in browser.get("/people/").content.decode()

    browser.post(f"/people/invitations/{invited.invitation.pk}/withdraw/")

    assert client.get(urlsplit(invited.link).path).status_code == 410
    assert Invitation.objects.get().email not in browser.get("/people/").context["invitations"]
    with pytest.raises(Refused):
        withdraw_invitation(actor=root, invitation=invited.invitation)


@pytest.mark.parametrize(
    "change",
    [
        {"password": "short", "again": "short"},
        {"password": "password123456", "again": "password123456"},
        {"again": "something else entirely"},
        {"name": "   "},
        {"name": "D" * 121},
    ],
)
def test_what_can_not_be_kept_is_said_and_the_link_still_works(
    root: Person, client: Client, change: dict[str, str]
) -> None:
    path = urlsplit(invite_person(actor=root, email="di@example.org").link).path

    answer = client.post(path, DI | change)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Person.objects.filter(email="di@example.org").exists()
    assert client.post(path, DI).status_code == 302


def test_an_invited_administrator_becomes_one(root: Person, client: Client) -> None:
    printed = run_cli(root, "people", "invite", "di@example.org", "--administrator")

    client.post(urlsplit(printed.stdout.strip()).path, DI)

    assert Person.objects.get(email="di@example.org").is_administrator


def test_a_closed_account_comes_back_with_its_number(root: Person, ada: Person, client: Client) -> None:
    close_account(actor=root, person=ada)
    path = urlsplit(invite_person(actor=root, email="ada@example.org").link).path

    client.post(path, DI | {"name": "Ada again"})

    back = Person.objects.get(email="ada@example.org")
    assert (back.pk, back.name, back.is_active) == (ada.pk, "Ada again", True)


def test_two_invitations_of_one_address_make_one_account(root: Person) -> None:
    first, second = (invite_person(actor=root, email="di@example.org").link for _ in range(2))
    join(secret=first.split("/")[-2], name="Di", password="a quiet green harbour")

    with pytest.raises(Refused, match="an account with this address"):
        join(secret=second.split("/")[-2], name="Eve", password="a quiet green harbour")


def test_on_an_empty_installation_the_terminal_lets_the_first_one_in(db: None, client: Client) -> None:
    printed = run_cli(None, "people", "invite", "first@example.org", "--administrator")

    assert client.post(urlsplit(printed.stdout.strip()).path, DI).status_code == 302
