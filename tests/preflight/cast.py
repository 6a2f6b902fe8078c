"""What preflights are asked about here: a failure, and a change that would repeat it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure
from failonce.lessons.models import Lesson
from failonce.lessons.teaching import Teaching
from failonce.lessons.writes import write_lesson
from failonce.people.models import Person

POOL = (
    "We lowered max_connections of the postgres connection pool to 40 and every retry opened a new connection. "
    "The pool ran out of connections and sign-in refused everybody for an hour."
)
RISKY = (
    "Lower max_connections of the postgres connection pool\n\nThe connection pool of sign-in keeps connections that "
    "nobody uses. Set max_connections to 60, so that the pool runs with fewer connections; a retry opens a new one."
)
INNOCENT = "Fix a typo in the heading of the monthly newsletter"


def tell(person: Person, story: str, days: int = 0, **said: Any) -> Failure:
    """Return a failure that this person told."""
    started_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
    return tell_failure(actor=person, telling=Telling(story=story, started_at=started_at, **said)).failure


def learn(person: Person, failure: Failure, **said: Any) -> Lesson:
    """Return a lesson that this person wrote about it."""
    parts: dict[str, Any] = {
        "when_you": "lower max_connections of a connection pool",
        "remember": "that every retry opens a new connection",
        "because": "the pool ran out of connections and sign-in refused everybody",
    }
    return write_lesson(actor=person, failure=failure, teaching=Teaching(**(parts | said))).lesson
