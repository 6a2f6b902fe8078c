"""Every change people can make to the catalogue; importing one is in interchange.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

from failonce.catalogue.keeping import (
    changes_to,
    check_read,
    held,
    keep,
    known_to,
    move_references,
    read_again,
    with_slugs,
)
from failonce.catalogue.models import Audience, Offering, Service
from failonce.catalogue.names import (
    SLUG_LENGTH,
    are_not,
    close_names,
    did_you_mean,
    digest,
    name_key,
    resolve,
    slug_for,
    tidy_names,
)
from failonce.catalogue.sheets import clean, clean_slug
from failonce.history import chain
from failonce.history.chain import Happening
from failonce.history.verbs import Verb
from failonce.people import permissions
from failonce.people.errors import Refused
from failonce.people.models import Person

Noun = TypeVar("Noun", Service, Offering, Audience)


@dataclass(frozen=True, slots=True)
class Named:
    """What names mean among services, which of them were new, and what is to be recorded."""

    services: Mapping[str, Service]  # by name
    new: Sequence[str]
    happenings: Sequence[Happening]


def services_named(*, actor: Person, names: Sequence[str]) -> tuple[list[Service], list[str], list[Happening]]:
    """Return the service meant by each name or slug, one notice of all the names that were new, and what to record.

    A gap in the catalogue must never stop a telling: an unknown name is kept as a service that is
    only named, to be described later. Raises Refused for more than 50 names, or one too long.
    Recording is left to the write that calls this, last.
    """
    named = name_services(actor=actor, names=tidy_names(names))
    notices = [_notice_of(named)] if named.new else []
    return list({each.pk: each for each in named.services.values()}.values()), notices, [*named.happenings]


@read_again
def name_services(*, actor: Person, names: Sequence[str]) -> Named:
    """Do what `services_named` does for as many names as there are, all tidy, and without a notice."""
    permissions.require(actor, Verb.SERVICE_NAME)
    found, unknown = resolve(Service.objects.all(), names)
    unknown = list({name_key(name): name for name in reversed(unknown)}.values())[::-1]
    there = Service.objects.in_bulk([slug for name in unknown for slug in _slugs(name)], field_name="slug")
    # In the order of their slugs whoever names them: two who keep the same new names would wait for each other.
    named = {name: _under_its_slug(name, there) for name in sorted(unknown, key=_place)}
    kept = {name: service for name, service in named.items() if service._state.adding}
    found = held(found | {name: service for name, service in named.items() if name not in kept}) | kept
    Service.objects.bulk_create(kept.values())
    happenings = {name: Happening(Verb.SERVICE_NAME, service.code, {"name": name}) for name, service in kept.items()}
    by_key = {name_key(name): service for name, service in found.items()}
    new = [name for name in unknown if name in happenings]
    services = {name: found.get(name) or by_key[name_key(name)] for name in names}
    return Named(services, new, list(happenings.values()))


@read_again
def describe_service(
    *,
    actor: Person,
    slug: str,
    read: int | None = None,
    name: str | None = None,
    description: str | None = None,
    critical: bool | None = None,
    lifecycle: str | None = None,
    team: str | None = None,
    technologies: Sequence[str] | None = None,
    paths: Sequence[str] | None = None,
    depends_on: Sequence[str] | None = None,
    characteristics: Mapping[str, str] | None = None,
) -> Service:
    """Say what a service is, whether or not its name is known yet; what is None stays as it is.

    `read` is the version the person had before them; raises Conflict, with what stands there now, when
    a described service would be changed without it. Teams and dependencies may be slugs or names.
    """
    permissions.require(actor, Verb.SERVICE_DESCRIBE)
    slug = clean_slug(slug)
    standing = Service.objects.filter(slug=slug)
    said = _given(
        slug=slug,
        name=name,
        description=description,
        critical=critical,
        described=True,
        lifecycle=lifecycle,
        team=team,
        technologies=technologies,
        paths=paths,
        depends_on=depends_on,
        characteristics=characteristics,
    )
    said = with_slugs(said, also=standing)
    service = standing.select_for_update(no_key=True).first() or Service(slug=slug)
    return _describe(actor, Verb.SERVICE_DESCRIBE, service, said, read)


@read_again
def describe_offering(
    *,
    actor: Person,
    slug: str,
    read: int | None = None,
    name: str | None = None,
    service: str | None = None,
    description: str | None = None,
    parts: Sequence[Mapping[str, str]] | None = None,
    audiences: Sequence[str] | None = None,
) -> Offering:
    """Say what consumers get from a service: goods, access, actions; what is None stays as it is.

    Raises Conflict as `describe_service` does. Service and audiences may be slugs or names.
    """
    permissions.require(actor, Verb.OFFERING_DESCRIBE)
    slug = clean_slug(slug)
    said = with_slugs(
        _given(slug=slug, name=name, service=service, description=description, parts=parts, audiences=audiences)
    )
    offering = Offering.objects.select_for_update(no_key=True).filter(slug=slug).first() or Offering(slug=slug)
    if offering._state.adding and not service:
        raise Refused("An offering belongs to a service.", {"service": "Name the service that provides it."})
    return _describe(actor, Verb.OFFERING_DESCRIBE, offering, said, read)


@read_again
def describe_audience(
    *,
    actor: Person,
    slug: str,
    read: int | None = None,
    name: str | None = None,
    kind: str | None = None,
    contact: str | None = None,
) -> Audience:
    """Say who a consumer or partner is and how to reach them; raises Conflict as `describe_service` does."""
    permissions.require(actor, Verb.AUDIENCE_DESCRIBE)
    slug = clean_slug(slug)
    audience = Audience.objects.select_for_update(no_key=True).filter(slug=slug).first() or Audience(slug=slug)
    said = _given(slug=slug, name=name, kind=kind, contact=contact)
    return _describe(actor, Verb.AUDIENCE_DESCRIBE, audience, said, read)


@transaction.atomic
def merge_service(*, actor: Person, named: str, into: str) -> Service:
    """Say that a name people used means a described service: all that refers to it moves there.

    Only a service that is merely named can be merged, as a described one has words to lose.
    """
    permissions.require(actor, Verb.SERVICE_MERGE)
    named, into = clean_slug(named), clean_slug(into)
    # The mere name first, as everybody locks them (keeping.py: held).
    rows = Service.objects.select_for_update(no_key=True).order_by("is_described", "pk")
    pair = rows.in_bulk([named, into], field_name="slug")
    lost, kept = pair.get(named), pair.get(into)
    if lost is None or kept is None:
        raise Refused(f"There is no service {named if lost is None else into} here. Check the catalogue.")
    if lost == kept or lost.is_described or not kept.is_described:
        raise Refused("Only a service that is merely named can be merged, and only into a described one.")
    codes = move_references(lost, kept)
    kept.also_called = list(dict.fromkeys([*kept.also_called, lost.name, *lost.also_called]))
    kept.version += 1
    kept.save(update_fields=["also_called", "version"])
    lost.delete()
    details = {"named": lost.slug, "into": kept.slug}
    subjects = [kept.code, lost.code, *codes]
    chain.record_many(actor=actor, happenings=[Happening(Verb.SERVICE_MERGE, each, details) for each in subjects])
    return kept


def _describe(actor: Person, verb: Verb, noun: Noun, said: dict[str, Any], read: int | None) -> Noun:
    kind = type(noun).__name__.lower()
    sheet = clean(kind, said)
    if noun._state.adding:
        sheet.setdefault("name", sheet["slug"])
    if noun.slug in sheet.get("depends_on", ()):
        raise Refused("A service can't depend on itself.", {"depends_on": f"Take {noun.slug} out of the list."})
    changes = changes_to(noun, sheet)
    check_read(noun, changes, read)
    if changes:
        keep([(noun, changes)], known_to(sheet))
        chain.record(actor=actor, verb=verb, subject=noun.code, changes=changes)
    return noun


def _given(**said: Any) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value is not None}


def _notice_of(named: Named) -> str:
    several = len(named.new) > 1
    kept = "they are kept as names" if several else "it is kept as a name"
    # Without those just kept, or a name would be told that it resembles itself.
    others = Service.objects.exclude(pk__in=[named.services[name].pk for name in named.new])
    advice = (did_you_mean(close_names(name, others), by=name if several else "") for name in named.new)
    return f"{are_not(named.new)} in the catalogue yet; {kept}.{''.join(advice)}"


def _place(name: str) -> tuple[str, bool, str]:
    slug = slug_for(name)
    return slug, name_key(name) != slug, digest(name)  # of several with one slug, the one that it spells has it


def _slugs(name: str) -> tuple[str, str]:
    slug = slug_for(name)
    return slug, f"{slug[: SLUG_LENGTH - 9]}-{digest(name)}"


def _under_its_slug(name: str, there: dict[str, Service]) -> Service:
    """Return the service that has the slug of a name, or put a new one there."""
    slug, longer = _slugs(name)
    service = there.setdefault(slug, Service(slug=slug, name=name))
    if name_key(name) in {name_key(service.slug), name_key(service.name)}:
        return service
    return there.setdefault(longer, Service(slug=longer, name=name))  # something else has it, as C# and C++
