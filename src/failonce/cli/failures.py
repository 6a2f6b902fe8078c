"""`failonce tell`: file a failure from the terminal."""

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click

from failonce.cli.elsewhere import ask, is_elsewhere
from failonce.cli.opening import acting_person, open_installation, read_text, say

# Named here, not imported: `failonce tell --help` must not wait for Django. A test keeps them equal.
KINDS = ("failed_deployment", "incident", "near_miss", "mistake", "failed_experiment", "process_failure")


@click.command()
@click.option("--title", default="", help="In one line; left out, taken from the first sentence of the story.")
@click.option("--kind", default="incident", show_default=True, metavar="KIND", help=f"One of: {', '.join(KINDS)}.")
@click.option("--service", "services", multiple=True, help="A service it touched; may be given several times.")
@click.option("--story", required=True, help="What happened; - reads it from stdin.")
@click.option("--started", default="", metavar="TIME", help="When it started, as in 2026-05-01T14:30Z; left out: now.")
@click.option("--ended", default="", metavar="TIME", help="When it ended.")
@click.option("--offering", default="", help="The service offering that was hit.")
@click.option(
    "--hit", "audiences", multiple=True, help="A consumer or partner that was hit; may be given several times."
)
@click.option("--lost", default="", help="What they lost.")
@click.option("--deployment", default="", help="The deployment or change, as a link, version or commit.")
@click.option("--source", default="", help="A link to a report.")
@click.option("--only-for", "readers", multiple=True, metavar="EMAIL", help="Restrict it to this reader; repeatable.")
@click.option("--repeats", "repeats", multiple=True, metavar="CODE", help="It is this failure again; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout.")
def tell(as_json: bool, **said: Any) -> None:
    """Tell a failure; says where it is and what it resembles."""
    body = _body(said)
    answer = ask("POST", "/failures", body) if is_elsewhere() else _tell_here(body)
    for notice in answer["notices"]:
        say(notice)
    say(f"Told: {answer['code']}.")
    click.echo(json.dumps(_contract(answer)) if as_json else _in_words(answer))


def _tell_here(body: dict[str, Any]) -> dict[str, Any]:
    open_installation()
    from pydantic import ValidationError

    from failonce.failures.api import TellIn, tell_for
    from failonce.people.errors import DomainError

    person = acting_person()
    try:
        return tell_for(person, TellIn.model_validate(body)).model_dump(mode="json")
    except (DomainError, ValidationError):
        _keep_words(body["story"])
        raise


def _body(said: dict[str, Any]) -> dict[str, Any]:
    loss = {"offering": said["offering"], "audiences": list(said["audiences"]), "lost": said["lost"]}
    return {
        "title": said["title"],
        "kind": said["kind"],
        "services": list(said["services"]),
        "started_at": _moment(said["started"], "--started"),
        "ended_at": _moment(said["ended"], "--ended"),
        "impact": [loss] if any(loss.values()) else [],
        "deployment": said["deployment"],
        "source": said["source"],
        "visibility": "restricted" if said["readers"] else "everyone",
        "readers": list(said["readers"]),
        "answers": dict.fromkeys(said["repeats"], "yes"),
        "story": read_text(said["story"], "story"),
    }


def _moment(text: str, option: str) -> str | None:
    """Return an ISO time with its zone; a time without one is UTC."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} isn't a time like 2026-05-01T14:30Z.", param_hint=option) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _keep_words(story: str) -> None:
    """Save a refused story beside the data, if it came from stdin: the person may have no other copy."""
    from django.conf import settings

    if sys.stdin.isatty() or not story.strip():
        return
    folder = settings.HOME / "unsent"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}.md"
    file.write_text(story, encoding="utf-8")
    say(f"Your story is kept in {file}.")


def _contract(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("code", "url", "resembles")}


def _in_words(answer: dict[str, Any]) -> str:
    lines = [answer["url"]]
    for match in answer["resembles"]:
        if match["said"]:
            lines.append(f"  resembles {match['code']} {match['title']} ({match['probability']:.0%})")
            lines += [f"    {reason}" for reason in match["because"]]
    return "\n".join(lines)
