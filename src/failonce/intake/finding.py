"""Which files an import means, and in which format each of them is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from failonce.intake import csv, jsonl, markdown
from failonce.intake.fields import FieldMap
from failonce.intake.records import Read
from failonce.people.errors import Refused

FORMATS = ("jsonl", "csv", "markdown")
_BY_SUFFIX = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv", ".md": "markdown",
    ".markdown": "markdown",
}  # fmt: skip
_NOT_FAILURES = {"readme", "index", "_index", "license", "licence", "contributing", "changelog", "template"}


@dataclass(frozen=True, slots=True)
class Found:
    """One file to import."""

    path: Path
    name: str  # as a report calls it
    format: str
    size: int
    origin: str  # what its ids are unique in, where its records don't say


@dataclass(slots=True)
class Finding:
    """The files that were found, and those left alone."""

    files: list[Found] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)

    def total(self) -> int:
        """Return how many bytes there are to read."""
        return sum(found.size for found in self.files)


def find(paths: Sequence[Path], wanted: str = "") -> Finding:
    """Return the files at these paths, folders searched; raise Refused for a path that isn't there.

    `wanted` is the format of all of them; otherwise names and first words tell.
    """
    finding = Finding()
    for path in paths:
        if path.is_dir():
            _search(path, wanted, finding)
        elif path.exists():
            kind = wanted or format_of(path)
            if not kind:
                raise Refused(f"{path} is neither JSON Lines, CSV nor Markdown by its looks. Say which with --as.")
            finding.files.append(found_at(path, str(path), kind))
        else:
            raise Refused(f"{path} isn't there.")
    return finding


def found_at(path: Path, name: str, kind: str, folder: str = "") -> Found:
    """Return one file; the same file imported again has the same origin. `folder` stands in for a passing one."""
    whole = path.resolve()
    folder = folder or whole.parent.name
    # Each Markdown file is one failure, with its name as its id; the others hold many under one name.
    origin = folder if kind == "markdown" else f"{folder}/{Path(name).stem}"
    return Found(path, name, kind, path.stat().st_size, origin)


def records_of(found: Found, fields: FieldMap, encoding: str = "") -> Read:
    """Yield the records of one file."""
    if found.format == "csv":
        yield from csv.read(found.path, found.name, found.origin, fields, encoding)
    else:
        yield from (jsonl if found.format == "jsonl" else markdown).read(found.path, found.name, found.origin)


def format_of(path: Path) -> str:
    """Return the format that a file's name says, else the one its first words look like; empty for neither."""
    if known := _BY_SUFFIX.get(path.suffix.lower()):
        return known
    if path.suffix.lower() not in {"", ".txt", ".log"} and " " not in path.suffix:
        return ""
    with path.open("rb") as file:
        start = file.read(2000).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b'{"', b"[{", b"{\n")):
        return "jsonl"
    return "markdown" if start.startswith((b"---\n", b"---\r\n", b"# ", b"## ")) else ""


def _search(folder: Path, wanted: str, finding: Finding) -> None:
    for path in _files_in(folder):
        kind = format_of(path)
        name = str(path)
        if not kind or (wanted and kind != wanted) or _is_about_the_folder(path):
            finding.left_alone.append(name)
        else:
            finding.files.append(found_at(path, name, kind))


def _files_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def _is_about_the_folder(path: Path) -> bool:
    """Tell a read-me or a template from a failure; named one by one, such files are imported all the same."""
    stem = path.stem.lower()
    return stem in _NOT_FAILURES or "template" in stem.replace("_", "-").replace(" ", "-").split("-")
