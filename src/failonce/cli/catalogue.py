"""The catalogue on the command line: list, show, import."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click

from failonce.cli.elsewhere import ask, is_elsewhere
from failonce.cli.opening import acting_person, open_installation, say
from failonce.cli.progress import Progress, goes_on_when_repeated

_AT_ONCE = 500  # as many as one page of the API holds
_LONG = 300.0  # seconds that the import of a large catalogue may take elsewhere

as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@click.group()
def catalogue() -> None:
    """Services, what they offer to whom, and what depends on what."""


@catalogue.command("list")
@click.argument("words", nargs=-1)
@as_json
def list_services(words: tuple[str, ...], *, as_json: bool) -> None:
    """List services, critical ones first; WORDS narrow by name."""
    sheets = list(_all_services(" ".join(words)))
    if as_json:
        click.echo(json.dumps({"services": sheets}, ensure_ascii=False, indent=2))
    else:
        for sheet in sheets:
            # A name that says no more than the slug isn't said twice.
            name = sheet["name"] if sheet["name"] != sheet["slug"] else ""
            click.echo("\t".join([sheet["slug"], name, ", ".join(_marks(sheet))]).rstrip())
    say(f"{len(sheets)} {'service' if len(sheets) == 1 else 'services'}.")


@catalogue.command()
@click.argument("slug")
@as_json
def show(slug: str, *, as_json: bool) -> None:
    """Show one service: what it is, offers and needs, and what to ask before touching it."""
    answer = ask("GET", f"/catalogue/services/{quote(slug, safe='')}") if is_elsewhere() else _service_here(slug)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2) if as_json else _in_lines(answer))


@catalogue.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Say what would happen and keep nothing.")
@as_json
def import_files(files: tuple[str, ...], *, dry_run: bool, as_json: bool) -> None:
    """Take in Backstage's catalog-info.yaml, or a catalogue.yaml; - reads from stdin. Safe to repeat."""
    contents = [(_called(file), _content(file)) for file in files]
    report = (_import_elsewhere if is_elsewhere() else _import_here)(contents, dry_run=dry_run)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for code in report["added"]:
            click.echo(f"added\t{code}")
        for code, keys in report["changed"].items():
            click.echo(f"changed\t{code}\t{', '.join(keys)}")
    for sentence in report["left_out"]:
        say(sentence)
    say(("Tried only, nothing is kept: " if dry_run else "") + report["summary"])


def _all_services(words: str) -> Iterator[dict[str, Any]]:
    count, done = 1, 0
    while done < count:
        query = {"q": words, "limit": _AT_ONCE, "offset": done}
        page = ask("GET", f"/catalogue/services?{urlencode(query)}") if is_elsewhere() else _services_here(query)
        yield from page["services"]
        count, done = page["count"], done + _AT_ONCE


def _services_here(query: dict[str, Any]) -> dict[str, Any]:
    open_installation()
    from failonce.catalogue.api import Page, list_for

    return list_for(Page(**query))


def _service_here(slug: str) -> dict[str, Any]:
    open_installation()
    from failonce.catalogue.api import service_out

    return service_out(acting_person(), slug)


def _import_elsewhere(contents: list[tuple[str, bytes]], *, dry_run: bool) -> Any:
    files = []
    for name, content in contents:
        try:
            files.append({"name": name, "text": content.decode("utf-8-sig")})
        except UnicodeDecodeError as error:
            raise click.ClickException(f"{name} isn't UTF-8 text. Save it as UTF-8 and import it again.") from error
    say("Sending; a large catalogue takes a while.")
    return ask("POST", "/catalogue/import", {"files": files, "dry_run": dry_run}, seconds=_LONG)


def _import_here(contents: list[tuple[str, bytes]], *, dry_run: bool) -> dict[str, Any]:
    open_installation()
    from failonce.catalogue.interchange import Report
    from failonce.intake.backstage.importing import import_catalogue

    report = Report(dry_run=dry_run)
    with Progress(1, "entries") as progress, goes_on_when_repeated(report):
        import_catalogue(actor=acting_person(), files=contents, dry_run=dry_run, report=report, step=progress.reach_of)
    return report.as_data()


def _content(file: str) -> bytes:
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


def _called(file: str) -> str:
    return "stdin" if file == "-" else file


def _marks(sheet: dict[str, Any]) -> list[str]:
    critical = ["critical"] if sheet["critical"] else []
    return [*critical, *([] if sheet["described"] else ["only named"]), *filter(None, [sheet["lifecycle"]])]


def _in_lines(answer: dict[str, Any]) -> str:
    lines = [answer["name"], *([", ".join(marks)] if (marks := _marks(answer)) else [])]
    lines += ["", answer["description"]] if answer["description"] else []
    for label, key in (("Team", "team"), ("Needs", "depends_on"), ("Made with", "technologies"), ("Paths", "paths")):
        value = answer[key]
        if value:
            lines.append(f"{label}: {value if isinstance(value, str) else ', '.join(value)}")
    for offering in answer["offerings"]:
        lines += ["", f"Offers {offering['name']} to {', '.join(offering['audiences']) or 'nobody named yet'}:"]
        lines += [f"  {part['kind']}: {part['name']}" for part in offering["parts"]]
    lines += [f"{key.capitalize()}: {text}" for key, text in answer["characteristics"].items()]
    if answer["questions"]:
        lines += ["", "Before touching it, ask:", *(f"- {question}" for question in answer["questions"])]
    return "\n".join(lines)
