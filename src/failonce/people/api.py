"""People, invitations, teams, practices and tokens as JSON."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from ninja.responses import Status
from pydantic import BaseModel, ConfigDict

from failonce.api.paging import Limit, Offset, page_of
from failonce.api.tokens import needs, person_of, token_of
from failonce.people import mails, writes
from failonce.people.errors import NotAllowed
from failonce.people.models import (
    APIToken,
    Person,
    Practice,
    Team,
    invitation_for,
    person_for,
    practice_for,
    team_for,
    token_for,
)
from failonce.people.site import address_of

router = Router(tags=["people"])


class Strict(BaseModel):
    """An input that refuses what it doesn't know, and takes no 0 for false: who administers isn't guessed."""

    model_config = ConfigDict(extra="forbid", strict=True)


class InvitationIn(Strict):
    """Whom to invite; the team by its short name."""

    email: str
    team: str = ""
    is_administrator: bool = False


class InvitationOut(BaseModel):
    """An invitation; its link is shown this once, and was mailed if `mailed` says so."""

    number: int
    email: str
    link: str
    expires_at: datetime
    mailed: bool


class PersonOut(BaseModel):
    """Somebody with an account; the address is for themselves and administrators."""

    number: int
    name: str
    email: str | None
    team: str | None
    is_leader: bool
    is_administrator: bool
    is_active: bool
    url: str


class PeoplePage(BaseModel):
    """Some people by name, and where the next page begins."""

    people: list[PersonOut]
    next_offset: int | None


class PersonNameIn(Strict):
    """What others shall see."""

    name: str


class DutiesIn(Strict):
    """Team (by short name, empty for none) and duties."""

    team: str = ""
    is_leader: bool
    is_administrator: bool


class TeamIn(Strict):
    """What a team is called."""

    name: str


class TeamOut(BaseModel):
    """A team."""

    slug: str
    name: str


class TeamPage(BaseModel):
    """Some teams by name, and where the next page begins."""

    teams: list[TeamOut]
    next_offset: int | None


class PracticeIn(Strict):
    """What a practice is for, and who has which role, by number."""

    purpose: str
    owner: int | None = None
    manager: int | None = None
    practitioners: list[int] = []


class PracticeOut(BaseModel):
    """A practice and who has which role, by number."""

    slug: str
    name: str
    purpose: str
    owner: int | None
    manager: int | None
    practitioners: list[int]


class TokenIn(Strict):
    """A token to issue: what it is for, what it may do, and for how many days."""

    name: str
    scopes: list[str]
    days: int | None = None


class TokenOut(BaseModel):
    """A token as it can be shown again: without its secret."""

    number: int
    name: str
    hint: str
    scopes: list[str]
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class IssuedOut(TokenOut):
    """A token with its secret, which is shown this once."""

    secret: str


@router.get("/people/me", response=PersonOut, auth=needs("read"), summary="Who am I?")
def me(request: HttpRequest) -> PersonOut:
    """Return whom the token belongs to."""
    return _person(person_of(request), person_of(request))


@router.get("/people", response=PeoplePage, auth=needs("read"), summary="List people")
def list_people(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> PeoplePage:
    """List those with an open account, by name."""
    return people_for(person_of(request), limit, offset)


@router.get("/people/{int:number}", response=PersonOut, auth=needs("read"), summary="Read an account")
def read_person(request: HttpRequest, number: int) -> PersonOut:
    """Return one account."""
    return _person(person_for(person_of(request), number), person_of(request))


@router.put("/people/{int:number}/name", response=PersonOut, auth=needs("manage"), summary="Rename somebody")
def rename(request: HttpRequest, number: int, body: PersonNameIn) -> PersonOut:
    """Change the name others see; one's own, or as an administrator."""
    person = person_for(person_of(request), number)
    writes.rename_person(actor=person_of(request), person=person, name=body.name)
    return _person(person, person_of(request))


@router.put("/people/{int:number}/duties", response=PersonOut, auth=needs("manage"), summary="Say team and duties")
def appoint(request: HttpRequest, number: int, body: DutiesIn) -> PersonOut:
    """Say which team somebody is of, and whether they lead or administer."""
    actor = person_of(request)
    person = person_for(actor, number)
    writes.appoint_person(
        actor=actor,
        person=person,
        team=team_for(actor, body.team) if body.team else None,
        is_leader=body.is_leader,
        is_administrator=body.is_administrator,
    )
    return _person(person, actor)


@router.post("/people/{int:number}/close", response=PersonOut, auth=needs("manage"), summary="Close an account")
def close(request: HttpRequest, number: int) -> PersonOut:
    """End somebody's sessions and tokens for good; their words stay."""
    person = person_for(person_of(request), number)
    writes.close_account(actor=person_of(request), person=person)
    return _person(person, person_of(request))


@router.post("/people/invitations", response={201: InvitationOut}, auth=needs("manage"), summary="Invite somebody")
def invite(request: HttpRequest, body: InvitationIn) -> Status[InvitationOut]:
    """Invite an address; hand over the link if it wasn't mailed."""
    return Status(201, invite_for(person_of(request), body))


@router.delete(
    "/people/invitations/{int:number}", response={204: None}, auth=needs("manage"), summary="Withdraw an invitation"
)
def withdraw_invitation(request: HttpRequest, number: int) -> Status[None]:
    """End an invitation that nobody has used."""
    actor = person_of(request)
    writes.withdraw_invitation(actor=actor, invitation=invitation_for(actor, number))
    return Status(204, None)


@router.get("/teams", response=TeamPage, auth=needs("read"), summary="List teams")
def list_teams(request: HttpRequest, limit: Limit = 50, offset: Offset = 0) -> TeamPage:
    """List teams by name."""
    page = page_of(Team.objects.order_by("name", "pk"), limit, offset)
    return TeamPage(teams=[_team(row) for row in page.rows], next_offset=page.next_offset)


@router.put("/teams/{slug}", response=TeamOut, auth=needs("manage"), summary="Describe a team")
def describe_team(request: HttpRequest, slug: str, body: TeamIn) -> TeamOut:
    """Name the team with this short name, a new one if there is none."""
    return _team(writes.describe_team(actor=person_of(request), slug=slug, name=body.name))


@router.get("/practices", response=list[PracticeOut], auth=needs("read"), summary="List practices")
def list_practices(request: HttpRequest) -> list[PracticeOut]:
    """List the practices with their owner, manager and practitioners."""
    return [_practice(row) for row in Practice.objects.prefetch_related("practitioners")]


@router.put("/practices/{slug}", response=PracticeOut, auth=needs("manage"), summary="Describe a practice")
def describe_practice(request: HttpRequest, slug: str, body: PracticeIn) -> PracticeOut:
    """Say what a practice is for, who owns and runs it, and who practises it."""
    actor = person_of(request)
    practice = practice_for(actor, slug)
    writes.describe_practice(
        actor=actor,
        practice=practice,
        purpose=body.purpose,
        owner=person_for(actor, body.owner) if body.owner is not None else None,
        manager=person_for(actor, body.manager) if body.manager is not None else None,
        practitioners=[person_for(actor, number) for number in body.practitioners],
    )
    return _practice(practice)


@router.get("/tokens", response=list[TokenOut], auth=needs("manage"), summary="List one's own tokens")
def list_tokens(request: HttpRequest) -> list[TokenOut]:
    """List one's own API tokens, newest first."""
    return [TokenOut(**_token(row)) for row in person_of(request).tokens.all()[:200]]


@router.post("/tokens", response={201: IssuedOut}, auth=needs("manage"), summary="Issue a token")
def issue_token(request: HttpRequest, body: TokenIn) -> Status[IssuedOut]:
    """Issue a token that may do no more, and lasts no longer, than the one it is asked with."""
    asking = token_of(request)
    if beyond := sorted(set(body.scopes) & set(writes.SCOPES) - set(asking.scopes)):
        lacking = ", ".join(beyond)
        raise NotAllowed(f"This token can't hand on {lacking}: it doesn't have it. Issue one on your account page.")
    days = _days_left(asking, body.days)
    issued = writes.issue_token(actor=person_of(request), name=body.name, scopes=body.scopes, days=days)
    return Status(201, IssuedOut(**_token(issued.token), secret=issued.secret))


@router.delete("/tokens/{int:number}", response={204: None}, auth=needs("manage"), summary="Revoke a token")
def revoke_token(request: HttpRequest, number: int) -> Status[None]:
    """End a token now."""
    actor = person_of(request)
    writes.revoke_token(actor=actor, token=token_for(actor, number))
    return Status(204, None)


# The command line on this machine's data comes through these too.


def invite_for(actor: Person, body: InvitationIn) -> InvitationOut:
    """Invite an address, and mail the link where mail is set up."""
    invited = writes.invite_person(
        actor=actor,
        email=body.email,
        team=team_for(actor, body.team) if body.team else None,
        is_administrator=body.is_administrator,
    )
    invitation = invited.invitation
    return InvitationOut(
        number=invitation.pk,
        email=invitation.email,
        link=invited.link,
        expires_at=invitation.expires_at,
        mailed=mails.send_invitation(invited),
    )


def people_for(reader: Person, limit: int, offset: int) -> PeoplePage:
    """List those with an open account, by name."""
    page = page_of(Person.objects.filter(is_active=True).select_related("team").order_by("name", "pk"), limit, offset)
    return PeoplePage(people=[_person(row, reader) for row in page.rows], next_offset=page.next_offset)


def _days_left(asking: APIToken, days: int | None) -> int | None:
    """Return how long the new token lasts: as asked, but not beyond the one it is asked with."""
    if asking.expires_at is None:
        return days
    left = (asking.expires_at - timezone.now()).days
    if left < 1 or (days is not None and days > left):
        raise NotAllowed(f"This token ends in {left} days and can't issue one that outlives it. Ask for fewer days.")
    return left if days is None else days


def _person(row: Person, reader: Person) -> PersonOut:
    return PersonOut(
        number=row.pk,
        email=row.email if reader.is_administrator or reader.pk == row.pk else None,
        team=row.team.slug if row.team else None,
        url=address_of(row.get_absolute_url()),
        **{name: getattr(row, name) for name in ("name", "is_leader", "is_administrator", "is_active")},
    )


def _team(row: Team) -> TeamOut:
    return TeamOut(slug=row.slug, name=row.name)


def _practice(row: Practice) -> PracticeOut:
    return PracticeOut(
        slug=row.slug,
        name=row.name,
        purpose=row.purpose,
        owner=row.owner_id,
        manager=row.manager_id,
        practitioners=[person.pk for person in row.practitioners.all()],
    )


def _token(row: APIToken) -> dict[str, object]:
    shown = ("name", "hint", "scopes", "issued_at", "expires_at", "revoked_at")
    return {"number": row.pk, **{name: getattr(row, name) for name in shown}}
