"""Writing everything one may read into a folder of files that people and failonce can read."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils import timezone

from failonce import __version__
from failonce.catalogue.interchange import catalogue_data
from failonce.failures.models import Failure, Visibility
from failonce.history.chain import record
from failonce.history.codes import number_of
from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.intake.front_matter import join, write_yaml
from failonce.intake.interchange import FOLDERS, HISTORY, MANIFEST, VERSION
from failonce.intake.interchange.fronts import (
    Front,
    front_of_answer,
    front_of_entry,
    front_of_failure,
    front_of_lesson,
    front_of_mode,
    front_of_person,
    front_of_practice,
    front_of_preflight,
)
from failonce.intake.report import counted
from failonce.lessons.models import Lesson
from failonce.modes.models import Answer, FailureMode
from failonce.people.errors import Refused
from failonce.people.models import Person, Practice, Team
from failonce.people.permissions import require
from failonce.preflight.models import Preflight

Step = Callable[[int], None]


@dataclass(slots=True)
class Leaving:
    """What an export wrote: counts by sort, and how many of the failures are restricted."""

    counts: dict[str, int] = field(default_factory=dict)
    restricted: int = 0
    hidden: int = 0

    def summary(self) -> str:
        """Return it in sentences."""
        return f"Exported {', '.join(counted(number, sort) for sort, number in self.counts.items())}."

    def about_restricted(self) -> str:
        """Return what to know about restricted failures in it, or missing from it."""
        if self.hidden:
            unread = counted(self.hidden, "failures")
            return f"Not in it: {unread} that you may not read; an administrator's export has them."
        if self.restricted:
            restricted = counted(self.restricted, "failures")
            return f"In it: {restricted} for named readers only. Keep the folder as safe as that."
        return "None of the failures is restricted."

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"counts": self.counts, "restricted": self.restricted, "not_readable": self.hidden}


def export_folder(*, actor: Person, folder: Path, step: Step = lambda done: None) -> Leaving:
    """Write what this person may read, an administrator everything; drafts and secrets never leave.

    A folder that holds an older export is brought up to date. Raises Refused for one that holds other things.
    """
    require(actor, Verb.INSTALLATION_EXPORT)
    _prepare(folder)
    leaving = Leaving()
    failures = _failures(actor)
    leaving.hidden = Failure.objects.count() - failures.count()
    written: set[int] = set()
    _write_all(folder, "F", leaving, (_noted(each, written, leaving, step) for each in _failure_rows(failures)))
    lessons = Lesson.objects.filter(failure__in=failures).select_related("written_by").prefetch_related("services")
    sheets = ((each.pk, front_of_lesson(each), each.explanation) for each in lessons.order_by("pk"))
    _write_all(folder, "L", leaving, sheets)
    modes = FailureMode.objects.select_related("opened_by").order_by("pk")
    _write_all(folder, "M", leaving, ((each.pk, front_of_mode(each, written), each.description) for each in modes))
    asked = Preflight.objects.select_related("asked_by").prefetch_related("services", "reminders__answered_by")
    sheets = ((each.pk, front_of_preflight(each, written), each.change) for each in asked.order_by("pk").iterator(500))
    _write_all(folder, "P", leaving, sheets)
    answers = [front_of_answer(each) for each in _answers(written)]
    _write(folder / "answers.yaml", write_yaml(answers))
    leaving.counts["answers"] = len(answers)
    _write(folder / "catalogue.yaml", write_yaml(catalogue_data()))
    people = _people()
    leaving.counts["practices"] = len(people["practices"])
    _write(folder / "people.yaml", write_yaml(people))
    _write_history(folder, actor, leaving)
    _write(folder / MANIFEST, json.dumps(_manifest(actor, leaving), indent=2) + "\n")
    record(actor=actor, verb=Verb.INSTALLATION_EXPORT, subject="installation", **leaving.as_data())
    return leaving


def _failures(actor: Person) -> Any:
    """Return what this person may take along; the words of a withdrawn failure are for its teller only."""
    if actor.is_administrator:
        return Failure.objects.all()
    return Failure.objects.visible_to(actor).filter(Q(withdrawn_at=None) | Q(told_by=actor))


def _failure_rows(failures: Any) -> Iterator[Failure]:
    related = ("services", "readers", "impacts__offering", "impacts__audiences", "notes__written_by")
    rows: Iterator[Failure] = failures.select_related("told_by").prefetch_related(*related).order_by("pk").iterator(500)
    return rows


def _noted(failure: Failure, written: set[int], leaving: Leaving, step: Step) -> tuple[int, Front, str]:
    written.add(failure.pk)
    leaving.restricted += failure.visibility == Visibility.RESTRICTED
    step(1)
    return failure.pk, front_of_failure(failure), failure.story


def _answers(written: set[int]) -> Iterator[Answer]:
    for answer in Answer.objects.select_related("answered_by").order_by("low_id", "high_id"):
        if {answer.low_id, answer.high_id} <= written:
            yield answer


def _people() -> Front:
    """Return names and roles, without passwords and keys: who was who, not how they sign in."""
    practices = Practice.objects.select_related("owner", "manager").prefetch_related("practitioners")
    return {
        "teams": [
            {
                "slug": team.slug,
                "name": team.name,
                "people": [front_of_person(person) for person in team.people.order_by("email")],
            }
            for team in Team.objects.prefetch_related("people").order_by("slug")
        ],
        "people": [front_of_person(person) for person in Person.objects.filter(team=None).order_by("email")],
        "practices": [front_of_practice(practice) for practice in practices.order_by("slug")],
    }


def _write_history(folder: Path, actor: Person, leaving: Leaving) -> None:
    """Write the chain as it stands, a line per entry, for reading and keeping; it tells of everything, so not to all.

    It isn't read back: the chain belongs to the installation that wrote it, and a new one begins its own.
    """
    file = folder / HISTORY
    if not actor.is_administrator:
        file.unlink(missing_ok=True)
        return
    entries = Entry.objects.select_related("actor").order_by("sequence")
    with file.open("w", encoding="utf-8", newline="\n") as lines:
        lines.writelines(
            json.dumps(front_of_entry(entry), ensure_ascii=False) + "\n" for entry in entries.iterator(2000)
        )
    leaving.counts["history entries"] = entries.count()


def _manifest(actor: Person, leaving: Leaving) -> Front:
    return {
        "format": "failonce",
        "version": VERSION,
        "written_by": f"failonce {__version__}",
        "exported_at": timezone.now().isoformat(),
        "exported_by": actor.email,
        **leaving.as_data(),
    }


def _write_all(folder: Path, letter: str, leaving: Leaving, sheets: Iterator[tuple[int, Front, str]]) -> None:
    """Write one file per object and take away those of an older export that are no more."""
    place = folder / FOLDERS[letter]
    place.mkdir(exist_ok=True)
    names = set()
    for number, front, body in sheets:
        names.add(name := f"{letter}-{number}.md")
        _write(place / name, join(front, body))
    for file in place.glob(f"{letter}-*.md"):
        if file.name not in names and number_of(file.stem, letter):
            file.unlink()
    leaving.counts[FOLDERS[letter]] = len(names)


def _write(file: Path, text: str) -> None:
    # Bytes, because writing text would turn line ends of a story into those of this machine.
    file.write_bytes(text.encode())


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    except OSError as error:
        raise Refused(f"{folder} can't be written to: {error.strerror}. Name another folder.") from error
    if names and MANIFEST not in names:
        raise Refused(f"{folder} holds other things already. Name an empty folder, or one with an older export.")
    # Without its manifest, an export that breaks off isn't taken for a whole one.
    (folder / MANIFEST).unlink(missing_ok=True)
