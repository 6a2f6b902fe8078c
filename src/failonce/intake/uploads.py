"""Files handed over on a page, kept until their import is confirmed or a day has passed."""

import json
import shutil
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from failonce.intake.fields import field_map
from failonce.intake.finding import FORMATS, Finding, format_of, found_at
from failonce.intake.report import Report
from failonce.intake.running import import_files
from failonce.intake.understanding import Understanding
from failonce.people.errors import NotFound, Refused
from failonce.people.models import Person

_KEPT_SECONDS = 24 * 3600
_ORDER = "order.json"


@dataclass(frozen=True, slots=True)
class Upload:
    """The files of one person, waiting; and what was said about them."""

    key: uuid.UUID
    folder: Path
    names: tuple[str, ...]
    options: Mapping[str, Any]

    def run(self, actor: Person, *, dry_run: bool) -> Report:
        """Import the files, or report what would happen; raise Refused for a format nobody recognises."""
        fields = field_map(self.options["pairs"])
        understanding = Understanding(actor=actor, fields=fields, source=self.options["source"])
        report = Report(dry_run=dry_run)
        import_files(self._finding(), actor=actor, understanding=understanding, report=report)
        return report

    def forget(self) -> None:
        """Delete the files."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _finding(self) -> Finding:
        finding = Finding()
        for number, name in enumerate(self.names):
            path = _place(self.folder, number, name)
            kind = self.options["wanted"] or format_of(path)
            if kind not in FORMATS:
                raise Refused(f"{name} is neither JSON Lines, CSV nor Markdown by its looks. Say which it is.")
            finding.files.append(found_at(path, name, kind, folder="upload"))
        return finding


def keep(person: Person, files: "Iterable[UploadedFile[Any]]", options: Mapping[str, Any]) -> Upload:
    """Put the files where only this installation reads them, and return them as one upload."""
    _forget_old()
    key = uuid.uuid4()
    folder = _folder(person, key)
    folder.mkdir(mode=0o700, parents=True)
    names = []
    for number, file in enumerate(files):
        names.append(name := Path(file.name or "file").name[:200])
        with _place(folder, number, name).open("wb") as kept:
            shutil.copyfileobj(file, kept)
    (folder / _ORDER).write_text(json.dumps({"names": names, "options": options}), encoding="utf-8")
    return Upload(key, folder, tuple(names), options)


def upload_for(person: Person, key: uuid.UUID) -> Upload:
    """Return a waiting upload of this person; raise NotFound when it was imported, or is a day old."""
    folder = _folder(person, key)
    try:
        order = json.loads((folder / _ORDER).read_text(encoding="utf-8"))
    except OSError as error:
        raise NotFound("These files aren't kept any more. Choose them again; nothing is imported twice.") from error
    return Upload(key, folder, tuple(order["names"]), order["options"])


def _all() -> Path:
    return Path(settings.HOME) / "uploads"


def _folder(person: Person, key: uuid.UUID) -> Path:
    return _all() / f"{person.pk}-{key}"


def _place(folder: Path, number: int, name: str) -> Path:
    # Their own name is only shown: what somebody's browser sends must not choose a path here.
    suffix = Path(name).suffix.lower()
    return folder / f"file-{number}{suffix if suffix.isascii() and suffix[1:].isalnum() else ''}"


def _forget_old() -> None:
    if _all().exists():
        for folder in _all().iterdir():
            if time.time() - folder.stat().st_mtime > _KEPT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
