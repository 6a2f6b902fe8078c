"""Importing into a failonce elsewhere: JSON Lines, sent in parts that its API takes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from failonce.cli.elsewhere import ask
from failonce.cli.progress import Progress

PART = 4_000_000  # bytes; the API takes a little more
_LINES = {".jsonl", ".ndjson"}


def send_lines(paths: tuple[Path, ...], pairs: tuple[str, ...], source: str, *, dry_run: bool) -> dict[str, Any]:
    """Send files of JSON Lines and return one report over all parts, with the files' own lines.

    Raises ClickException, with what is in by then, when a part isn't taken.
    """
    whole: dict[str, Any] = {"dry_run": dry_run, "counts": {}, "refused": [], "notices": [], "kept": []}
    with Progress(sum(path.stat().st_size for path in paths), "bytes") as progress:
        for path in paths:
            # What a local import would take, so that a file is known again whichever way it came.
            origin = source or f"{path.resolve().parent.name}/{path.stem}"
            query = {"source": origin, "map": list(pairs), "dry_run": dry_run}
            for before, part in _parts(path):
                try:
                    done = ask("POST", f"/import?{urlencode(query, doseq=True)}", part, seconds=120)
                except click.ClickException as error:
                    raise click.ClickException(
                        f"{error.format_message()} {path}, from line {before + 1} on, isn't in; "
                        f"{len(whole['kept']):,} failures of what stands before were new. Repeat the command to go on."
                    ) from error
                _add(whole, done, path, before)
                progress.advance(len(part))
    counts = whole["counts"].get("failures", {"kept": 0, "here": 0, "refused": 0})
    would = "would be " if dry_run else ""
    whole["summary"] = (
        f"{counts['kept']:,} failures {would}kept, {counts['here']:,} here already, {counts['refused']:,} refused."
    )
    return whole


def demand_lines(paths: tuple[Path, ...], wanted: str | None) -> None:
    """Raise ClickException for anything but files of JSON Lines: the rest is understood where the data is."""
    for path in paths:
        if not path.is_file():
            raise click.ClickException(f"{path} isn't a file. {_ONLY_LINES}")
        with path.open("rb") as file:
            is_list = file.read(2000).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
        if is_list or not (wanted == "jsonl" or (wanted is None and path.suffix.lower() in _LINES)):
            raise click.ClickException(f"{path} isn't a file of JSON Lines. {_ONLY_LINES}")


_ONLY_LINES = (
    "Into a failonce elsewhere (FAILONCE_URL is set) failonce import sends files of JSON Lines only; other formats, "
    "folders and exports are imported on the machine where it runs."
)


def _parts(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield whole lines together, as many as fit, each time with the number of lines before them."""
    part, before, number = b"", 0, 0
    with path.open("rb") as lines:
        for line in lines:
            if part and len(part) + len(line) > PART:
                yield before, part
                part, before = b"", number
            part, number = part + line, number + 1
    if part:
        yield before, part


def _add(whole: dict[str, Any], done: dict[str, Any], path: Path, before: int) -> None:
    for sort, counts in done["counts"].items():
        kept = whole["counts"].setdefault(sort, dict.fromkeys(counts, 0))
        for name, number in counts.items():
            kept[name] += number
    for refusal in done["refused"]:
        line = refusal["line"] and refusal["line"] + before
        whole["refused"].append(refusal | {"file": str(path), "line": line})
    known = {notice["what"]: notice for notice in whole["notices"]}
    for notice in done["notices"]:
        if found := known.get(notice["what"]):
            found["times"] += notice["times"]
            continue
        _, _, line = notice["first"].rpartition(":")
        first = f"{path}:{int(line) + before}" if line.isdigit() else notice["first"]
        whole["notices"].append(notice | {"first": first})
    whole["kept"] += done["kept"]
