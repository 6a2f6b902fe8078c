"""People, their teams and practices, and the keys they hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Team(models.Model):
    """People who work together; a failure concerns teams, never a person's record."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """The name by which history knows this team."""
        return f"team:{self.slug}"


class PersonManager(BaseUserManager["Person"]):
    """Finds people the way they write their own address: in any case."""

    def get_by_natural_key(self, email: str | None) -> "Person":
        """Return the person with this e-mail address, in whatever case it was typed."""
        return self.get(email__iexact=email or "")


class Person(AbstractBaseUser):
    """Somebody with an account."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    is_leader = models.BooleanField(default=False)
    is_administrator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_address"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """The name by which history knows this person: a number, since a name is theirs to change."""
        return f"person:{self.pk}"


class Practice(models.Model):
    """A practice with its owner (accountable), manager (runs it) and practitioners (do the work)."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    purpose = models.TextField(blank=True)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="owned_practices")
    manager = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="managed_practices"
    )
    practitioners: models.ManyToManyField[Person, Any] = models.ManyToManyField(
        Person, blank=True, related_name="practised"
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """The name by which history knows this practice."""
        return f"practice:{self.slug}"


class Invitation(models.Model):
    """A link that lets one address join; only the hash of its secret is kept."""

    email = models.EmailField(max_length=254)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    is_administrator = models.BooleanField(default=False)
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations")
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.email

    def is_open(self, now: datetime) -> bool:
        """Tell whether somebody can still join with it at this moment."""
        return self.accepted_at is None and now < self.expires_at


class APIToken(models.Model):
    """A key for scripts: shown once, kept as a hash, limited to its scopes, revocable."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=120)
    hint = models.CharField(max_length=12)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-issued_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def code(self) -> str:
        """The name by which history knows this token."""
        return f"token:{self.pk}"

    def is_live(self, now: datetime) -> bool:
        """Tell whether the token opens anything at this moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
