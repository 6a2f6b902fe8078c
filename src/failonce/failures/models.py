"""The failure and what belongs to it: impact, notes, drafts."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from failonce.catalogue.models import Audience, Offering, Service
from failonce.failures.searching import sought
from failonce.history.codes import number_of
from failonce.people.errors import NotFound
from failonce.people.models import Person

STORY_LIMIT = 1_000_000  # characters; some ten times the longest public report we know


class Kind(models.TextChoices):
    """What sort of thing went wrong, or nearly did. All kinds are equals."""

    FAILED_DEPLOYMENT = "failed_deployment", "Failed deployment"
    INCIDENT = "incident", "Incident"
    NEAR_MISS = "near_miss", "Near miss"
    MISTAKE = "mistake", "Mistake"
    FAILED_EXPERIMENT = "failed_experiment", "Failed experiment"
    PROCESS_FAILURE = "process_failure", "Process failure"


class Visibility(models.TextChoices):
    """Who may read a failure."""

    EVERYONE = "everyone", "Everyone signed in"
    RESTRICTED = "restricted", "Only those named"


# Choices are functions, so that adding one makes no migration.
def kinds() -> list[tuple[str, str]]:
    return list(Kind.choices)


def visibilities() -> list[tuple[str, str]]:
    return list(Visibility.choices)


def note_kinds() -> list[tuple[str, str]]:
    return list(Note.Kind.choices)


# What the letter of a code has to do with a failure.
_BY_CODE = {"F": "pk", "M": "occurrence__mode", "L": "lessons"}


def readable_by(person: Person, at: str = "") -> Q:
    """Return the condition that a failure is open to all, told by this person or names them as a reader.

    `at` leads from what is asked about to the failure, as "occurrences__failure__".
    """
    named = Failure.readers.through.objects.filter(person=person).values("failure_id")
    everyones = Q((f"{at}visibility", Visibility.EVERYONE))
    return everyones | Q((f"{at}told_by", person)) | Q((f"{at}pk__in", named))


class FailureQuerySet(models.QuerySet["Failure"]):
    """Questions about failures; each returns a queryset, so they chain."""

    def visible_to(self, person: Person) -> FailureQuerySet:
        """Leave out restricted failures that neither name this person nor were told by them."""
        return self.filter(readable_by(person))

    def hidden_from(self, person: Person) -> FailureQuerySet:
        """Keep only the restricted failures this person may not read."""
        return self.filter(visibility=Visibility.RESTRICTED).exclude(readable_by(person))

    def standing(self) -> FailureQuerySet:
        """Leave out withdrawn failures."""
        return self.filter(withdrawn_at=None)

    def narrowed(self, *, words: str = "", kind: str = "", service: str = "") -> FailureQuerySet:
        """Keep those that say all words, are of a kind and touch a service (by slug); what is empty narrows nothing.

        A code alone finds first what it names: the failure, those of the mode, the one that taught the lesson.
        """
        found = self.filter(kind=kind) if kind else self
        found = found.filter(services__slug=service) if service else found
        return sought(found, words, _BY_CODE, "title", "story")

    def newest(self) -> FailureQuerySet:
        """Put what happened last first, but after what a code names."""
        return self.order_by(*self.query.order_by, "-started_at", "-pk")


class Failure(models.Model):
    """One thing that went wrong, or nearly did, as told by those who saw it."""

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, choices=kinds)
    story = models.TextField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="failures")
    told_at = models.DateTimeField(default=timezone.now)
    services: models.ManyToManyField[Service, Any] = models.ManyToManyField(
        Service, blank=True, related_name="failures"
    )
    deployment = models.CharField(max_length=500, blank=True)
    source = models.URLField(max_length=500, blank=True)
    visibility = models.CharField(max_length=20, choices=visibilities, default=Visibility.EVERYONE)
    readers: models.ManyToManyField[Person, Any] = models.ManyToManyField(
        Person, blank=True, related_name="failures_shared"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    imported_as = models.CharField(max_length=200, null=True, blank=True, unique=True)
    told_as = models.UUIDField(null=True, blank=True)  # the key of the form, and of its draft

    objects = FailureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")), name="ends_after_it_starts"
            ),
            models.UniqueConstraint(fields=["told_by", "told_as"], name="told_once_from_a_form"),
        ]
        indexes = [
            # The list of failures, newest first.
            models.Index(fields=["-started_at", "-id"], name="failures_newest"),
            # The few restricted rows that a reader may not see, asked on every list and recall.
            models.Index(fields=["visibility"], condition=Q(visibility="restricted"), name="failures_restricted"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        """The code people say and write: F-123."""
        return f"F-{self.pk}"

    def get_absolute_url(self) -> str:
        """Return the path of the failure's page."""
        return f"/failures/{self.code}/"

    def is_visible_to(self, person: Person) -> bool:
        """Tell whether this person may read it; the same rule as `visible_to`."""
        return (
            self.visibility == Visibility.EVERYONE
            or self.told_by_id == person.pk
            or self.readers.filter(pk=person.pk).exists()
        )


class Impact(models.Model):
    """What one offering's audiences lost."""

    failure = models.ForeignKey(Failure, on_delete=models.CASCADE, related_name="impacts")
    offering = models.ForeignKey(Offering, null=True, blank=True, on_delete=models.PROTECT, related_name="impacts")
    audiences: models.ManyToManyField[Audience, Any] = models.ManyToManyField(
        Audience, blank=True, related_name="impacts"
    )
    lost = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.failure_id}: {self.lost[:60]}"


class Note(models.Model):
    """Something written under a failure: the teller adds, others comment."""

    class Kind(models.TextChoices):
        """An addition continues the teller's story; a comment is somebody else's."""

        ADDITION = "addition", "Addition"
        COMMENT = "comment", "Comment"

    failure = models.ForeignKey(Failure, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=20, choices=note_kinds)
    text = models.TextField()
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return self.text[:60]


class Draft(models.Model):
    """A telling not yet told: exactly what the form held, kept for its writer only."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    fields: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-saved_at",)

    def __str__(self) -> str:
        return str(self.key)

    @property
    def name(self) -> str:
        """What a draft is called in lists: its title or story, as far as there are any."""
        said = (" ".join(str(self.fields.get(field, "")).split()) for field in ("title", "story"))
        return next(filter(None, said), "A draft without a story yet")


def told_from(person: Person, key: uuid.UUID) -> Failure | None:
    """Return what this person told from the form with this key, if it is told already."""
    return Failure.objects.filter(told_by=person, told_as=key).first()


def nothing_told_to(person: Person) -> bool:
    """Whether there is no failure yet that this person could read, learn from or be reminded of."""
    return not Failure.objects.visible_to(person).standing().exists()


def failure_for(person: Person, code: str) -> Failure:
    """Return the failure with this code (F-123); raise NotFound if there is none this person may read."""
    number = number_of(code, "F")
    found = Failure.objects.visible_to(person).filter(pk=number).first() if number else None
    if found is None:
        raise NotFound(f"There is no failure {code[:40]} that you may read. Check the code, or ask who told it.")
    return found
