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
_HITS = 1_000  # about all that recall compares: a lesson that names a place of the change may come last


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
    hits = memory.search(query_for(change, services), limit=_HITS, without=hidden, why="said")
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
        said = [hit for hit in hits if hit.said]
        self._rank = {hit.key: rank for rank, hit in enumerate(hits)}
        hit_lessons = Lesson.objects.standing().in_bulk([_number(hit) for hit in said if _is_lesson(hit)])
        self._failure_of = {
            hit.key: hit_lessons[_number(hit)].failure_id if _is_lesson(hit) else _number(hit)
            for hit in said
            if not _is_lesson(hit) or _number(hit) in hit_lessons
        }
        wanted = set(self._failure_of.values())
        self._failures = Failure.objects.standing().in_bulk(wanted)
        # What was retired or withdrawn since it was found is left out.
        self._said = [hit for hit in said if self._failure_of.get(hit.key) in self._failures]
        self._modes = dict(Occurrence.objects.filter(failure__in=wanted).values_list("failure_id", "mode_id"))
        # What was learnt from one occurrence of a mode speaks for the others, which may have no lesson yet.
        self._mates = dict(
            Occurrence.objects.filter(mode__in=self._modes.values()).values_list("failure_id", "mode_id")
        )
        self._lessons = {
            lesson.code: lesson
            for lesson in Lesson.objects.standing()
            .select_related("failure")
            .filter(failure__in=wanted | self._mates.keys(), failure__withdrawn_at=None)
            if lesson.code not in hidden
        }

    def made(self) -> list[Remembered]:
        """Return the reminders, best first, one of them left for the likeliest that names a place of the change.

        Whoever named the place asked to be reminded there, however many other failures are more alike. Where
        something more alike of the same failure or mode is told anyway, it's told in its place in the order.
        """
        best: dict[tuple[str, int], Hit] = {}
        for hit in self._said:
            best.setdefault(self._told_once(hit), hit)
        told = list(best)[:MOST_REMINDERS]
        in_place = {hit.key: hit for hit in self._said if _names_a_place(hit)}
        shown = {lesson.code for each in told if (lesson := self._lesson_for(best[each]))}
        if in_place and not shown & in_place.keys():
            likeliest = next(iter(in_place.values()))
            each = self._told_once(likeliest)
            best[each] = likeliest
            if each not in told:
                told[-1] = each
        return [self._reminder(best[each]) for each in told]

    def _told_once(self, hit: Hit) -> tuple[str, int]:
        """Return what is told of by one reminder at most, however many hits there are."""
        failure = self._failure_of[hit.key]
        mode = self._modes.get(failure)
        return ("mode", mode) if mode else ("failure", failure)

    def _reminder(self, hit: Hit) -> Remembered:
        lesson = self._lesson_for(hit)
        about = lesson.failure if lesson else self._failures[self._failure_of[hit.key]]
        return Remembered(about, lesson, hit.probability, hit.because)

    def _lesson_for(self, hit: Hit) -> Lesson | None:
        """Return the lesson that was found, or that fits the change best: the failure's own before one of its mode."""
        if hit.key in self._lessons:
            return self._lessons[hit.key]
        failure = self._failure_of[hit.key]
        mode = self._modes.get(failure)
        lessons = self._lessons.values()
        own = [lesson for lesson in lessons if lesson.failure_id == failure]
        fitting = own or [lesson for lesson in lessons if mode and self._mates.get(lesson.failure_id) == mode]
        nowhere = len(self._rank)
        return min(fitting, key=lambda lesson: (self._rank.get(lesson.code, nowhere), -lesson.pk), default=None)


def _names_a_place(hit: Hit) -> bool:
    return dict(hit.signals).get("path") == 1


def _is_lesson(hit: Hit) -> bool:
    return hit.key.startswith("L-")


def _number(hit: Hit) -> int:
    return int(hit.key[2:])
