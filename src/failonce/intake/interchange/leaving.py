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
from failonce.failures.models import Failure, Note, Visibility
from failonce.history.chain import record
from failonce.history.codes import number_of
from failonce.history.verbs import Verb
from failonce.intake.front_matter import join, write_yaml
from failonce.intake.interchange import FOLDERS, MANIFEST, VERSION
from failonce.intake.report import counted
from failonce.lessons.models import Lesson
from failonce.modes.models import Answer, FailureMode
from failonce.people.errors import Refused
from failonce.people.models import Person, Practice, Team
from failonce.people.permissions import require

Step = Callable[[int], None]
Front = dict[str, Any]


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
    _write_all(folder, "L", leaving, ((each.pk, _lesson(each), each.explanation) for each in lessons.order_by("pk")))
    modes = FailureMode.objects.select_related("opened_by").order_by("pk")
    _write_all(folder, "M", leaving, ((each.pk, _mode(each, written), each.description) for each in modes))
    answers = [_answer(each) for each in _answers(written)]
    _write(folder / "answers.yaml", write_yaml(answers))
    leaving.counts["answers"] = len(answers)
    _write(folder / "catalogue.yaml", write_yaml(catalogue_data()))
    _write(folder / "people.yaml", write_yaml(_people()))
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
    return failure.pk, _failure(failure), failure.story


def _failure(failure: Failure) -> Front:
    return _said(
        code=failure.code,
        title=failure.title,
        kind=failure.kind,
        started_at=failure.started_at,
        ended_at=failure.ended_at,
        services=[service.slug for service in failure.services.all()],
        impact=[
            _said(
                offering=impact.offering.slug if impact.offering else "",
                audiences=[audience.slug for audience in impact.audiences.all()],
                lost=impact.lost,
            )
            for impact in failure.impacts.all()
        ],
        deployment=failure.deployment,
        source=failure.source,
        visibility=failure.visibility,
        readers=[person.email for person in failure.readers.all()],
        told_by=failure.told_by.email,
        told_at=failure.told_at,
        version=failure.version,
        imported_as=failure.imported_as,
        withdrawn_at=failure.withdrawn_at,
        withdrawn_because=failure.withdrawn_because,
        notes=[_note(note) for note in failure.notes.all()],
    )


def _note(note: Note) -> Front:
    return {"kind": note.kind, "written_by": note.written_by.email, "written_at": note.written_at, "text": note.text}


def _lesson(lesson: Lesson) -> Front:
    return _said(
        code=lesson.code,
        failure=f"F-{lesson.failure_id}",
        when_you=lesson.when_you,
        remember=lesson.remember,
        because=lesson.because,
        services=[service.slug for service in lesson.services.all()],
        technologies=lesson.technologies,
        paths=lesson.paths,
        kinds_of_change=lesson.kinds_of_change,
        written_by=lesson.written_by.email,
        written_at=lesson.written_at,
        renew_by=lesson.renew_by,
        renewed_at=lesson.renewed_at,
        retired_at=lesson.retired_at,
        retired_because=lesson.retired_because,
        version=lesson.version,
    )


def _mode(mode: FailureMode, written: set[int]) -> Front:
    numbers = mode.occurrences.order_by("failure_id").values_list("failure_id", flat=True)
    return _said(
        code=mode.code,
        title=mode.title,
        failures=[f"F-{number}" for number in numbers if number in written],
        opened_by=mode.opened_by.email,
        opened_at=mode.opened_at,
        version=mode.version,
    )


def _answers(written: set[int]) -> Iterator[Answer]:
    for answer in Answer.objects.select_related("answered_by").order_by("low_id", "high_id"):
        if {answer.low_id, answer.high_id} <= written:
            yield answer


def _answer(answer: Answer) -> Front:
    return {
        "failure": f"F-{answer.low_id}",
        "other": f"F-{answer.high_id}",
        "answer": answer.value,
        "answered_by": answer.answered_by.email,
        "answered_at": answer.answered_at,
    }


def _people() -> Front:
    """Return names and roles, without passwords and keys: who was who, not how they sign in."""
    practices = Practice.objects.select_related("owner", "manager").prefetch_related("practitioners")
    return {
        "teams": [
            {
                "slug": team.slug,
                "name": team.name,
                "people": [_person(person) for person in team.people.order_by("email")],
            }
            for team in Team.objects.prefetch_related("people").order_by("slug")
        ],
        "people": [_person(person) for person in Person.objects.filter(team=None).order_by("email")],
        "practices": [_practice(practice) for practice in practices.order_by("slug")],
    }


def _person(person: Person) -> Front:
    roles = {"leader": person.is_leader, "administrator": person.is_administrator, "closed": not person.is_active}
    return {"email": person.email, "name": person.name, "roles": [role for role, has in roles.items() if has]}


def _practice(practice: Practice) -> Front:
    return _said(
        slug=practice.slug,
        name=practice.name,
        purpose=practice.purpose,
        owner=practice.owner.email if practice.owner else "",
        manager=practice.manager.email if practice.manager else "",
        practitioners=[person.email for person in practice.practitioners.all()],
    )


def _manifest(actor: Person, leaving: Leaving) -> Front:
    return {
        "format": "failonce",
        "version": VERSION,
        "written_by": f"failonce {__version__}",
        "exported_at": timezone.now().isoformat(),
        "exported_by": actor.email,
        **leaving.as_data(),
    }


def _said(**front: Any) -> Front:
    """Return only what says something; a file full of empty fields is tiring to read."""
    return {name: value for name, value in front.items() if value not in (None, "", [])}


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
