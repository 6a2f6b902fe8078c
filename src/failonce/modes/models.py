"""The failure mode, its occurrences, and what people answered about pairs of failures."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from failonce.failures.models import Failure, readable_by
from failonce.history.codes import number_of
from failonce.lessons.models import Lesson
from failonce.people.errors import NotFound
from failonce.people.models import Person


# Choices are functions, so that adding one makes no migration.
def answers() -> list[tuple[str, str]]:
    return list(Answer.Value.choices)


class FailureMode(models.Model):
    """The way in which things fail: what several failures have in common. The unit of "once"."""

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        """The code people say and write: M-45."""
        return f"M-{self.pk}"

    def get_absolute_url(self) -> str:
        """Return the path of the mode's page."""
        return f"/modes/{self.code}/"


class Occurrence(models.Model):
    """One failure as an occurrence of a mode; a failure occurs in one mode at most."""

    mode = models.ForeignKey(FailureMode, on_delete=models.CASCADE, related_name="occurrences")
    failure = models.OneToOneField(Failure, on_delete=models.CASCADE, related_name="occurrence")

    class Meta:
        ordering = ("failure__started_at", "failure_id")

    def __str__(self) -> str:
        return f"M-{self.mode_id}: F-{self.failure_id}"


class Answer(models.Model):
    """What the organisation last answered: is the later failure a repeat of the earlier one?"""

    class Value(models.TextChoices):
        """The three answers."""

        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_SURE = "not_sure", "Not sure"

    low = models.ForeignKey(Failure, on_delete=models.CASCADE, related_name="+")
    high = models.ForeignKey(Failure, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=20, choices=answers)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="one_answer_per_pair"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="pair_is_ordered"),
        ]

    def __str__(self) -> str:
        return f"F-{self.low_id} and F-{self.high_id}: {self.value}"


class Ranking(models.Model):
    """The weights recall ranks and decides with from a moment on; the last row is in force.

    Rows are only ever added, so every earlier way of ranking can be brought back.
    """

    weights: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)  # empty: as shipped
    answers = models.PositiveIntegerField(default=0)  # how many had something to teach
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.code}, from {self.answers} answers"

    @property
    def code(self) -> str:
        """The name by which history knows these weights."""
        return f"ranking:{self.pk}"


def modes_for(person: Person) -> Any:
    """Return the modes with a failure this person may read, and how many `times`, the `first` and the `last`."""
    # Asked of each failure that occurs in a mode; a list of all that may be read would be made first, for every page.
    readable = Q(occurrences__failure__withdrawn_at=None) & readable_by(person, "occurrences__failure__")
    modes = FailureMode.objects.annotate(
        times=Count("occurrences", filter=readable),
        first=Min("occurrences__failure__started_at", filter=readable),
        last=Max("occurrences__failure__started_at", filter=readable),
    )
    return modes.filter(times__gt=0).order_by("-last", "-pk")


def mode_for(person: Person, code: str) -> FailureMode:
    """Return the mode with this code (M-45); raise NotFound if there is none.

    A mode may be read by everyone; which of its failures appear is asked of `Failure.visible_to`.
    """
    number = number_of(code, "M")
    found = FailureMode.objects.filter(pk=number).first() if number else None
    if found is None:
        raise NotFound(f"There is no failure mode {code[:40]}. Check the code.")
    return found


def named_by(person: Person, code: str) -> Failure | FailureMode | Lesson | None:
    """Return what a code alone names, if there is such a thing that this person may read, in lists too."""
    if number := number_of(code, "F"):
        return Failure.objects.visible_to(person).filter(pk=number).first()
    if number := number_of(code, "M"):
        mode: FailureMode | None = modes_for(person).filter(pk=number).first()
        return mode
    number = number_of(code, "L")
    return Lesson.objects.visible_to(person).filter(pk=number).first() if number else None
