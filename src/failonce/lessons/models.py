"""The lesson: one sentence, where it applies, and whether it is still true."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone

from failonce.catalogue.models import Service
from failonce.failures.models import Failure
from failonce.failures.searching import sought
from failonce.history.codes import number_of
from failonce.people.errors import NotFound
from failonce.people.models import Person


class KindOfChange(models.TextChoices):
    """What sort of change a lesson speaks to."""

    CODE = "code", "Code"
    CONFIGURATION = "configuration", "Configuration"
    MIGRATION = "migration", "Data migration"
    DEPENDENCY = "dependency", "Dependency"
    DEPLOYMENT = "deployment", "Deployment"
    INFRASTRUCTURE = "infrastructure", "Infrastructure"
    ACCESS = "access", "Access"
    DATA = "data", "Data"


# Those whose name says by itself that something changes.
_A_CHANGE = {KindOfChange.MIGRATION: "data migration", KindOfChange.DEPLOYMENT: "deployment"}


# What the letter of a code has to do with a lesson.
_BY_CODE = {"L": "pk", "F": "failure", "M": "failure__occurrence__mode"}


class LessonQuerySet(models.QuerySet["Lesson"]):
    """Questions about lessons."""

    def visible_to(self, person: Person) -> LessonQuerySet:
        """Leave out lessons of failures this person may not read."""
        return self.exclude(failure__in=Failure.objects.hidden_from(person))

    def standing(self) -> LessonQuerySet:
        """Leave out retired lessons."""
        return self.filter(retired_at=None)

    def about(self, failure: Failure) -> LessonQuerySet:
        """Keep what this failure taught, and what the other failures of its mode did that aren't withdrawn."""
        alike = Failure.objects.standing().filter(occurrence__mode__occurrences__failure=failure)
        return self.filter(Q(failure=failure) | Q(failure__in=alike))

    def asked(self, today: date) -> LessonQuerySet:
        """Keep those whose date has come: is this still true?"""
        return self.standing().filter(renew_by__lte=today)

    def saying(self, words: str) -> LessonQuerySet:
        """Keep those that say all words; a code alone finds first the lesson, or those of the failure or the mode."""
        return sought(self, words, _BY_CODE, "when_you", "remember", "because")

    def listed(self, today: date, *, retired: bool = False) -> LessonQuerySet:
        """Keep what stands, or was retired, of standing failures: first what is asked about, then new ones."""
        kept = self.filter(failure__withdrawn_at=None, retired_at__isnull=not retired)
        if retired:
            return kept.order_by("-retired_at", "-pk")
        overdue = Case(When(renew_by__lte=today, then=F("renew_by")), default=None)
        return kept.alias(due=overdue).order_by(F("due").asc(nulls_last=True), "-written_at", "-pk")


class Lesson(models.Model):
    """What to remember and when, learnt from one failure."""

    failure = models.ForeignKey(Failure, on_delete=models.PROTECT, related_name="lessons")
    when_you = models.CharField(max_length=300)
    remember = models.CharField(max_length=500)
    because = models.CharField(max_length=500)
    explanation = models.TextField(blank=True)
    services: models.ManyToManyField[Service, Any] = models.ManyToManyField(Service, blank=True, related_name="lessons")
    technologies: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    paths: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    kinds_of_change: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="lessons")
    written_at = models.DateTimeField(default=timezone.now)
    renew_by = models.DateField()
    renewed_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_because = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-pk")
        indexes = [
            # "Is this still true?" on the front page.
            models.Index(fields=["renew_by"], name="lessons_asked", condition=Q(retired_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.sentence}"

    @property
    def code(self) -> str:
        """The code people say and write: L-12."""
        return f"L-{self.pk}"

    @property
    def sentence(self) -> str:
        """The lesson as one sentence."""
        return f"When you {self.when_you}, remember {self.remember}, because {self.because}."

    @property
    def kinds_in_words(self) -> list[str]:
        """The kinds of change it speaks to, as people read them."""
        known = [KindOfChange(kind) for kind in self.kinds_of_change if kind in KindOfChange.values]
        return [_A_CHANGE.get(kind, f"{kind.label.lower()} change") for kind in known]

    def says_where(self) -> bool:
        """Tell whether anything is said about where it applies."""
        return bool(self.technologies or self.paths or self.kinds_of_change or self.services.all())

    def get_absolute_url(self) -> str:
        """Return the path of the lesson's page."""
        return f"/lessons/{self.code}/"

    def is_asked(self, today: date) -> bool:
        """Tell whether its date has come: is this still true?"""
        return self.retired_at is None and self.renew_by <= today


def lesson_for(person: Person, code: str) -> Lesson:
    """Return the lesson with this code (L-12); raise NotFound if there is none this person may read."""
    number = number_of(code, "L")
    found = Lesson.objects.visible_to(person).filter(pk=number).first() if number else None
    if found is None:
        raise NotFound(f"There is no lesson {code[:40]} that you may read. Check the code.")
    return found
