"""What doors ask of the catalogue: lists narrowed by words, and one object by its slug."""

from typing import NoReturn, TypeVar

from django.db.models import Count, Q, QuerySet

from failonce.catalogue.models import Audience, Offering, Service
from failonce.catalogue.names import NAME_LENGTH, known_services, one_line
from failonce.people.errors import NotFound
from failonce.people.models import Person

Noun = TypeVar("Noun", Service, Offering, Audience)


def services(words: str = "") -> "QuerySet[Service]":
    """Return services with what their sheets need: critical first, then described, then merely named."""
    found = _narrowed(Service.objects.all(), words).select_related("team").prefetch_related("depends_on")
    return found.order_by("-is_critical", "-is_described", "name", "pk")


def offerings(words: str = "") -> "QuerySet[Offering]":
    """Return offerings with what their sheets need."""
    found = _narrowed(Offering.objects.all(), words)
    return found.select_related("service").prefetch_related("audiences", "parts").order_by("name", "pk")


def audiences(words: str = "") -> "QuerySet[Audience]":
    """Return consumers and partners, each with the number of its offerings."""
    found = _narrowed(Audience.objects.all(), words)
    return found.annotate(offering_count=Count("offerings")).order_by("name", "pk")


def service_for(person: Person, slug: str) -> Service:
    """Return the service with this slug, or one that was also called so; raise NotFound if there is none.

    Everyone signed in may read the catalogue: who fails to find a service can't ask about it.
    """
    slug = one_line(slug)
    found = services().filter(slug=slug).first()
    if found is None and slug and len(slug) <= NAME_LENGTH:
        known, _ = known_services([slug])
        found = services().filter(pk=known[0].pk).first() if known else None
    return found or _missing("service", slug)


def offering_for(person: Person, slug: str) -> Offering:
    """Return the offering with this slug; raise NotFound if there is none."""
    return offerings().filter(slug=one_line(slug)).first() or _missing("offering", slug)


def audience_for(person: Person, slug: str) -> Audience:
    """Return the consumer or partner with this slug; raise NotFound if there is none."""
    return audiences().filter(slug=one_line(slug)).first() or _missing("consumer or partner", slug)


def _narrowed(found: "QuerySet[Noun]", words: str) -> "QuerySet[Noun]":
    for word in words.replace("\x00", " ").split()[:10]:
        found = found.filter(Q(name__icontains=word) | Q(slug__icontains=word))
    return found


def _missing(noun: str, slug: str) -> NoReturn:
    raise NotFound(f"There is no {noun} {slug[:40]} in the catalogue. Check the name.")
