"""The rows of history, and the head that says which row is the last."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from failonce.history.verbs import Verb


# Choices are functions, so that adding one makes no migration.
def verbs() -> list[tuple[str, str]]:
    return list(Verb.choices)


class EntryQuerySet(models.QuerySet["Entry"]):
    """Questions people ask history."""

    def of(self, code: str) -> EntryQuerySet:
        """Return what happened to the object with this code, newest first."""
        return self.filter(subject=code).order_by("-sequence").select_related("actor")


class Entry(models.Model):
    """One meaningful write: who did what to what, chained to the row before it.

    What may name a person (actor, details) enters the chain only as a salted commitment, so that it
    can be erased later without breaking the chain.
    """

    sequence = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    verb = models.CharField(max_length=40, choices=verbs)
    subject = models.CharField(max_length=120)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    details: models.JSONField[Any, Any] = models.JSONField(default=dict)
    salt = models.CharField(max_length=32)
    commitment = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            # The history shown on every object's page.
            models.Index(fields=["subject", "-sequence"], name="history_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.subject}"


class Head(models.Model):
    """The one row that names the last entry; locked by every write, so entries commit in their order."""

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return str(self.sequence)
