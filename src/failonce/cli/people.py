"""`failonce people`: invitations, sign-in links and tokens from the terminal."""

import json
from typing import TYPE_CHECKING

import click

from failonce.cli.opening import acting_person, open_installation, say

if TYPE_CHECKING:
    from failonce.people.models import Person


@click.group()
def people() -> None:
    """Invite people, help them sign in, issue tokens."""


@people.command()
@click.argument("email")
@click.option("--team", "slug", default="", metavar="SLUG", help="The team they will be of.")
@click.option("--administrator", is_flag=True, help="They will look after this installation.")
def invite(email: str, slug: str, administrator: bool) -> None:
    """Invite EMAIL; prints the link at which they join."""
    open_installation()
    from failonce.people import mails, writes
    from failonce.people.models import team_for

    actor = acting_person()
    team = team_for(actor, slug) if slug else None
    invited = writes.invite_person(actor=actor, email=email, team=team, is_administrator=administrator)
    mailed = mails.send_invitation(invited)
    say(f"Invited {invited.invitation.email}, for {writes.INVITATION_DAYS} days. " + _how(mailed))
    click.echo(invited.link)


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
    open_installation()
    from failonce.people.writes import issue_token

    actor = acting_person()
    issued = issue_token(actor=actor, name=name, scopes=scopes, days=days)
    say(f"Issued to {actor.name}. Keep it now: it is shown this once.")
    answer = {"number": issued.token.pk, "secret": issued.secret, "scopes": issued.token.scopes}
    click.echo(json.dumps(answer) if as_json else issued.secret)


@people.command("list")
def list_people() -> None:
    """List those with an open account: address, name, team."""
    open_installation()
    from failonce.people.models import Person

    acting_person()
    for person in Person.objects.filter(is_active=True).select_related("team"):
        click.echo(f"{person.email}\t{person.name}\t{person.team.slug if person.team else ''}")


def _person(email: str) -> "Person":
    from failonce.people.errors import NotFound
    from failonce.people.models import Person

    found = Person.objects.filter(email__iexact=email).first()
    if found is None:
        raise NotFound(f"Nobody here has the address {email}. Invite them: failonce people invite {email}")
    return found


def _how(mailed: bool) -> str:
    return "The link was mailed to them too." if mailed else "No mail is known to have left: hand them the link."
