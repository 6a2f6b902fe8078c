"""`failonce lesson`: write down what a failure taught, and say whether it is still true."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import click

from failonce.cli.elsewhere import ask, is_elsewhere
from failonce.cli.opening import acting_person, open_installation, read_text, say

# Named here, not imported: `failonce lesson --help` must not wait for Django. A test keeps them equal.
KINDS = ("code", "configuration", "migration", "dependency", "deployment", "infrastructure", "access", "data")

_SENTENCE = ("when_you", "remember", "because")
_WHERE = ("services", "technologies", "paths", "kinds_of_change")

_as_json = click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout.")


@click.group()
def lesson() -> None:
    """Write, edit, list, renew and retire lessons: When you …, remember …, because …"""


def _parts(command: Callable[..., None]) -> Callable[..., None]:
    """Add what writing and editing a lesson both take; None, or an empty tuple, is what wasn't said."""
    for option in reversed(_PARTS):
        command = option(command)
    return command


_PARTS = (
    click.option("--when-you", help="What somebody is about to do."),
    click.option("--remember", help="What to keep in mind or do."),
    click.option("--because", help="What happened."),
    click.option("--explanation", help="Anything longer, as Markdown; - reads it from stdin."),
    click.option("--service", "services", multiple=True, help="A service it applies to; may be given several times."),
    click.option("--technology", "technologies", multiple=True, help="A technology it applies to; repeatable."),
    click.option(
        "--path", "paths", multiple=True, metavar="GLOB", help="Paths it applies to, as in .gitignore; repeatable."
    ),
    click.option("--kind", "kinds_of_change", multiple=True, metavar="KIND", help=f"Of change: {', '.join(KINDS)}."),
    click.option("--renew-by", metavar="DAY", help="When to ask whether it is still true; a new one: in a year."),
)


@lesson.command("write")
@click.argument("sentence", default="", required=False)
@click.option("--failure", required=True, metavar="CODE", help="The failure that taught it, as in F-12.")
@_parts
@_as_json
def write(sentence: str, failure: str, as_json: bool, **said: Any) -> None:
    """Write a lesson, in parts or as one SENTENCE: "When you …, remember …, because …"."""
    if sentence and (said["when_you"] or said["remember"] or said["because"]):
        raise click.UsageError("Give the sentence, or its parts with --when-you, --remember and --because.")
    body = {"when_you": sentence, **_said(said), "failure": failure}
    kept = ask("POST", "/lessons", body) if is_elsewhere() else _write_here(body)
    _tell_kept(kept, as_json)


@lesson.command("edit")
@click.argument("code")
@_parts
@_as_json
def edit(code: str, as_json: bool, **said: Any) -> None:
    """Change what lesson CODE says; what isn't named stays as it is.

    A list is replaced as a whole, and an empty value, as in --path "", takes it away.
    """
    changes = _said(said)
    if not changes:
        raise click.UsageError('Say what to change, as in --remember "to count twice".')
    stands = _read(code)
    body = {name: stands[name] for name in (*_SENTENCE, *_WHERE, "explanation", "renew_by", "version")} | changes
    kept = ask("PUT", _at(code), body) if is_elsewhere() else _edit_here(code, body)
    _tell_kept(kept, as_json)


@lesson.command("list")
@click.argument("words", nargs=-1)
@click.option("--failure", default="", metavar="CODE", help="Only what this failure and the others of its mode taught.")
@click.option("--asked", is_flag=True, help="Only those whose date has come: is this still true?")
@click.option("--retired", is_flag=True, help="The retired ones instead.")
@click.option("--limit", default=40, show_default=True, type=click.IntRange(1, 100), help="How many to show at most.")
@_as_json
def list_lessons(words: tuple[str, ...], failure: str, asked: bool, retired: bool, limit: int, as_json: bool) -> None:
    """List lessons, those whose date has come first; WORDS narrow by what they say."""
    query = {"q": " ".join(words), "failure": failure, "asked": asked, "retired": retired, "limit": limit}
    found = ask("GET", f"/lessons?{urlencode(query)}") if is_elsewhere() else _list_here(query)
    say(f"{len(found['lessons'])} of {found['total']} lessons.")
    click.echo(json.dumps(found) if as_json else "\n".join(map(_in_words, found["lessons"])))


@lesson.command("renew")
@click.argument("code")
@click.option("--renew-by", default=None, metavar="DAY", help="When to ask again; else in a year.")
@_as_json
def renew(code: str, renew_by: str | None, as_json: bool) -> None:
    """Say that lesson CODE is still true."""
    kept = _change(code, "renew", {"renew_by": renew_by})
    _tell(kept, f"{kept['code']} stays; it is asked about again on {kept['renew_by']}.", as_json)


@lesson.command("retire")
@click.argument("code")
@click.option("--because", required=True, help="Why it is no longer true.")
@_as_json
def retire(code: str, because: str, as_json: bool) -> None:
    """Say that lesson CODE is no longer true; it reminds nobody any more."""
    kept = _change(code, "retire", {"because": because})
    _tell(kept, f"{kept['code']} is retired.", as_json)


def _said(parts: dict[str, Any]) -> dict[str, Any]:
    """Return what was said, without what wasn't; an empty value in a list says that it is empty."""
    said: dict[str, Any] = {}
    for name, value in parts.items():
        if isinstance(value, tuple):
            said |= {name: [each for each in value if each]} if value else {}
        elif value is not None:
            said[name] = read_text(value, "explanation") if name == "explanation" else value
    return said


def _read(code: str) -> Any:
    """Return lesson CODE as it stands, here or elsewhere."""
    if is_elsewhere():
        return ask("GET", _at(code))
    open_installation()
    from failonce.lessons.api import lesson_out
    from failonce.lessons.models import lesson_for

    return lesson_out(lesson_for(acting_person(), code)).model_dump(mode="json")


def _edit_here(code: str, body: dict[str, Any]) -> dict[str, Any]:
    from failonce.lessons.api import EditLessonIn, edit_for

    return edit_for(acting_person(), code, _shaped(EditLessonIn, body)).model_dump(mode="json")


def _at(code: str) -> str:
    return f"/lessons/{quote(code, safe='')}"


def _write_here(body: dict[str, Any]) -> dict[str, Any]:
    open_installation()
    from failonce.lessons.api import WriteLessonIn, write_for

    return write_for(acting_person(), _shaped(WriteLessonIn, body)).model_dump(mode="json")


def _list_here(query: dict[str, Any]) -> dict[str, Any]:
    open_installation()
    from failonce.lessons.api import list_for

    return list_for(acting_person(), **query).model_dump(mode="json")


def _change(code: str, verb: str, body: dict[str, Any]) -> Any:
    """Renew or retire, here or elsewhere."""
    if is_elsewhere():
        return ask("POST", f"{_at(code)}/{verb}", body)
    open_installation()
    from failonce.lessons import api

    if verb == "renew":
        return api.renew_for(acting_person(), code, _shaped(api.RenewIn, body)).model_dump(mode="json")
    return api.retire_for(acting_person(), code, _shaped(api.RetireIn, body)).model_dump(mode="json")


def _shaped(shape: Any, body: dict[str, Any]) -> Any:
    """Return the body in the API's shape; raise UsageError for a day that is none."""
    from pydantic import ValidationError

    try:
        return shape.model_validate(body)
    except ValidationError as error:
        raise click.UsageError("; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors())) from error


def _tell_kept(kept: dict[str, Any], as_json: bool) -> None:
    for notice in kept["notices"]:
        say(notice)
    _tell(kept, f"Kept: {kept['code']}.", as_json)


def _tell(kept: dict[str, Any], sentence: str, as_json: bool) -> None:
    say(sentence)
    click.echo(json.dumps(kept) if as_json else _in_words(kept))


def _in_words(each: dict[str, Any]) -> str:
    state = "  (retired)" if each["retired_at"] else "  (is this still true?)" if each["asked"] else ""
    return f"{each['code']}  {each['sentence']}{state}\n    from {each['failure']}: {each['url']}"
