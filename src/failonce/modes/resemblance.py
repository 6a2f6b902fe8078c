"""Has this happened before? What a failure, told or being told, resembles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from failonce.failures.models import Failure, FailureQuerySet
from failonce.failures.recall_source import query_of
from failonce.failures.telling import first_sentence
from failonce.history.codes import number_of
from failonce.modes.memory import hidden_from, memory
from failonce.modes.models import Answer, FailureMode, Occurrence
from failonce.people.models import Person
from failonce.recall import Hit, Query

SHOWN = 5
_WORTH_SHOWING = 0.08  # below this chance a card is noise even to somebody who asked
# Where nothing is said, the nearest stands open from this chance: of organisations that recall knows nothing of, it is
# the right one for half as many repeats more, and stands beside one in seven or eight novel failures.
_NEAR = 0.2


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
    # Told failures always have a title, and its words count three times.
    title = title.strip() or first_sentence(story)
    query = Query(text=story, title=title, services=services, before=before.timestamp() if before else None)
    return _resemblances(person, query, answers or {}, set(), limit)


def resembling(person: Person, failure: Failure, *, limit: int = SHOWN) -> list[Resemblance]:
    """Return what a told failure resembles among earlier ones, without the pairs people rejected."""
    return _resemblances(person, query_of(failure), answers_about(failure), {failure.code}, limit)


def resembling_context(person: Person, failure: Failure) -> dict[str, Any]:
    """Return what the pages show of a failure's repeats: its mode, and what `typed_context` does of earlier ones."""
    earlier = Failure.objects.visible_to(person).standing().filter(started_at__lte=failure.started_at)
    found, answers = ([], {}) if failure.withdrawn_at else (resembling(person, failure), answers_about(failure))
    mode = FailureMode.objects.filter(occurrences__failure=failure).first()
    return {"failure": failure, "mode": mode} | _sorted_out(found, answers, earlier, is_known=mode is not None)


def typed_context(
    person: Person, *, story: str, title: str, services: tuple[str, ...], answers: Mapping[str, str]
) -> dict[str, Any]:
    """Return what is shown beside a text being typed: likenesses `said`, `near` or `faint`, and what was `answered`."""
    found = resembling_text(person, story=story, title=title, services=services, answers=answers)
    return _sorted_out(found, answers, Failure.objects.visible_to(person))


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


def _sorted_out(
    found: list[Resemblance], answers: Mapping[str, str], failures: FailureQuerySet, *, is_known: bool = False
) -> dict[str, list[Resemblance]]:
    """Sort what recall finds and people answered about these failures: what is said, near, faint, and answered.

    Of what is known to be a repeat nothing needs to come near.
    """
    both = [*found, *_answered_besides(found, answers, failures)]
    said = [each for each in both if each.said or each.answer == Answer.Value.YES]
    others = [each for each in found if each not in said]
    near = [each for each in others[:1] if not said and not is_known and each.probability >= _NEAR]
    shown = [*said, *others]
    return {"said": said, "near": near, "faint": others[len(near) :], "answered": [r for r in both if r not in shown]}


def _answered_besides(
    found: list[Resemblance], answers: Mapping[str, str], failures: FailureQuerySet
) -> list[Resemblance]:
    """Return those answered about that recall leaves out or misses, lest nobody could answer otherwise.

    What is typed goes on changing after an answer, too, and a failure may be withdrawn.
    """
    besides = answers.keys() - {each.failure.code for each in found}
    rows = failures.filter(pk__in=[number_of(code, "F") for code in besides]).newest()
    modes = _modes_of(rows)
    return [
        Resemblance(row, 0.0, (), False, answers[row.code], modes.get(row.pk))
        for row in rows
        if answers.get(row.code) in Answer.Value.values
    ]


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
