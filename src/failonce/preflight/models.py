"""A preflight and its reminders, with what people answered."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from failonce.catalogue.models import Service
from failonce.failures.models import Failure
from failonce.lessons.models import Lesson
from failonce.people.models import Person

CHANGE_KEPT = 20_000  # characters of the change kept for its reader; the whole change was searched


# Choices are functions, so that adding one makes no migration.
def answers() -> list[tuple[str, str]]:
    return list(Reminder.Answer.choices)


class Preflight(models.Model):
    """One question: what does this change remind us of?"""

    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="preflights")
    asked_at = models.DateTimeField(default=timezone.now)
    services: models.ManyToManyField[Service, Any] = models.ManyToManyField(
        Service, blank=True, related_name="preflights"
    )
    change = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)  # the same change asked again finds its answers

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The code people say and write: P-7."""
        return f"P-{self.pk}"

    def get_absolute_url(self) -> str:
        """Return the path of the preflight's page."""
        return f"/preflight/{self.code}/"


class Reminder(models.Model):
    """One past failure or lesson shown by a preflight, with the reason, and the answer to it."""

    class Answer(models.TextChoices):
        """What a person makes of a reminder."""

        READ = "read", "Read it"
        CHANGED_PLAN = "changed_plan", "Changed my plan"
        DOES_NOT_APPLY = "does_not_apply", "Doesn't apply"

    preflight = models.ForeignKey(Preflight, on_delete=models.CASCADE, related_name="reminders")
    position = models.PositiveSmallIntegerField()
    lesson = models.ForeignKey(Lesson, null=True, blank=True, on_delete=models.CASCADE, related_name="reminders")
    failure = models.ForeignKey(Failure, on_delete=models.CASCADE, related_name="reminders")
    probability = models.FloatField()
    because: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    answer = models.CharField(max_length=20, choices=answers, blank=True)
    reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["preflight", "position"], name="one_reminder_per_place"),
            models.CheckConstraint(
                condition=~Q(answer="does_not_apply") | ~Q(reason=""), name="not_applying_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.preflight_id}/{self.position}"

    @property
    def code(self) -> str:
        """The code of what is remembered: L-12 or F-123."""
        return f"L-{self.lesson_id}" if self.lesson_id else f"F-{self.failure_id}"
