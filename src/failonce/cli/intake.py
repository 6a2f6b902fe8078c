"""`failonce import` and `failonce export`: failures in from other tools, everything out and back in."""

import atexit
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from failonce.cli.elsewhere import is_elsewhere
from failonce.cli.opening import acting_person, open_installation, say
from failonce.cli.progress import Progress, goes_on_when_repeated
from failonce.cli.sending import demand_lines, send_lines

if TYPE_CHECKING:
    from failonce.intake.report import Report

SOME_REFUSED = 3


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "wanted", type=click.Choice(["jsonl", "csv", "markdown", "failonce"]), help="The format of all.")
@click.option("--map", "pairs", multiple=True, metavar="OURS=THEIRS", help="A field by name: story=Description.")
@click.option("--source", default="", help="Where ids come from, when the files don't say; part of what is remembered.")
@click.option("--encoding", default="", help="Of CSV files that aren't UTF-8: cp1252, latin-1 …")
@click.option("--dry-run", is_flag=True, help="Report what would happen; keep nothing.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Write the whole report here, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout.")
def import_(
    paths: tuple[Path, ...],
    wanted: str | None,
    pairs: tuple[str, ...],
    source: str,
    encoding: str,
    dry_run: bool,
    report_file: Path | None,
    as_json: bool,
) -> None:
    """Import failures from JSON Lines, CSV, Markdown, or a folder made by failonce export; - is stdin.

    What is here already is left as it is, so an import may be repeated; one that was stopped goes on.
    With FAILONCE_URL set, files of JSON Lines are sent there.

    \b
    Exit codes:   0 everything is in
                  1 it couldn't be done, or not to the end
                  2 a wrong option
                  3 something was refused; the rest is in
                130 stopped by Ctrl-C
    """
    if is_elsewhere():
        demand_lines(paths, wanted)
        sent = send_lines(paths, pairs, source, dry_run=dry_run)
        _tell(sent, [_noticed(each) for each in sent["notices"]], report_file, as_json)
        return
    open_installation()
    ours = _is_ours(paths, wanted)
    report = _ours(paths[0], dry_run) if ours else _theirs(paths, wanted, pairs, source, encoding, dry_run)
    _tell(report.as_data(), report.notice_lines(), report_file, as_json)


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON on stdout.")
def export(folder: Path, as_json: bool) -> None:
    """Write everything into FOLDER: Markdown with front matter, YAML, and a JSON manifest.

    failonce import FOLDER takes it all in again. An administrator's export, and the one of this machine's
    operator, has restricted failures and withdrawn ones too; anybody else's has what they may read.
    History is in an administrator's, for reading and keeping; it isn't taken in again. Passwords, keys and
    drafts never leave.
    """
    open_installation()
    from failonce.failures.models import Failure
    from failonce.intake.interchange.leaving import export_folder

    with Progress(Failure.objects.count(), "failures", "Exporting") as progress:
        try:
            leaving = export_folder(actor=acting_person(), folder=folder, step=progress.advance)
        except OSError as error:
            raise click.ClickException(
                f"{error.filename or folder} can't be written: {error.strerror}. The export is not whole; "
                "make room or name another folder, then repeat the command."
            ) from error
    say(leaving.about_restricted())
    click.echo(json.dumps(leaving.as_data()) if as_json else f"{leaving.summary()} They are in {folder}.")


def _is_ours(paths: tuple[Path, ...], wanted: str | None) -> bool:
    from failonce.intake.interchange.arriving import is_folder_of_ours

    if wanted == "failonce" or (wanted is None and any(path.is_dir() and is_folder_of_ours(path) for path in paths)):
        if len(paths) == 1 and paths[0].is_dir():
            return True
        raise click.UsageError("A folder made by failonce export is imported on its own.")
    return False


def _ours(folder: Path, dry_run: bool) -> "Report":
    from failonce.intake.interchange.arriving import import_folder

    files = sum(1 for _ in folder.rglob("*.md"))
    with Progress(files, "files") as progress:
        return import_folder(actor=acting_person(), folder=folder, dry_run=dry_run, step=progress.advance)


def _theirs(
    paths: tuple[Path, ...], wanted: str | None, pairs: tuple[str, ...], source: str, encoding: str, dry_run: bool
) -> "Report":
    from failonce.intake.fields import field_map
    from failonce.intake.finding import find
    from failonce.intake.report import Report
    from failonce.intake.running import import_files
    from failonce.intake.understanding import Understanding

    actor = acting_person()
    understanding = Understanding(actor=actor, fields=field_map(pairs), source=source)
    finding = find([_spooled() if str(path) == "-" else path for path in paths], wanted or "")
    report = Report(dry_run=dry_run)
    with Progress(finding.total(), "bytes") as progress, goes_on_when_repeated(report):
        import_files(
            finding,
            actor=actor,
            understanding=understanding,
            report=report,
            step=progress.reach,
            encoding=encoding,
        )
    return report


def _spooled() -> Path:
    """Keep stdin in a passing file: formats are recognised by looking twice."""
    folder = Path(tempfile.mkdtemp(prefix="failonce-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # A folder of one name, since where ids come from is part of what is remembered.
    file = folder / "pipe" / "stdin"
    file.parent.mkdir()
    with file.open("wb") as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
    return file


def _tell(report: dict[str, Any], notices: list[str], report_file: Path | None, as_json: bool) -> None:
    for line in notices:
        say(line)
    for refusal in report["refused"]:
        say(f"{refusal['file']}:{refusal['line']}: {refusal['why']}" if refusal["line"] else _unplaced(refusal))
    if report_file:
        report_file.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        say(f"The whole report is in {report_file}.")
    click.echo(json.dumps(report) if as_json else report["summary"])
    if report["refused"]:
        raise click.exceptions.Exit(SOME_REFUSED)


def _unplaced(refusal: dict[str, Any]) -> str:
    return f"{refusal['file']}: {refusal['why']}"


def _noticed(notice: dict[str, Any]) -> str:
    more = f" and {notice['times'] - 1:,} more" if notice["times"] > 1 else ""
    return f"{notice['what']} ({notice['first']}{more})" if notice["first"] else str(notice["what"])
