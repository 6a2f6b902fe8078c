"""What a person says of a failure, before it is kept; and what is asked of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from failonce.failures.models import STORY_LIMIT, Kind, Visibility
from failonce.people.errors import Refused
from failonce.recall.traces import error_told_first

STORY_NEEDED = "Tell what happened, in your own words; one sentence is enough."
_TITLE_LIMIT = 200
_OWN_TITLE_LIMIT = 70  # of a title made of the story: some five lines on the narrowest screen
_CLAUSE_END = re.compile(r"[,;:?!](?=\s)|\s+[–—-](?=\s)")
_CLOCKS_DIFFER = timedelta(minutes=5)  # a phone's clock may run ahead of the server's
_EARLIEST = datetime(1000, 1, 1, tzinfo=UTC)  # old enough for the Vasa, recent enough for any zone


@dataclass(frozen=True, slots=True)
class Loss:
    """What the audiences of one offering lost; offering and audiences by slug or name."""

    offering: str = ""
    audiences: tuple[str, ...] = ()
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """A failure in the words of the one who tells it. Times are aware; services by slug or name."""

    story: str
    started_at: datetime
    title: str = ""
    kind: str = Kind.INCIDENT.value
    ended_at: datetime | None = None
    services: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    deployment: str = ""
    source: str = ""
    visibility: str = Visibility.EVERYONE.value
    readers: tuple[str, ...] = ()  # e-mail addresses of those who may read a restricted failure

    def checked(self, now: datetime) -> "Telling":
        """Return the telling tidied, with a title; raise Refused with a sentence per field."""
        tidy = replace(
            self,
            story=without_nul(self.story).strip(),
            title=" ".join(without_nul(self.title).split()),
            deployment=without_nul(self.deployment).strip(),
            source=self.source.strip(),
            losses=tuple(loss for loss in self.losses if loss.offering or loss.audiences or loss.lost.strip()),
        )
        if problems := tidy._problems(now):
            raise Refused("This failure isn't kept yet; some of it needs another look.", problems)
        return tidy if tidy.title else replace(tidy, title=title_of(tidy.story))

    def _problems(self, now: datetime) -> dict[str, str]:
        found = {
            "story": _story_problem(self.story),
            "title": _too_long(self.title, _TITLE_LIMIT),
            "kind": _choice_problem(self.kind, Kind.values),
            "visibility": _choice_problem(self.visibility, Visibility.values),
            "started_at": _moment_problem(self.started_at, now),
            "ended_at": self._end_problem(now),
            "deployment": _too_long(self.deployment, 500),
            "source": _address_problem(self.source),
        }
        return {field: problem for field, problem in found.items() if problem}

    def _end_problem(self, now: datetime) -> str:
        if self.ended_at is None:
            return ""
        if self.ended_at < self.started_at:
            return "It ends before it starts. Check both times; leave the end empty if it isn't over."
        return _moment_problem(self.ended_at, now)


def title_of(story: str) -> str:
    """Return the first sentence of a story as a title: when it is long, its first clauses or words."""
    sentence = first_sentence(story)
    if len(sentence) <= _OWN_TITLE_LIMIT:
        return sentence
    ends = [end.start() for end in _CLAUSE_END.finditer(sentence, _OWN_TITLE_LIMIT // 3, _OWN_TITLE_LIMIT + 1)]
    if ends:
        return sentence[: ends[-1]]
    return sentence[:_OWN_TITLE_LIMIT].rsplit(" ", 1)[0].rstrip(" …") + "…"


def first_sentence(story: str) -> str:
    """Return the first sentence of a story, or its beginning; recall asks about a story under it.

    Of a story that begins with a stack trace, the error it names.
    """
    lines = (line.strip(" #*>-\t") for line in story.splitlines())
    line = error_told_first(story) or next((line for line in lines if line), story)
    sentence = line.split(". ")[0].rstrip(".")
    if len(sentence) <= 120:
        return sentence
    return sentence[:117].rsplit(" ", 1)[0] + " …"


def without_nul(text: str) -> str:
    """Return the text as a database can hold it: NUL and lone surrogates shown as U+FFFD."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _story_problem(story: str) -> str:
    if not story:
        return STORY_NEEDED
    if len(story) > STORY_LIMIT:
        return (
            f"The story has {len(story):,} characters; failonce keeps up to {STORY_LIMIT:,}. "
            "Keep what explains the failure here, and link to the full log."
        )
    return ""


def _too_long(text: str, limit: int) -> str:
    return f"This has {len(text):,} characters; up to {limit:,} fit." if len(text) > limit else ""


def _choice_problem(value: str, choices: Sequence[str]) -> str:
    return "" if value in choices else f"{value[:40]!r} isn't one of: {', '.join(choices)}."


def _moment_problem(moment: datetime, now: datetime) -> str:
    if moment > now + _CLOCKS_DIFFER:
        return "This lies in the future. When did it happen?"
    return "This lies before the year 1000. When did it happen?" if moment < _EARLIEST else ""


def _address_problem(address: str) -> str:
    if not address:
        return ""
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        return "This isn't an address that starts with http:// or https://."
    return _too_long(address, 500)
