"""What a telling is said to resemble: failures only, however many lessons use the same words."""

from datetime import UTC, datetime, timedelta

from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure
from failonce.modes.memory import memory
from failonce.modes.resemblance import SHOWN, resembling_text
from failonce.people.models import Person
from failonce.recall import Index, Query, Text

STORY = "The TLS certificate of the gateway expired on host number {n}, and nobody watched its end date."


def test_lessons_do_not_push_failures_out(ada: Person) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(SHOWN + 1):
        tell_failure(actor=ada, telling=Telling(story=STORY.format(n=n), started_at=start + timedelta(days=n)))
    written = (start + timedelta(days=99)).timestamp()
    memory.follow().put_many(Text(f"L-{n}", STORY.format(n=n), STORY.format(n=n), written) for n in range(50))

    try:
        found = resembling_text(ada, story=STORY.format(n=99))
    finally:
        memory.forget()

    assert len(found) == SHOWN
    assert all(each.because for each in found)


def test_recall_returns_only_what_was_asked_for() -> None:
    index = Index()
    index.put_many(Text(f"{letter}-{n}", STORY.format(n=n), STORY.format(n=n)) for letter in "FL" for n in range(9))
    query = Query(text=STORY.format(n=99))

    everything = index.search(query, limit=99)
    some = index.search(query, limit=3, only="F-", at_least=everything[5].probability)

    wanted = [hit for hit in everything if hit.key.startswith("F-") and hit.probability >= everything[5].probability]
    assert some == wanted[:3]
    assert index.search(query, at_least=1.1) == []
