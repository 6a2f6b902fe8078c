"""`failonce preflight`: what does this change remind us of? And answering it.

Imports little: it sits in commit hooks and pipelines, where every tenth of a second is felt.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import click

from failonce.cli.elsewhere import ask, is_elsewhere
from failonce.cli.opening import acting_person, open_installation, say
from failonce.cli.progress import while_recall_reads
from failonce.preflight.change import Change, decoded, read_change

PATIENCE = 2.0  # seconds for the whole exchange with a failonce elsewhere, name lookup included
UNANSWERED = 3
# Named here, not imported: `failonce preflight --help` must not wait for Django. A test keeps them equal.
ANSWERS = {"read": "read", "changed_plan": "changed the plan", "does_not_apply": "doesn't apply"}
_REMINDER = ("code", "kind", "title", "probability", "because", "url", "answer")
_NOTHING: dict[str, Any] = {"reminders": [], "notices": []}


@click.group(invoke_without_command=True)
@click.option("--service", "services", multiple=True, help="A service the change touches; may be given several times.")
@click.option("--change", "file", default="-", metavar="FILE", help="The change; - (or nothing) reads it from stdin.")
@click.option(
    "--about", default="", metavar="REF", help="The change's name, as its pull request: answers stay while it grows."
)
@click.option("--strict", is_flag=True, help="Exit 3 while a reminder is unanswered.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout.")
@click.pass_context
def preflight(
    ctx: click.Context, services: tuple[str, ...], file: str, about: str, strict: bool, as_json: bool
) -> None:
    """Ask what a change reminds us of, before it goes out.

    The change is text, commit messages or a unified diff. The answer is advice: at most three lessons or
    failures, each with the reason it is shown. Asked about again, a change finds its answers, also when it
    was rebased; to find them when it has grown, too, name it with --about.

    \b
    Exit codes:
      0  the change may pass, with or without reminders; also when failonce
         can't be asked, does not answer within 2 s, or answers nonsense
      2  the command itself is misspelt, or the file isn't there
      3  only with --strict: a reminder is unanswered
    """
    if ctx.invoked_subcommand is not None:
        return
    change = _change_in(file)
    answer = _NOTHING if change.is_empty else _answer_to(change, services, about)
    if change.is_empty:
        say("There is nothing to look at: the change is empty.")
    _tell(answer, as_json)
    if strict and _waiting(answer):
        ctx.exit(UNANSWERED)


@preflight.command("answer")
@click.argument("code")
@click.argument("position", type=click.IntRange(1, 3))
@click.argument("answer", type=click.Choice(list(ANSWERS)))
@click.option("--reason", default="", help="Why it doesn't apply, or anything else worth knowing; never needed.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout.")
def answer_reminder(code: str, position: int, answer: str, reason: str, as_json: bool) -> None:
    """Answer reminder POSITION of preflight CODE (P-7), as in: answer P-7 1 read.

    \b
    Exit codes: 0 it is kept; 1 it isn't, and why; 2 the command is misspelt.
    """
    said = {"answer": answer, "reason": reason}
    if is_elsewhere():
        kept = ask("PUT", f"/preflights/{quote(code, safe='')}/reminders/{position}/answer", said)
    else:
        kept = _answer_here(code, position, said)
    say(f"Kept: {kept['code']} {ANSWERS[kept['answer']]}.")
    if kept["answer"] == "does_not_apply" and not kept["reason"]:
        say('Why not? It helps those who come after: answer again with --reason "…".')
    if as_json:
        click.echo(json.dumps(kept))


def _change_in(file: str) -> Change:
    if file == "-":
        if sys.stdin.isatty():
            say("Describe the change, then press Ctrl-D.")
        return _read(sys.stdin.buffer)
    try:
        with Path(file).open("rb") as stream:
            return _read(stream)
    except OSError as error:
        raise click.BadParameter(
            f"{file} can't be read: {error.strerror}. Use - to read stdin.", param_hint="--change"
        ) from error


def _read(stream: BinaryIO) -> Change:
    return read_change(decoded(stream))


def _answer_to(change: Change, services: tuple[str, ...], about: str) -> dict[str, Any]:
    """Return the answer, or nothing to be reminded of when there is none: a preflight never stands in the way."""
    body = {"change": change.text, "services": list(services), "paths": list(change.paths)}
    # Only when it is said: an older failonce elsewhere refuses what it doesn't know.
    body |= {"about": about} if about else {}
    try:
        answer = _ask_elsewhere(body) if is_elsewhere() else _ask_here(body)
        for reminder in answer["reminders"]:
            _contract(reminder)
        notices = [*change.notices, *(each for each in answer["notices"] if each not in change.notices)]
        return {"code": answer["code"], "url": answer["url"], "reminders": answer["reminders"], "notices": notices}
    except Exception as error:  # the outermost place: whatever is wrong with us, the change may pass
        say(f"No preflight: {_sentence(error)} The change may pass.")
        return _NOTHING


def _ask_elsewhere(body: dict[str, Any]) -> Any:
    # Loaded before the clock starts: on a busy machine that alone may take as long as the exchange.
    import urllib.request  # noqa: F401

    from failonce.cli.patience import within

    # One clock decides. Were each wait for data as short, whichever ran out first would choose the words.
    return within(PATIENCE, lambda: ask("POST", "/preflights", body, seconds=2 * PATIENCE))


def _ask_here(body: dict[str, Any]) -> dict[str, Any]:
    open_installation()
    from failonce.preflight.api import PreflightIn, ask_for

    with while_recall_reads(), _impatience():
        return ask_for(acting_person(), PreflightIn.model_validate(body)).model_dump(mode="json")


def _answer_here(code: str, position: int, said: dict[str, str]) -> dict[str, Any]:
    open_installation()
    from failonce.preflight.api import ReminderAnswerIn, answer_for

    return answer_for(acting_person(), code, position, ReminderAnswerIn.model_validate(said)).model_dump(mode="json")


@contextmanager
def _impatience() -> Iterator[None]:
    """Wait for a busy database as long as for a server; a hook that hangs for twenty seconds is switched off."""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        usual = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


def _sentence(error: Exception) -> str:
    """Return what went wrong as a sentence."""
    if isinstance(error, click.ClickException):
        said = error.format_message()
    elif isinstance(error, TimeoutError):
        said = f"no answer within {PATIENCE:g} s"
    elif is_elsewhere() and isinstance(error, (ValueError, KeyError, TypeError)):
        said = "the answer isn't one that failonce gives. Is FAILONCE_URL right?"
    else:
        said = str(error) or type(error).__name__
    return said if said.endswith((".", "?")) else f"{said}."


def _tell(answer: dict[str, Any], as_json: bool) -> None:
    for notice in answer["notices"]:
        say(notice)
    reminders = answer["reminders"]
    if "code" in answer:
        say(f"{answer['code']}: {_in_number(len(reminders), answer['url'])}")
    if as_json:
        about = {"preflight": answer["code"]} if "code" in answer else {}
        click.echo(json.dumps({"reminders": [_contract(reminder) for reminder in reminders]} | about))
    elif reminders:
        click.echo("\n\n".join(_in_words(answer["code"], reminder) for reminder in reminders))


def _contract(reminder: dict[str, Any]) -> dict[str, Any]:
    return {name: reminder[name] for name in _REMINDER}


def _in_number(reminders: int, url: str) -> str:
    if not reminders:
        return "nothing comes to mind."
    return f"one reminder. Answer it at {url}" if reminders == 1 else f"{reminders} reminders. Answer them at {url}"


def _in_words(code: str, reminder: dict[str, Any]) -> str:
    lines = [f"{reminder['code']}  {reminder['title']}", *(f"    {reason}" for reason in reminder["because"])]
    lines.append(f"    {reminder['url']}")
    if reminder["answer"]:
        because = f": {reminder['reason']}" if reminder["reason"] else ""
        lines.append(f"    answered: {ANSWERS.get(reminder['answer'], reminder['answer'])}{because}")
    else:
        said = f"{code} {reminder['position']} {'|'.join(ANSWERS)}"
        lines.append(f'    not answered: failonce preflight answer {said} [--reason "…"]')
    return "\n".join(lines)


def _waiting(answer: dict[str, Any]) -> list[str]:
    return [reminder["code"] for reminder in answer["reminders"] if not reminder["answer"]]
