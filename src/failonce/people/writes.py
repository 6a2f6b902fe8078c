"""Every change to accounts, invitations, teams, practices and keys."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from failonce.history import chain
from failonce.history.verbs import Verb
from failonce.people import links
from failonce.people.errors import Refused
from failonce.people.models import APIToken, Invitation, Person, Practice, Team
from failonce.people.permissions import require
from failonce.people.secrets import hash_secret, new_secret
from failonce.people.words import clean, is_clean

OPERATOR = "operator@localhost"
SCOPES = {
    "read": "read what you may read, and recall",
    "tell": "tell and edit failures, lessons and answers",
    "preflight": "ask before a change",
    "manage": "look after people, teams, keys and the catalogue",
}
INVITATION_DAYS = 14
LONGEST_TOKEN_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and its link, which is shown this once."""

    invitation: Invitation
    link: str


@dataclass(frozen=True, slots=True)
class AddressAsked:
    """An address somebody asks for, and the link that confirms it, for its mailbox alone."""

    email: str
    link: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A token and its secret, which is shown this once."""

    token: APIToken
    secret: str


@transaction.atomic
def operator() -> Person:
    """Return who acts for this machine's command line: its first administrator, made if there is none.

    Whoever can run commands here can read and write the database anyway; asking for a password
    would protect nothing and would leave an empty installation without a first door.
    """
    first = Person.objects.filter(is_administrator=True, is_active=True).order_by("pk").first()
    if first is None:
        # Two first commands may both see nobody; the second then gets the one that the first made.
        first, _ = Person.objects.get_or_create(
            email=OPERATOR,
            defaults={"name": "Operator of this machine", "is_administrator": True, "password": make_password(None)},
        )
    return first


@transaction.atomic
def invite_person(*, actor: Person, email: str, team: Team | None = None, is_administrator: bool = False) -> Invited:
    """Invite one address; only the hash of the link's secret is kept. A closed account may be invited back."""
    require(actor, Verb.PERSON_INVITE)
    email = _address(email)
    if Person.objects.filter(email__iexact=email, is_active=True).exists():
        raise Refused(
            "There is an account with this address already. Its person can sign in, or ask for a new password.",
            {"email": "has an account already"},
        )
    secret = new_secret()
    invitation = Invitation.objects.create(
        email=email,
        team=team,
        is_administrator=is_administrator,
        secret_hash=hash_secret(secret),
        invited_by=actor,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    chain.record(actor=actor, verb=Verb.PERSON_INVITE, subject=invitation.code, email=email)
    return Invited(invitation, links.join_link(secret))


@transaction.atomic
def withdraw_invitation(*, actor: Person, invitation: Invitation) -> None:
    """End an invitation that nobody has used."""
    require(actor, Verb.INVITATION_WITHDRAW, invitation)
    now = timezone.now()
    ended = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, expires_at__gt=now).update(expires_at=now)
    if not ended:
        raise Refused("This invitation was used, or has ended already. Nothing changed.")
    chain.record(actor=actor, verb=Verb.INVITATION_WITHDRAW, subject=invitation.code)


def invitation_with(secret: str) -> Invitation | None:
    """Return the invitation this secret belongs to, open or not, or None."""
    return Invitation.objects.select_related("team").filter(secret_hash=hash_secret(secret)).first()


@transaction.atomic
def join(*, secret: str, name: str, password: str) -> Person:
    """Accept an invitation; it is itself the permission, and works once."""
    invitation = Invitation.objects.select_for_update().filter(secret_hash=hash_secret(secret)).first()
    if invitation is None or not invitation.is_open(timezone.now()):
        raise Refused("This invitation was used or has ended. Ask whoever invited you for a new one.")
    # A closed account that is invited back gets its words and its number back.
    person = Person.objects.filter(email__iexact=invitation.email).first() or Person(email=invitation.email)
    if person.pk and person.is_active:
        raise Refused("There is an account with this address already. Sign in, or ask for a new password.")
    person.name, person.team, person.is_active = _name(name), invitation.team, True
    person.is_leader, person.is_administrator = False, invitation.is_administrator
    _put_password(person, password)
    person.save()
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    chain.record(actor=person, verb=Verb.PERSON_JOIN, subject=person.code, invitation=invitation.pk)
    return person


@transaction.atomic
def rename_person(*, actor: Person, person: Person, name: str) -> None:
    """Change the name others see."""
    require(actor, Verb.PERSON_EDIT, person)
    person.name = _name(name)
    person.save(update_fields=["name"])
    chain.record(actor=actor, verb=Verb.PERSON_EDIT, subject=person.code, changed="name", name=person.name)


@transaction.atomic
def set_password(*, actor: Person, password: str) -> None:
    """Give oneself a new password; every other session of this account ends."""
    require(actor, Verb.PERSON_EDIT, actor)
    _put_password(actor, password)
    actor.save(update_fields=["password"])
    chain.record(actor=actor, verb=Verb.PERSON_EDIT, subject=actor.code, changed="password")


def ask_for_address(*, actor: Person, email: str) -> AddressAsked:
    """Ask for another address of one's own; nothing changes until the link is used that is mailed there."""
    require(actor, Verb.PERSON_ADDRESS, actor)
    email = _free_address(email)
    return AddressAsked(email, links.address_link_for(actor, email))


@transaction.atomic
def change_address(*, actor: Person, email: str) -> None:
    """Give one's account the address that the mailed link has confirmed; one signs in with it from now on."""
    require(actor, Verb.PERSON_ADDRESS, actor)
    Person.objects.select_for_update(no_key=True).get(pk=actor.pk)
    actor.email = _free_address(email)
    chain.record(actor=actor, verb=Verb.PERSON_ADDRESS, subject=actor.code, email=actor.email)
    # After the head is held, unlike elsewhere: a new key locks the whole row, which whoever commits asks for.
    actor.save(update_fields=["email"])


@transaction.atomic
def appoint_person(
    *, actor: Person, person: Person, team: Team | None, is_leader: bool, is_administrator: bool
) -> None:
    """Say which team somebody is of, and whether they lead or administer."""
    require(actor, Verb.PERSON_APPOINT, person)
    if not is_administrator:
        _keep_an_administrator(person)
    person.team, person.is_leader, person.is_administrator = team, is_leader, is_administrator
    person.save(update_fields=["team", "is_leader", "is_administrator"])
    chain.record(
        actor=actor,
        verb=Verb.PERSON_APPOINT,
        subject=person.code,
        team=team.slug if team else "",
        is_leader=is_leader,
        is_administrator=is_administrator,
    )


@transaction.atomic
def close_account(*, actor: Person, person: Person) -> None:
    """End somebody's sessions and tokens for good; what they wrote stays, under their name."""
    require(actor, Verb.PERSON_CLOSE, person)
    _keep_an_administrator(person)
    person.is_active = person.is_administrator = person.is_leader = False
    person.set_unusable_password()
    person.save(update_fields=["is_active", "is_administrator", "is_leader", "password"])
    person.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    chain.record(actor=actor, verb=Verb.PERSON_CLOSE, subject=person.code)


@transaction.atomic
def make_sign_in_link(*, actor: Person, person: Person, site: str = "") -> str:
    """Return a link that signs this person in once; history says who made it."""
    require(actor, Verb.PERSON_LINK, person)
    if not person.is_active:
        raise Refused("This account is closed. Invite its address again to open it.")
    link = links.sign_in_link_for(person, site=site)
    chain.record(actor=actor, verb=Verb.PERSON_LINK, subject=person.code)
    return link


@transaction.atomic
def describe_team(*, actor: Person, name: str, slug: str = "") -> Team:
    """Name a team: the one with this short name, or a new one."""
    name = _name(name)
    slug = slugify(slug or name)[:80]
    require(actor, Verb.TEAM_DESCRIBE, Team.objects.filter(slug=slug).first())
    if not slug:
        raise Refused("A team needs a short name.", {"slug": "takes letters, digits and hyphens, as in data-platform"})
    team, is_new = Team.objects.get_or_create(slug=slug, defaults={"name": name})
    if not is_new:
        team.name = name
        team.save(update_fields=["name"])
    chain.record(actor=actor, verb=Verb.TEAM_DESCRIBE, subject=team.code, name=name)
    return team


@transaction.atomic
def describe_practice(
    *,
    actor: Person,
    practice: Practice,
    purpose: str,
    owner: Person | None,
    manager: Person | None,
    practitioners: Collection[Person],
) -> None:
    """Say what a practice is for, who is accountable for it, who runs it and who does the work."""
    require(actor, Verb.PRACTICE_DESCRIBE, practice)
    people = [*filter(None, [owner, manager]), *practitioners]
    if gone := [person.name for person in people if not person.is_active]:
        raise Refused(f"The account of {gone[0]} is closed. Name somebody else.")
    practice.purpose, practice.owner, practice.manager = clean(purpose).strip(), owner, manager
    practice.save(update_fields=["purpose", "owner", "manager"])
    practice.practitioners.set(practitioners)
    chain.record(
        actor=actor,
        verb=Verb.PRACTICE_DESCRIBE,
        subject=practice.code,
        owner=owner.code if owner else "",
        manager=manager.code if manager else "",
        practitioners=sorted(person.code for person in practitioners),
    )


@transaction.atomic
def issue_token(*, actor: Person, name: str, scopes: Collection[str], days: int | None = None) -> Issued:
    """Give oneself a key for scripts; `days` from now it ends, None: when it is revoked."""
    require(actor, Verb.TOKEN_ISSUE)
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        choices = ", ".join(SCOPES)
        raise Refused("A token needs to know what it may do.", {"scopes": f"takes one or more of {choices}"})
    if days is not None and not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise Refused("That isn't a time a token can last.", {"days": f"takes 1 to {LONGEST_TOKEN_DAYS} days"})
    secret = new_secret()
    token = APIToken.objects.create(
        person=actor,
        name=_name(name, "say what the token is for, in at most 120 characters"),
        hint=secret[:8],
        secret_hash=hash_secret(secret),
        scopes=[scope for scope in SCOPES if scope in scopes],
        expires_at=timezone.now() + timedelta(days=days) if days else None,
    )
    chain.record(actor=actor, verb=Verb.TOKEN_ISSUE, subject=token.code, name=token.name, scopes=token.scopes)
    return Issued(token, secret)


@transaction.atomic
def revoke_token(*, actor: Person, token: APIToken) -> None:
    """End a token now; doing it twice changes nothing."""
    require(actor, Verb.TOKEN_REVOKE, token)
    if APIToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        chain.record(actor=actor, verb=Verb.TOKEN_REVOKE, subject=token.code)


def person_with_token(secret: str) -> APIToken | None:
    """Return the live token with this secret, its person beside it, or None."""
    found = APIToken.objects.select_related("person").filter(secret_hash=hash_secret(secret)).first()
    now = timezone.now()
    if found is None or not found.is_live(now) or not found.person.is_active:
        return None
    if found.last_used_on != now.date():  # a day is enough to see an unused key, and spares a write per call
        APIToken.objects.filter(pk=found.pk).update(last_used_on=now.date())
    return found


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email if is_clean(email) and "\ufffd" not in email else "")
    except ValidationError as error:
        raise Refused("That isn't an e-mail address.", {"email": "takes an address like ada@example.org"}) from error
    if len(email) > 254:
        raise Refused("That address is too long.", {"email": "takes at most 254 characters"})
    return email


def _free_address(email: str) -> str:
    email = _address(email)
    # A closed account keeps its address: inviting it back gives its person their words again.
    if Person.objects.filter(email__iexact=email).exists():
        raise Refused("There is an account with this address already.", {"email": "belongs to an account here already"})
    return email


def _name(name: str, need: str = "takes 1 to 120 characters") -> str:
    name = " ".join(clean(name).split())
    if not 1 <= len(name) <= 120:
        raise Refused("A name is needed, and not a long one.", {"name": need})
    return name


def _put_password(person: Person, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused("This password is too easy to guess.", {"password": " ".join(error.messages)}) from error
    person.set_password(password)


def _keep_an_administrator(leaving: Person) -> None:
    """Refuse to take the duty from the last one who has it; the machine's operator doesn't count."""
    if not (leaving.is_administrator and leaving.is_active):
        return
    # Locked, so that two administrators can't each remove the other at the same moment.
    rows = Person.objects.select_for_update(no_key=True).filter(is_administrator=True, is_active=True).order_by("pk")
    if not [person for person in rows if person.pk != leaving.pk and person.email != OPERATOR]:
        raise Refused("This is the last administrator. Make somebody else one first.")
