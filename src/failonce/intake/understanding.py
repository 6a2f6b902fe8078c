"""From a source's record to a failure that can be kept, saying how anything unclear was read."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from failonce.failures.importing import IDENTITY_LIMIT, Incoming
from failonce.failures.telling import Loss, Telling, without_nul
from failonce.intake.fields import FieldMap, names_of, words_of
from failonce.intake.front_matter import UnreadableError
from failonce.intake.kinds import kind_of
from failonce.intake.moments import UnreadableTimeError, day_in, moment_of
from failonce.intake.records import Record
from failonce.people.models import Person

_TITLE_LIMIT = 200
_DATE_LINE = re.compile(r"^[*_#\s]*(?:date|when|started|start)[*_]*\s*:[*_]*\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Understood:
    """A record as a failure, and sentences about how it was read."""

    incoming: Incoming
    notices: tuple[str, ...]


class Understanding:
    """Reads the records of one import."""

    def __init__(self, *, actor: Person, fields: FieldMap, source: str = "") -> None:
        self.fields = fields
        self._actor = actor
        self._source = source
        self._now = timezone.now()

    def of(self, record: Record) -> Understood:
        """Return the record as a failure; raise UnreadableError with the reason where it can't be one."""
        said = self.fields.read(record.fields)
        notices: list[str] = []
        title, story = _title_and_story(said, notices)
        started_at = self._start(said, record, story, notices)
        ended_at = _end(said, started_at, self._now, notices)
        kind, how = kind_of(words_of(said.get("kind")))
        notices += [how] if how else []
        telling = Telling(
            story=story,
            title=title,
            kind=kind,
            started_at=started_at,
            ended_at=ended_at,
            services=names_of(said.get("services")),
            losses=_losses(said.get("impact")),
            deployment=words_of(said.get("deployment"))[:500],
            source=_address(said, notices),
            visibility=_visibility(said),
        )
        told_at = _moment(said, "told_at", notices) or started_at
        identity = self._identity(said, record, telling)
        return Understood(
            Incoming(telling, told_by=self._actor, told_at=min(told_at, self._now), identity=identity), tuple(notices)
        )

    def _start(self, said: Mapping[str, Any], record: Record, story: str, notices: list[str]) -> datetime:
        """Return when it started: as said, else as the text, the id or the file's name let one read."""
        if found := _moment(said, "started_at", notices):
            return found
        if (line := _DATE_LINE.search(story[:20_000])) and (found := _readable(line[1], notices)):
            return found
        for text, where in ((words_of(said.get("id")), "its id"), (record.place.file, "the file's name")):
            if found := day_in(text):
                notices.append(f"No time is given; the day is read from {where}.")
                return found
        if (found := day_in(story)) and found <= self._now:
            notices.append("No time is given; the first day in the text is read as its start.")
            return found
        notices.append("No time is given; it counts as started when it was imported.")
        return self._now

    def _identity(self, said: Mapping[str, Any], record: Record, telling: Telling) -> str:
        source = _name(said.get("from")) or self._source or record.origin
        if number := words_of(said.get("id")).strip():
            return _short(f"{source}:{number}")
        words = "\x00".join([telling.title, telling.story, words_of(said.get("started_at"))])
        return _short(f"{source}:#{_digest(words)}")


def _title_and_story(said: Mapping[str, Any], notices: list[str]) -> tuple[str, str]:
    title, story, summary = (words_of(said.get(name)).strip() for name in ("title", "story", "summary"))
    if not story:
        story, summary = summary, ""
    if not title and "\n" not in summary and len(summary) <= _TITLE_LIMIT:
        title = summary
    if len(title) > _TITLE_LIMIT:
        notices.append("A title too long for one line is kept in full at the head of the story.")
        title, story = f"{title[: _TITLE_LIMIT - 2].rsplit(' ', 1)[0]} …", f"{title}\n\n{story}"
    return title, story


def _moment(said: Mapping[str, Any], name: str, notices: list[str]) -> datetime | None:
    try:
        found = moment_of(said.get(name))
    except UnreadableTimeError as error:
        raise UnreadableError(f"{name}: {error}") from error
    if found and found.how:
        notices.append(found.how)
    return found.at if found else None


def _readable(text: str, notices: list[str]) -> datetime | None:
    """Return the time in a line of prose, None where there is none: prose may say "When: last night"."""
    try:
        found = moment_of(text.strip("*_ "))
    except UnreadableTimeError:
        return day_in(text)
    if found and found.how:
        notices.append(found.how)
    return found.at if found else None


def _end(said: Mapping[str, Any], started_at: datetime, now: datetime, notices: list[str]) -> datetime | None:
    """Return when it ended; an end that can't be one is left out rather than the whole story."""
    found = _moment(said, "ended_at", notices)
    if found and found < started_at:
        notices.append("It ends before it starts; the end is left out.")
        return None
    if found and found > now:
        notices.append("It ends in the future; the end is left out.")
        return None
    return found


def _losses(value: Any) -> tuple[Loss, ...]:
    """Return the impact as the API takes it, a list of offering, audiences and what they lost; or one sentence."""
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return tuple(
            Loss(words_of(each.get("offering")), names_of(each.get("audiences")), words_of(each.get("lost")))
            for each in value
        )
    text = words_of(value).strip()
    return (Loss(lost=text),) if text else ()


def _address(said: Mapping[str, Any], notices: list[str]) -> str:
    for name in ("source", "from"):
        text = words_of(said.get(name)).strip()
        if text.startswith(("http://", "https://")) and len(text) <= 500 and " " not in text:
            return text
    if words_of(said.get("source")).strip():
        notices.append("A link that isn't one is left out.")
    return ""


def _visibility(said: Mapping[str, Any]) -> str:
    # What was private elsewhere must not become public here by a spelling we don't know.
    text = words_of(said.get("visibility")).strip().lower()
    return "everyone" if text in {"", "everyone", "public", "internal", "all"} else "restricted"


def _name(value: Any) -> str:
    text = words_of(value).strip()
    return "" if text.startswith(("http://", "https://")) else text


def _short(identity: str) -> str:
    identity = without_nul(identity)
    return identity if len(identity) <= IDENTITY_LIMIT else f"{identity[:150]}#{_digest(identity)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
