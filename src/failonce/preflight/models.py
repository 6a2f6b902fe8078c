"""A preflight and its reminders, with what people answered."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from failonce.catalogue.models import Service
from failonce.failures.models import Failure
from failonce.history.codes import number_of
from failonce.lessons.models import Lesson
from failonce.people.errors import NotFound
from failonce.people.models import Person
from failonce.preflight.listing import title_of

ABOUT_LENGTH = 200
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
    # The name of the change, as a link to its pull request: under one name it may grow and keep its answers.
    about = models.CharField(max_length=ABOUT_LENGTH, blank=True, db_index=True)
    notices: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The code people say and write: P-7."""
        return f"P-{self.pk}"

    @property
    def title(self) -> str:
        """What the change is called in lists: its subject, its first sentence, or the first path it touches."""
        return title_of(self.change)

    @property
    def is_cut(self) -> bool:
        """Whether only the beginning of the change is kept."""
        return len(self.change) >= CHANGE_KEPT

    @property
    def state_in_words(self) -> str:
        """How far its reminders are answered."""
        reminders = list(self.reminders.all())
        waiting = sum(not reminder.answer for reminder in reminders)
        if not reminders:
            return "nothing came to mind"
        return "answered" if not waiting else "one answer open" if waiting == 1 else f"{waiting} answers open"

    def get_absolute_url(self) -> str:
        """Return the path of the preflight's page."""
        return f"/preflight/{self.code}/"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Questions about reminders."""

    def visible_to(self, person: Person) -> ReminderQuerySet:
        """Leave out reminders of failures this person may not read; somebody else may have asked."""
        return self.exclude(failure__in=Failure.objects.hidden_from(person))


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

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["preflight", "position"], name="one_reminder_per_place")]

    def __str__(self) -> str:
        return f"{self.preflight_id}/{self.position}"

    @property
    def code(self) -> str:
        """The code of what is remembered: L-12 or F-123."""
        return f"L-{self.lesson_id}" if self.lesson_id else f"F-{self.failure_id}"

    @property
    def title(self) -> str:
        """What is remembered, in one line."""
        return self.lesson.sentence if self.lesson else self.failure.title

    @property
    def kind(self) -> str:
        """Whether a lesson or a failure is remembered."""
        return "lesson" if self.lesson_id else "failure"

    def get_absolute_url(self) -> str:
        """Return the path of the page of what is remembered."""
        return (self.lesson or self.failure).get_absolute_url()


def preflight_for(person: Person, code: str) -> Preflight:
    """Return the preflight with this code (P-7); raise NotFound if there is none.

    Everyone may read and answer it: a pipeline asks, and whoever makes the change answers. Which of
    its reminders appear is asked of `Reminder.visible_to`.
    """
    number = number_of(code, "P")
    found = Preflight.objects.filter(pk=number).first() if number else None
    if found is None:
        raise NotFound(f"There is no preflight {code[:40]}. Check the code.")
    return found


def reminders_for(person: Person, preflight: Preflight) -> list[Reminder]:
    """Return the reminders of a preflight that this person may read, in their places."""
    return list(preflight.reminders.visible_to(person).select_related("lesson", "failure", "answered_by"))


def reminder_for(person: Person, preflight: Preflight, position: int) -> Reminder:
    """Return the reminder in this place; raise NotFound if there is none this person may read."""
    for reminder in reminders_for(person, preflight):
        if reminder.position == position:
            return reminder
    raise NotFound(f"{preflight.code} has no reminder {position}. Check the number; they begin at 1.")
