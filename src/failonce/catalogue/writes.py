"""Every change people can make to the catalogue."""

from collections.abc import Sequence

from django.db import transaction

from failonce.catalogue.models import Service
from failonce.catalogue.names import (
    SLUG_LENGTH,
    close_names,
    did_you_mean,
    digest,
    name_key,
    resolve,
    slug_for,
    tidy_names,
)
from failonce.history import chain
from failonce.history.verbs import Verb
from failonce.people import permissions
from failonce.people.models import Person


@transaction.atomic
def services_named(*, actor: Person, names: Sequence[str]) -> tuple[list[Service], list[str]]:
    """Return the service meant by each name or slug, and a sentence for each name that was new.

    A gap in the catalogue must never stop a telling: an unknown name is kept as a service that is
    only named, to be described later. Raises Refused for more than 50 names, or one too long.
    """
    permissions.require(actor, Verb.SERVICE_NAME)
    names = tidy_names(names)
    found, unknown = resolve(Service.objects.all(), names)
    unknown = list({name_key(name): name for name in reversed(unknown)}.values())[::-1]
    # The advice is gathered before anything is kept, or a name would be told that it resembles itself.
    notices = [
        f"{name} isn't in the catalogue yet; it is kept as a name."
        + did_you_mean(close_names(name, Service.objects.all()))
        for name in unknown
    ]
    for name in unknown:
        found[name] = _name_service(actor, name)
    by_key = {name_key(name): service for name, service in found.items()}
    ordered = [found.get(name) or by_key[name_key(name)] for name in names]
    return list({service.pk: service for service in ordered}.values()), notices


def _name_service(actor: Person, name: str) -> Service:
    slug = slug_for(name)
    if Service.objects.filter(slug=slug).exists():
        slug = f"{slug[: SLUG_LENGTH - 9]}-{digest(name)}"
    # Two people may name the same thing at once; on PostgreSQL the second finds what the first kept.
    service, created = Service.objects.get_or_create(slug=slug, defaults={"name": name})
    if created:
        chain.record(actor=actor, verb=Verb.SERVICE_NAME, subject=service.code, name=name)
    return service
