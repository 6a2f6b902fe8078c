"""The nouns of the catalogue: service, offering and its parts, audience."""

from __future__ import annotations

from typing import Any

from django.db import models

from failonce.people.models import Team

CHARACTERISTICS = ("intangible", "heterogeneous", "inseparable", "perishable")


# Choices are functions, so that adding one makes no migration.
def audience_kinds() -> list[tuple[str, str]]:
    return list(Audience.Kind.choices)


def part_kinds() -> list[tuple[str, str]]:
    return list(OfferingPart.Kind.choices)


class Service(models.Model):
    """Something provided to others. A name alone is enough to tell a failure; the rest comes later."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    # Other names people used for it; a name merged into this service finds it ever after.
    also_called: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    description = models.TextField(blank=True)
    is_critical = models.BooleanField(default=False)
    lifecycle = models.CharField(max_length=40, blank=True)  # in the words of the house: production, deprecated
    is_described = models.BooleanField(default=False)  # False: only named so far, by someone telling a failure
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="services")
    technologies: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    paths: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    characteristics: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, blank=True)
    depends_on: models.ManyToManyField[Service, Any] = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="dependants"
    )
    version = models.PositiveIntegerField(default=1)  # an edit of an older one is answered with both texts

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the path of the service's page."""
        return f"/catalogue/services/{self.slug}/"

    @property
    def code(self) -> str:
        """The name by which history knows this service."""
        return f"service:{self.slug}"


class Audience(models.Model):
    """Those who are served: a consumer, or a partner organisation, with a way to reach them."""

    class Kind(models.TextChoices):
        """Who is served: people who use the offering, or a business organisation."""

        CONSUMER = "consumer", "Consumer"
        PARTNER = "partner", "Partner"

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=audience_kinds, default=Kind.CONSUMER)
    contact = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the path of the audience's page."""
        return f"/catalogue/audiences/{self.slug}/"

    @property
    def code(self) -> str:
        """The name by which history knows this audience."""
        return f"audience:{self.slug}"


class Offering(models.Model):
    """What a consumer gets from a service: goods, access to resources, and service actions."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="offerings")
    audiences: models.ManyToManyField[Audience, Any] = models.ManyToManyField(
        Audience, blank=True, related_name="offerings"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the path of the offering's page."""
        return f"/catalogue/offerings/{self.slug}/"

    @property
    def code(self) -> str:
        """The name by which history knows this offering."""
        return f"offering:{self.slug}"

    def parts_by_kind(self) -> list[tuple[str, list[OfferingPart]]]:
        """Return its parts under the words for their kinds: goods, then access, then actions."""
        parts = list(self.parts.all())
        groups = [(kind.label, [part for part in parts if part.kind == kind]) for kind in OfferingPart.Kind]
        return [(str(label), members) for label, members in groups if members]


class OfferingPart(models.Model):
    """One thing an offering is made of."""

    class Kind(models.TextChoices):
        """Goods pass into ownership, access doesn't, an action is work done for the consumer."""

        GOODS = "goods", "Goods"
        ACCESS = "access", "Access to a resource"
        ACTION = "action", "Service action"

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=20, choices=part_kinds)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name
