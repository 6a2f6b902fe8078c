"""Has this happened before? What a failure, told or being told, resembles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from failonce.failures.models import Failure
from failonce.failures.recall_source import query_of
from failonce.failures.telling import first_sentence
from failonce.history.codes import number_of
from failonce.modes.memory import hidden_from, memory
from failonce.modes.models import Answer, FailureMode, Occurrence
from failonce.people.models import Person
from failonce.recall import Hit, Query

SHOWN = 5
_WORTH_SHOWING = 0.08  # below this chance a card is noise even to somebody who asked


@dataclass(frozen=True, slots=True)
class Resemblance:
    """An earlier failure that this one may repeat: the chance, the reasons in words, the answer so far."""

    failure: Failure
    probability: float
    because: tuple[str, ...]
    said: bool
    answer: str
    mode: FailureMode | None


def resembling_text(
    person: Person,
    *,
    story: str,
    title: str = "",
    services: tuple[str, ...] = (),
    before: datetime | None = None,
    answers: Mapping[str, str] | None = None,
    limit: int = SHOWN,
) -> list[Resemblance]:
    """Return what a text resembles, best first; `answers` (code to answer) leaves out what was rejected."""
    # Told failures always have a title; without one, a likeness of titles could never count.
    title = title.strip() or first_sentence(story)
    query = Query(text=story, title=title, services=services, before=before.timestamp() if before else None)
    return _resemblances(person, query, answers or {}, set(), limit)


def resembling(person: Person, failure: Failure, *, limit: int = SHOWN) -> list[Resemblance]:
    """Return what a told failure resembles among earlier ones, without the pairs people rejected."""
    return _resemblances(person, query_of(failure), answers_about(failure), {failure.code}, limit)


def resembling_context(person: Person, failure: Failure) -> dict[str, Any]:
    """Return what the pages show of a failure's repeats: its mode, and what it resembles, surely or faintly."""
    found = [] if failure.withdrawn_at else _found_or_linked(person, failure)
    sure = [each for each in found if each.said or each.answer == Answer.Value.YES]
    return {
        "failure": failure,
        "mode": FailureMode.objects.filter(occurrences__failure=failure).first(),
        "said": sure,
        "faint": [each for each in found if each not in sure],
    }


def answers_about(failure: Failure) -> dict[str, str]:
    """Return every answer given about this failure, by the code of the other one."""
    above = Answer.objects.filter(low=failure).values_list("high_id", "value")
    below = Answer.objects.filter(high=failure).values_list("low_id", "value")
    return {f"F-{other}": value for other, value in (*above, *below)}


def _resemblances(
    person: Person, query: Query, answers: Mapping[str, str], without: set[str], limit: int
) -> list[Resemblance]:
    if not query.text.strip() and not query.title.strip():
        return []
    rejected = {code for code, value in answers.items() if value == Answer.Value.NO}
    left_out = without | rejected | hidden_from(person)
    hits = memory.search(query, limit=limit, without=left_out, only="F-", at_least=_WORTH_SHOWING)
    return _with_failures(hits, answers)


def _found_or_linked(person: Person, failure: Failure) -> list[Resemblance]:
    """Return what it resembles, and then the earlier failures people said it repeats although recall misses them."""
    found = resembling(person, failure)
    said = {code for code, value in answers_about(failure).items() if value == Answer.Value.YES}
    missed = said - {each.failure.code for each in found}
    earlier = (
        Failure.objects.visible_to(person)
        .standing()
        .filter(pk__in=[number_of(code, "F") for code in missed], started_at__lte=failure.started_at)
    )
    modes = _modes_of(earlier)
    linked = [Resemblance(each, 1.0, (), True, Answer.Value.YES, modes.get(each.pk)) for each in earlier.newest()]
    return [*found, *linked]


def _modes_of(failures: Iterable[Failure]) -> dict[int, FailureMode]:
    occurrences = Occurrence.objects.filter(failure__in=failures).select_related("mode")
    return {occurrence.failure_id: occurrence.mode for occurrence in occurrences}


def _with_failures(hits: list[Hit], answers: Mapping[str, str]) -> list[Resemblance]:
    numbers = [int(hit.key[2:]) for hit in hits]
    failures = Failure.objects.in_bulk(numbers)
    modes = _modes_of(failures.values())
    return [
        Resemblance(
            failures[number], hit.probability, hit.because, hit.said, answers.get(hit.key, ""), modes.get(number)
        )
        for number, hit in zip(numbers, hits, strict=True)
        if number in failures
    ]
