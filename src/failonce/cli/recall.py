"""`failonce recall`: has this happened before?"""

import json
from typing import Any

import click

from failonce.cli.elsewhere import ask, is_elsewhere
from failonce.cli.opening import acting_person, open_installation, read_text, say
from failonce.cli.progress import while_recall_reads


@click.command()
@click.argument("text")
@click.option("--service", "services", multiple=True, help="A service it touched; may be given several times.")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 20), help="How many to show at most.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout.")
def recall(text: str, services: tuple[str, ...], limit: int, as_json: bool) -> None:
    """List the failures that TEXT resembles; - reads it from stdin."""
    body = {"text": read_text(text, "text"), "services": list(services), "limit": limit}
    answer = ask("POST", "/recall", body) if is_elsewhere() else _recall_here(body)
    matches = answer["matches"]
    say(_summary(matches))
    if as_json:
        click.echo(json.dumps({"matches": [_contract(match) for match in matches]}))
    elif matches:
        click.echo(_in_words(matches))


def _recall_here(body: dict[str, Any]) -> dict[str, Any]:
    open_installation()
    from failonce.failures.api import match_out
    from failonce.modes.resemblance import resembling_text

    person, services = acting_person(), tuple(body["services"])
    with while_recall_reads():
        found = resembling_text(person, story=body["text"], services=services, limit=body["limit"])
    return {"matches": [match_out(each).model_dump(mode="json") for each in found]}


def _contract(match: dict[str, Any]) -> dict[str, Any]:
    return {name: match[name] for name in ("code", "title", "probability", "because", "said", "url")}


def _summary(matches: list[dict[str, Any]]) -> str:
    """How many came to mind and, where there are any, how many a page would mention without being asked."""
    if not matches:
        return "No failures come to mind."
    come = "One failure comes" if len(matches) == 1 else f"{len(matches)} failures come"
    alike = sum(match["said"] for match in matches)
    if len(matches) == 1:
        return f"{come} to mind, {'alike enough to be called a repeat' if alike else 'a faint likeness'}."
    return f"{come} to mind; {alike or 'none'} alike enough to be called a repeat."


def _in_words(matches: list[dict[str, Any]]) -> str:
    lines = []
    for match in matches:
        lines.append(f"{match['code']}  {match['probability']:.0%}  {match['title']}")
        lines += [f"    {reason}" for reason in match["because"]]
    return "\n".join(lines)
