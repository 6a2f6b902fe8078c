"""Taking in a folder of failonce's own format: people, catalogue, failures, lessons, modes, answers."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from failonce.catalogue.interchange import apply_catalogue
from failonce.failures.importing import FailureImport, Incoming, Outcome, Remark
from failonce.failures.models import Failure, Note
from failonce.failures.telling import Loss, Telling
from failonce.history.codes import number_of
from failonce.history.verbs import Verb
from failonce.intake.accounts import Accounts
from failonce.intake.batches import batches
from failonce.intake.front_matter import UnreadableError, read_yaml, text_of
from failonce.intake.interchange import FOLDERS, MANIFEST, VERSION
from failonce.intake.interchange.numbering import reserve_codes
from failonce.intake.interchange.sheets import Sheet, sheet_of
from failonce.intake.report import Place, Report
from failonce.lessons.importing import IncomingLesson, import_lessons
from failonce.lessons.models import Lesson
from failonce.lessons.teaching import Teaching
from failonce.modes.holding import AT_ONCE
from failonce.modes.importing import IncomingAnswer, IncomingMode, import_answers, import_modes
from failonce.modes.models import FailureMode
from failonce.people.errors import Refused
from failonce.people.importing import IncomingPractice, import_practices
from failonce.people.models import Person
from failonce.people.permissions import require
from failonce.preflight.change import read_change
from failonce.preflight.importing import IncomingPreflight, IncomingReminder, import_preflights
from failonce.preflight.models import ABOUT_LENGTH, Preflight, Reminder
from failonce.preflight.remembering import MOST_REMINDERS

BATCH = 300  # failures in one transaction: few enough that nobody waits long for the database
SLOW_BATCH = 50  # lessons or preflights, which take several statements each
Step = Callable[[int], None]


def is_folder_of_ours(path: Path) -> bool:
    """Tell whether a folder looks like an export of failonce."""
    return (path / MANIFEST).is_file() or any((path / FOLDERS["F"]).glob("F-*.md"))


def import_folder(*, actor: Person, folder: Path, dry_run: bool = False, step: Step = lambda done: None) -> Report:
    """Take in everything the folder holds that is not here yet; raise Refused when it isn't one of ours.

    Codes stay as they are where they are free. `step` is called with the number of files done since the last call.
    """
    require(actor, Verb.FAILURE_IMPORT)
    _check_version(folder)
    return _Arrival(actor, folder, dry_run, step).everything()


class _Arrival:
    """One folder being taken in."""

    def __init__(self, actor: Person, folder: Path, dry_run: bool, step: Step) -> None:
        self.actor = actor
        self.folder = folder
        self.dry_run = dry_run
        self.step = step
        self.report = Report(dry_run=dry_run)
        self._people = self._people_file()
        self.accounts = Accounts(actor, self._names_of_people(), dry_run=dry_run)
        self.failures: dict[int, Failure] = {}  # by the number they have in the folder
        self.lessons: dict[int, Lesson] = {}

    def everything(self) -> Report:
        """Take in each part after the parts it refers to."""
        self._catalogue()
        sheets = {letter: self._files(letter) for letter in FOLDERS}
        if not self.dry_run:
            reserve_codes({model: _highest(sheets[letter], letter) for letter, model in _MODELS.items()})
        self._failures(sheets["F"])
        self._lessons(sheets["L"])
        self._modes(sheets["M"])
        self._answers()
        self._preflights(sheets["P"])
        self._practices()
        for person in self.accounts.added:
            self.report.keep("people", person.email, is_new=True)
        return self.report

    def _catalogue(self) -> None:
        file = self.folder / "catalogue.yaml"
        if not file.exists():
            return
        try:
            # Typed, unlike the front matter: a catalogue says true and false.
            data = yaml.safe_load(text_of(file.read_bytes()))
            done = apply_catalogue(actor=self.actor, data=data or {}, dry_run=self.dry_run)
        except (UnreadableError, yaml.YAMLError, ValueError, OSError) as error:
            self.report.refuse("catalogue entries", Place("catalogue.yaml"), f"It can't be read: {error}")
        except Refused as refusal:
            self.report.refuse("catalogue entries", Place("catalogue.yaml"), refusal.message)
        else:
            tally = self.report.tally("catalogue entries")
            tally.kept, tally.here = len(done.added) + len(done.changed), len(done.unchanged)
            for sentence in done.left_out:
                self.report.refuse("catalogue entries", Place("catalogue.yaml"), sentence)

    def _failures(self, sheets: list[Sheet]) -> None:
        importing = FailureImport(actor=self.actor, dry_run=self.dry_run)
        for batch in batches(sheets, BATCH):
            pairs = list(self._readable("failures", batch, self._incoming))
            outcomes = importing.take_in([incoming for _, incoming in pairs])
            for (sheet, incoming), outcome in zip(pairs, outcomes, strict=True):
                self._note_failure(sheet, incoming, outcome)
            self.step(len(batch))
        self.report.name_services(importing.named)

    def _note_failure(self, sheet: Sheet, incoming: Incoming, outcome: Outcome) -> None:
        place = Place(sheet.name)
        if outcome.failure is None and outcome.problems:
            self.report.refuse("failures", place, _reasons(outcome.problems))
            return
        self.report.notice(place, outcome.notices)
        self.report.keep("failures", outcome.failure.code if outcome.failure else "", is_new=outcome.is_new)
        if outcome.failure and incoming.number:
            self.failures[incoming.number] = outcome.failure

    def _incoming(self, sheet: Sheet) -> Incoming:
        number = sheet.number("F")
        started_at = sheet.moment("started_at")
        if started_at is None:
            raise UnreadableError("started_at: a failure says when it started.")
        told_at = sheet.moment("told_at") or started_at
        return Incoming(
            telling=Telling(
                story=sheet.body,
                title=sheet.text("title"),
                kind=sheet.text("kind") or "incident",
                started_at=started_at,
                ended_at=sheet.moment("ended_at"),
                services=sheet.words("services"),
                losses=tuple(_loss(row) for row in sheet.rows("impact")),
                deployment=sheet.text("deployment"),
                source=sheet.text("source"),
                visibility=sheet.text("visibility") or "everyone",
                readers=tuple(self._person(address).email for address in sheet.words("readers")),
            ),
            told_by=self._person(sheet.text("told_by")),
            told_at=told_at,
            identity=sheet.text("imported_as")[:200] or None,
            number=number,
            renumbered_as=f"failonce:F-{number}:{told_at.isoformat()}",
            version=sheet.whole("version", 1),
            withdrawn_at=sheet.moment("withdrawn_at"),
            withdrawn_because=sheet.text("withdrawn_because"),
            remarks=tuple(self._remark(row, told_at) for row in sheet.rows("notes")),
        )

    def _remark(self, row: Sheet, told_at: Any) -> Remark:
        kind = row.text("kind") or Note.Kind.COMMENT.value
        if kind not in Note.Kind.values:
            raise UnreadableError(f"notes: {kind[:40]!r} isn't one of: {', '.join(Note.Kind.values)}.")
        writer = self._person(row.text("written_by"))
        return Remark(kind, row.text("text"), writer, row.moment("written_at") or told_at)

    def _lessons(self, sheets: list[Sheet]) -> None:
        for batch in batches(sheets, SLOW_BATCH):
            pairs = list(self._readable("lessons", batch, self._lesson))
            outcomes = import_lessons(actor=self.actor, incoming=[each for _, each in pairs], dry_run=self.dry_run)
            for (sheet, _), outcome in zip(pairs, outcomes, strict=True):
                if outcome.lesson is None:
                    self.report.refuse("lessons", Place(sheet.name), _reasons(outcome.problems))
                else:
                    self.lessons[sheet.number("L")] = outcome.lesson
                    self._tell_new_code(sheet, "L", outcome.lesson.pk)
                    self.report.keep("lessons", outcome.lesson.code, is_new=outcome.is_new)
            self.step(len(batch))

    def _lesson(self, sheet: Sheet) -> IncomingLesson:
        failure = self._failure(sheet.text("failure"))
        written_at = sheet.moment("written_at") or failure.told_at
        return IncomingLesson(
            failure=failure,
            teaching=Teaching(
                when_you=sheet.text("when_you"),
                remember=sheet.text("remember"),
                because=sheet.text("because"),
                explanation=sheet.body,
                services=sheet.words("services"),
                technologies=sheet.words("technologies"),
                paths=sheet.words("paths"),
                kinds_of_change=sheet.words("kinds_of_change"),
                renew_by=sheet.day("renew_by"),
            ),
            written_by=self._person(sheet.text("written_by")) if sheet.text("written_by") else failure.told_by,
            written_at=written_at,
            number=sheet.number("L"),
            version=sheet.whole("version", 1),
            renewed_at=sheet.moment("renewed_at"),
            retired_at=sheet.moment("retired_at"),
            retired_because=sheet.text("retired_because"),
        )

    def _modes(self, sheets: list[Sheet]) -> None:
        for batch in batches(sheets, AT_ONCE, weigh=_weight):
            pairs = list(self._readable("modes", batch, self._mode))
            outcomes = import_modes(actor=self.actor, incoming=[each for _, each in pairs], dry_run=self.dry_run)
            for (sheet, _), outcome in zip(pairs, outcomes, strict=True):
                if outcome.problems:
                    self.report.refuse("modes", Place(sheet.name), _reasons(outcome.problems))
                    continue
                self.report.notice(Place(sheet.name), outcome.notices)
                if outcome.mode:
                    self._tell_new_code(sheet, "M", outcome.mode.pk)
                self.report.keep("modes", outcome.mode.code if outcome.mode else "", is_new=outcome.is_new)
            self.step(len(batch))

    def _mode(self, sheet: Sheet) -> IncomingMode:
        failures = tuple(self._failure(code) for code in sheet.words("failures"))
        latest = max(failures, key=lambda failure: failure.told_at, default=None)
        opener = self._person(sheet.text("opened_by")) if sheet.text("opened_by") or not latest else latest.told_by
        return IncomingMode(
            title=sheet.text("title"),
            description=sheet.body,
            failures=failures,
            opened_by=opener,
            opened_at=sheet.moment("opened_at") or (latest.told_at if latest else timezone.now()),
            number=sheet.number("M"),
            version=sheet.whole("version", 1),
        )

    def _answers(self) -> None:
        file = self.folder / "answers.yaml"
        if not file.exists():
            return
        try:
            rows = Sheet("answers.yaml", {"answers": read_yaml(text_of(file.read_bytes()))}, "").rows("answers")
        except UnreadableError as error:
            self.report.refuse("answers", Place("answers.yaml", error.line), error.why)
            return
        read = [answer for _, answer in self._readable("answers", rows, self._answer)]
        # The last answer about a pair stands, which a batch after the first one's would find answered.
        last = {frozenset((id(each.failure), id(each.other))): each for each in read}
        new = sum(
            import_answers(actor=self.actor, incoming=batch, dry_run=self.dry_run)
            for batch in batches(last.values(), AT_ONCE)
        )
        tally = self.report.tally("answers")
        tally.kept, tally.here = new, len(read) - new

    def _answer(self, row: Sheet) -> IncomingAnswer:
        failure, other = self._failure(row.text("failure")), self._failure(row.text("other"))
        latest = max(failure.told_at, other.told_at)
        by = self._person(row.text("answered_by"))
        return IncomingAnswer(failure, other, row.text("answer"), by, row.moment("answered_at") or latest)

    def _preflights(self, sheets: list[Sheet]) -> None:
        for batch in batches(sheets, SLOW_BATCH):
            pairs = list(self._readable("preflights", batch, self._preflight))
            outcomes = import_preflights(
                actor=self.actor, incoming=[incoming for _, incoming in pairs], dry_run=self.dry_run
            )
            for (sheet, _), (preflight, is_new) in zip(pairs, outcomes, strict=True):
                self._tell_new_code(sheet, "P", preflight.pk)
                self.report.keep("preflights", preflight.code, is_new=is_new)
            self.step(len(batch))

    def _preflight(self, sheet: Sheet) -> IncomingPreflight:
        asked_at = sheet.moment("asked_at")
        if asked_at is None:
            raise UnreadableError("asked_at: a preflight says when it was asked.")
        return IncomingPreflight(
            change=sheet.body,
            about=sheet.text("about")[:ABOUT_LENGTH],
            digest=sheet.text("digest")[:64] or read_change([sheet.body]).digest,
            asked_by=self._person(sheet.text("asked_by")),
            asked_at=asked_at,
            services=sheet.words("services"),
            notices=sheet.words("notices"),
            reminders=tuple(self._reminder(row) for row in sheet.rows("reminders")[:MOST_REMINDERS]),
            number=sheet.number("P"),
        )

    def _reminder(self, row: Sheet) -> IncomingReminder:
        answer, reason = row.text("answer"), row.text("reason")
        if answer and answer not in Reminder.Answer.values:
            raise UnreadableError(f"reminders: {answer[:40]!r} isn't one of: {', '.join(Reminder.Answer.values)}.")
        return IncomingReminder(
            failure=self._failure(row.text("failure")),
            lesson=self._lesson_here(row.text("lesson")),
            probability=row.share("probability"),
            because=row.words("because"),
            answer=answer,
            reason=reason,
            answered_by=self._person(row.text("answered_by")) if answer else None,
            answered_at=row.moment("answered_at") if answer else None,
        )

    def _lesson_here(self, code: str) -> Lesson | None:
        if not code:
            return None
        found = self.lessons.get(number_of(code, "L") or 0)
        if found is None:
            raise UnreadableError(f"The folder has no lesson {code[:40]!r} that could be kept.")
        return found

    def _practices(self) -> None:
        rows = self._rows_of_people("practices")
        incoming = [practice for _, practice in self._readable("practices", rows, self._practice)]
        for practice, is_new in zip(
            incoming, import_practices(actor=self.actor, incoming=incoming, dry_run=self.dry_run), strict=True
        ):
            self.report.keep("practices", f"practice:{practice.slug}", is_new=is_new)

    def _practice(self, row: Sheet) -> IncomingPractice:
        slug, name = row.text("slug"), row.text("name").strip()
        if not _SLUG.fullmatch(slug) or not 0 < len(name) <= 120:
            raise UnreadableError("practices: each has a slug and a name.")
        owner, manager = row.text("owner"), row.text("manager")
        return IncomingPractice(
            slug=slug,
            name=name,
            purpose=row.text("purpose"),
            owner=self._person(owner) if owner else None,
            manager=self._person(manager) if manager else None,
            practitioners=tuple(self._person(address) for address in row.words("practitioners")),
        )

    def _failure(self, code: str) -> Failure:
        found = self.failures.get(number_of(code, "F") or 0)
        if found is None:
            raise UnreadableError(f"The folder has no failure {code[:40]!r} that could be kept.")
        return found

    def _person(self, address: str) -> Person:
        if not address:
            return self.actor
        if "@" not in address or len(address) > 254:
            raise UnreadableError(f"{address[:40]!r} isn't an e-mail address.")
        return self.accounts.at(address)

    def _files(self, letter: str) -> list[Sheet]:
        """Return the readable files of one folder in the order of their codes."""
        found = []
        sort = FOLDERS[letter]
        for path in sorted((self.folder / sort).glob("*.md"), key=lambda path: number_of(path.stem, letter) or 0):
            name = f"{sort}/{path.name}"
            try:
                found.append(sheet_of(path, name))
            except UnreadableError as error:
                self.report.refuse(sort, Place(name, error.line), error.why)
        self.report.tally(sort)
        return found

    def _readable(self, sort: str, sheets: list[Sheet], read: Callable[[Sheet], Any]) -> Iterator[tuple[Sheet, Any]]:
        """Yield each sheet with what it says; one that can't be understood is refused, the rest goes on."""
        for sheet in sheets:
            try:
                yield sheet, read(sheet)
            except UnreadableError as error:
                self.report.refuse(sort, Place(sheet.name, error.line), error.why)

    def _tell_new_code(self, sheet: Sheet, letter: str, number: int | None) -> None:
        if number is not None and number != sheet.number(letter):
            notice = f"{letter}-{sheet.number(letter)} is {letter}-{number} here."
            self.report.notice(Place(sheet.name), [notice])

    def _names_of_people(self) -> dict[str, str]:
        """Return the names in people.yaml by address; an export says who told, not how they sign in."""
        rows = [row for team in self._rows_of_people("teams") for row in team.rows("people")]
        rows += self._rows_of_people("people")
        try:
            return {row.text("email").lower(): row.text("name")[:120] for row in rows}
        except UnreadableError as error:
            self.report.refuse("people", Place("people.yaml"), error.why)
            return {}

    def _rows_of_people(self, key: str) -> list[Sheet]:
        try:
            return self._people.rows(key)
        except UnreadableError as error:
            self.report.refuse("people", Place("people.yaml"), error.why)
            return []

    def _people_file(self) -> Sheet:
        file = self.folder / "people.yaml"
        said: Any = {}
        try:
            said = read_yaml(text_of(file.read_bytes())) if file.exists() else {}
        except UnreadableError as error:
            self.report.refuse("people", Place("people.yaml", error.line), error.why)
        return Sheet("people.yaml", said if isinstance(said, dict) else {}, "")


_MODELS: dict[str, Any] = {"F": Failure, "L": Lesson, "M": FailureMode, "P": Preflight}
_SLUG = re.compile(r"[-a-z0-9_]{1,80}")


def _check_version(folder: Path) -> None:
    file = folder / MANIFEST
    if not file.exists():
        return
    try:
        version = json.loads(text_of(file.read_bytes()))["version"]
    except (UnreadableError, ValueError, KeyError, TypeError) as error:
        raise Refused(
            f"{MANIFEST} can't be read: {error}. Export again, or take it away to import the rest."
        ) from error
    if not isinstance(version, int) or version > VERSION:
        raise Refused(f"This folder has format {version}; this failonce reads up to {VERSION}. Update failonce first.")


def _highest(sheets: list[Sheet], letter: str) -> int:
    numbers = []
    for sheet in sheets:
        try:
            numbers.append(sheet.number(letter))
        except UnreadableError:
            continue  # refused with its reason when its turn comes
    return max(numbers, default=0)


def _weight(mode: Sheet) -> int:
    """Return how much a mode's file makes: the mode, and a link for each failure."""
    failures = mode.front.get("failures")
    return 1 + len(failures) if isinstance(failures, list) else 2


def _loss(row: Sheet) -> Loss:
    return Loss(row.text("offering"), row.words("audiences"), row.text("lost"))


def _reasons(problems: Any) -> str:
    return " ".join(f"{name}: {why}" if name else why for name, why in problems.items())
