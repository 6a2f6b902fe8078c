"""People, their teams and practices, and the keys they hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from failonce.people.errors import NotFound

_Row = TypeVar("_Row", bound=models.Model)
LARGEST_NUMBER = 2**63 - 1  # what a row's number may be; a longer one in an address would overflow the query


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

    def get_absolute_url(self) -> str:
        """Return the path of the team's page."""
        return f"/teams/{self.slug}/"


class PersonManager(BaseUserManager["Person"]):
    """Finds people the way they write their own address: in any case."""

    def get_by_natural_key(self, email: str | None) -> Person:
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

    def get_absolute_url(self) -> str:
        """Return the path of the account's page."""
        return f"/people/{self.pk}/"


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

    def get_absolute_url(self) -> str:
        """Return the path of the practice's page."""
        return f"/practices/{self.slug}/"


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

    @property
    def code(self) -> str:
        """The name by which history knows this invitation."""
        return f"invitation:{self.pk}"

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


def person_for(person: Person, number: int) -> Person:
    """Return the account with this number; raise NotFound if there is none. Everyone may know who is here."""
    return _found(Person.objects.select_related("team"), number, "account")


def team_for(person: Person, slug: str) -> Team:
    """Return the team with this short name; raise NotFound if there is none."""
    found = Team.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(f"There is no team {slug[:80]!r}. See the list of teams.")
    return found


def practice_for(person: Person, slug: str) -> Practice:
    """Return the practice with this short name; raise NotFound if there is none."""
    found = Practice.objects.select_related("owner", "manager").filter(slug=slug).first()
    if found is None:
        raise NotFound(f"There is no practice {slug[:80]!r}. See the list of practices.")
    return found


def token_for(person: Person, number: int) -> APIToken:
    """Return the token with this number; raise NotFound unless it is one's own, or one is an administrator."""
    tokens = APIToken.objects.select_related("person")
    return _found(tokens if person.is_administrator else tokens.filter(person=person), number, "API token")


def invitation_for(person: Person, number: int) -> Invitation:
    """Return the invitation with this number; raise NotFound unless one is an administrator."""
    invitations = Invitation.objects.select_related("team")
    return _found(invitations if person.is_administrator else invitations.none(), number, "invitation")


def _found(rows: models.QuerySet[_Row], number: int, what: str) -> _Row:
    found = rows.filter(pk=number).first() if 0 < number <= LARGEST_NUMBER else None
    if found is None:
        raise NotFound(f"There is no {what} {str(number)[:20]} here. Go back to the list and pick one.")
    return found
