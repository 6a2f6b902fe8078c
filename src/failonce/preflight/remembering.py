"""What a change reminds us of: at most three past failures or lessons, each with its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from failonce.catalogue.models import Service
from failonce.failures.models import Failure
from failonce.lessons.models import Lesson
from failonce.modes.memory import hidden_from, memory
from failonce.modes.models import Occurrence
from failonce.people.models import Person
from failonce.preflight.change import Change
from failonce.recall import Hit, Query

MOST_REMINDERS = 3  # people read three; a fourth makes them read none
_HITS = 40  # several hits may tell of one failure: itself, its lessons, its repeats


@dataclass(frozen=True, slots=True)
class Remembered:
    """A failure worth remembering before this change, and the lesson that stands in for it, if there is one."""

    failure: Failure
    lesson: Lesson | None
    probability: float
    because: tuple[str, ...]


def remembered(person: Person, change: Change, services: Sequence[Service]) -> list[Remembered]:
    """Return what this person should be reminded of, best first; often nothing."""
    hidden = hidden_from(person)
    hits = memory.search(query_for(change, services), limit=_HITS, without=hidden)
    return _Choice(hits, hidden).made()


def query_for(change: Change, services: Iterable[Service]) -> Query:
    """Return what is asked of recall for a change: what is like it, or concerns what it touches?"""
    services = list(services)
    return Query(
        text=change.text,
        paths=change.paths,
        services=tuple(service.slug for service in services),
        technologies=tuple(sorted({name for service in services for name in service.technologies})),
        kind="change",
    )


class _Choice:
    """Chooses among hits: one reminder per failure and per failure mode, a lesson before its failure."""

    def __init__(self, hits: list[Hit], hidden: set[str]) -> None:
        self._said = _with_room_for_a_place([hit for hit in hits if hit.said])
        self._rank = {hit.key: rank for rank, hit in enumerate(hits)}
        hit_lessons = Lesson.objects.in_bulk([_number(hit) for hit in self._said if _is_lesson(hit)])
        self._failure_of = {
            hit.key: hit_lessons[_number(hit)].failure_id if _is_lesson(hit) else _number(hit)
            for hit in self._said
            if not _is_lesson(hit) or _number(hit) in hit_lessons
        }
        wanted = set(self._failure_of.values())
        self._failures = Failure.objects.standing().in_bulk(wanted)
        self._modes = dict(Occurrence.objects.filter(failure__in=wanted).values_list("failure_id", "mode_id"))
        # What was learnt from one occurrence of a mode speaks for the others, which may have no lesson yet.
        self._mates = dict(
            Occurrence.objects.filter(mode__in=self._modes.values()).values_list("failure_id", "mode_id")
        )
        self._lessons = [
            lesson
            for lesson in Lesson.objects.standing()
            .select_related("failure")
            .filter(failure__in=wanted | self._mates.keys(), failure__withdrawn_at=None)
            if lesson.code not in hidden
        ]

    def made(self) -> list[Remembered]:
        """Return the reminders, best first."""
        made: list[Remembered] = []
        told: set[tuple[str, int]] = set()
        for hit in self._said:
            failure = self._failures.get(self._failure_of.get(hit.key, 0))
            if failure is None:
                continue  # retired or withdrawn since it was found
            mode = self._modes.get(failure.pk)
            same = ("mode", mode) if mode else ("failure", failure.pk)
            if same not in told:
                told.add(same)
                lesson = self._lesson_for(failure)
                about = lesson.failure if lesson else failure
                made.append(Remembered(about, lesson, hit.probability, hit.because))
            if len(made) == MOST_REMINDERS:
                break
        return made

    def _lesson_for(self, failure: Failure) -> Lesson | None:
        """Return the lesson that fits the change best, the failure's own before one of its mode."""
        own = [lesson for lesson in self._lessons if lesson.failure_id == failure.pk]
        mode = self._modes.get(failure.pk)
        lessons = own or [lesson for lesson in self._lessons if mode and self._mates.get(lesson.failure_id) == mode]
        nowhere = len(self._rank)
        return min(lessons, key=lambda lesson: (self._rank.get(lesson.code, nowhere), -lesson.pk), default=None)


def _with_room_for_a_place(said: list[Hit]) -> list[Hit]:
    """Return what is said so that the likeliest that names a place of the change is among those people read.

    Whoever named the place asked to be reminded there, however many other failures are more alike.
    """
    at = next((n for n, hit in enumerate(said) if dict(hit.signals).get("path") == 1), 0)
    if at >= MOST_REMINDERS:
        said.insert(MOST_REMINDERS - 1, said.pop(at))
    return said


def _is_lesson(hit: Hit) -> bool:
    return hit.key.startswith("L-")


def _number(hit: Hit) -> int:
    return int(hit.key[2:])
