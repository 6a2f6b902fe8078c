"""`failonce people`: invitations, sign-in links and tokens from the terminal."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from failonce.cli.elsewhere import ask, is_elsewhere
from failonce.cli.opening import acting_person, open_installation, say

if TYPE_CHECKING:
    from failonce.people.models import Person

_AT_ONCE = 200  # as many as one page of the API holds


@click.group()
def people() -> None:
    """Invite people, help them sign in, issue tokens."""


@people.command()
@click.argument("email")
@click.option("--team", "slug", default="", metavar="SLUG", help="The team they will be of.")
@click.option("--administrator", is_flag=True, help="They will look after this installation.")
def invite(email: str, slug: str, administrator: bool) -> None:
    """Invite EMAIL; prints the link at which they join."""
    body = {"email": email, "team": slug, "is_administrator": administrator}
    invited = ask("POST", "/people/invitations", body) if is_elsewhere() else _invite_here(body)
    ends = datetime.fromisoformat(invited["expires_at"]).date()
    say(f"Invited {invited['email']}, until {ends}. " + _how(invited["mailed"]))
    click.echo(invited["link"])


@people.command()
@click.argument("email")
def link(email: str) -> None:
    """Print a link that signs EMAIL in, once, within the hour."""
    open_installation()
    from failonce.people.writes import make_sign_in_link

    address = make_sign_in_link(actor=acting_person(), person=_person(email))
    say("It works once, within the hour. Whoever opens it is signed in as them.")
    click.echo(address)


@people.command()
@click.option("--name", required=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, required=True, help="read, tell, preflight or manage; repeatable.")
@click.option("--days", type=int, help="How long it lasts; left out: until it is revoked.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout.")
def token(name: str, scopes: tuple[str, ...], days: int | None, as_json: bool) -> None:
    """Issue an API token to whom the command line acts as; prints it this once."""
    body = {"name": name, "scopes": list(scopes), "days": days}
    issued = ask("POST", "/tokens", body) if is_elsewhere() else _issue_here(body)
    say("Issued. Keep it now: it is shown this once.")
    answer = {key: issued[key] for key in ("number", "secret", "scopes")}
    click.echo(json.dumps(answer) if as_json else issued["secret"])


@people.command("list")
def list_people() -> None:
    """List those with an open account: address, name, team; addresses are for administrators."""
    for person in _all_people():
        click.echo(f"{person['email'] or ''}\t{person['name']}\t{person['team'] or ''}")


def _all_people() -> Iterator[dict[str, Any]]:
    offset: int | None = 0
    while offset is not None:
        query = f"/people?limit={_AT_ONCE}&offset={offset}"
        page = ask("GET", query) if is_elsewhere() else _people_here(offset)
        yield from page["people"]
        offset = page["next_offset"]


def _people_here(offset: int) -> dict[str, Any]:
    open_installation()
    from failonce.people.api import people_for

    return people_for(acting_person(), _AT_ONCE, offset).model_dump(mode="json")


def _invite_here(body: dict[str, Any]) -> dict[str, Any]:
    open_installation()
    from failonce.people.api import InvitationIn, invite_for

    return invite_for(acting_person(), InvitationIn.model_validate(body)).model_dump(mode="json")


def _issue_here(body: dict[str, Any]) -> dict[str, Any]:
    open_installation()
    from failonce.people.writes import issue_token

    issued = issue_token(actor=acting_person(), **body)
    return {"number": issued.token.pk, "secret": issued.secret, "scopes": issued.token.scopes}


def _person(email: str) -> "Person":
    from failonce.people.errors import NotFound
    from failonce.people.models import Person

    found = Person.objects.filter(email__iexact=email).first()
    if found is None:
        raise NotFound(f"Nobody here has the address {email}. Invite them: failonce people invite {email}")
    return found


def _how(mailed: bool) -> str:
    return "The link was mailed to them too." if mailed else "No mail is known to have left: hand them the link."
