"""Finding what somebody meant by a name: by slug, by name in any case, or what comes close."""

import difflib
import hashlib
import re
from collections.abc import Sequence
from typing import TypeVar

from django.db.models import QuerySet
from django.utils.text import slugify

from failonce.catalogue.models import Audience, Offering, Service
from failonce.people.errors import Refused
from failonce.people.models import Team

NAMES_AT_ONCE = 50
NAME_LENGTH = 120
SLUG_LENGTH = 80

Noun = TypeVar("Noun", Service, Offering, Audience, Team)


def known_services(names: Sequence[str]) -> tuple[list[Service], list[str]]:
    """Return the services meant by these names or slugs, and the names nobody knows; writes nothing.

    Raises Refused for more than 50 names or one of more than 120 characters.
    """
    found, unknown = resolve(Service.objects.all(), tidy_names(names))
    return list({service.pk: service for service in found.values()}.values()), unknown


def offering_named(name: str) -> Offering:
    """Return the offering with this slug or name; raise Refused, with close names, if there is none."""
    return _one(Offering.objects.select_related("service"), name, "offering")


def audience_named(name: str) -> Audience:
    """Return the audience with this slug or name; raise Refused, with close names, if there is none."""
    return _one(Audience.objects.all(), name, "consumer or partner")


def tidy_names(names: Sequence[str]) -> list[str]:
    """Return the names as one line each, without empty and repeated ones; raise Refused beyond the bounds."""
    tidied = list(dict.fromkeys(filter(None, map(one_line, names))))
    if len(tidied) > NAMES_AT_ONCE:
        raise Refused(f"These are {len(tidied)} names; at most {NAMES_AT_ONCE} fit. Keep those that matter most.")
    for name in tidied:
        if len(name) > NAME_LENGTH:
            raise Refused(f"The name {name[:40]}… has {len(name)} characters; at most {NAME_LENGTH} fit. Shorten it.")
    return tidied


def one_line(text: str) -> str:
    """Return the text on one line, without what a database can't hold (NUL, lone surrogates)."""
    return " ".join(text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8").split())


def name_key(name: str) -> str:
    """Return what two ways of writing one name have in common."""
    # People write "Payments API", "payments_api" and "payments-api" for one thing; "C" and "C++" stay two.
    return re.sub(r"[\s_-]+", "-", name.casefold())


def slug_for(name: str) -> str:
    """Return a slug for a name in any script; the same name always gives the same slug."""
    return slugify(name)[:SLUG_LENGTH].strip("-_") or f"named-{digest(name)}"


def digest(name: str) -> str:
    """Return eight characters that tell this name from others, whatever its case."""
    return hashlib.sha256(name.casefold().encode("utf-8", "replace")).hexdigest()[:8]


def resolve(everything: "QuerySet[Noun]", names: Sequence[str]) -> tuple[dict[str, Noun], list[str]]:
    """Return what each name means among these objects, and the names that mean none of them."""
    by_slug = {noun.slug: noun for noun in everything.filter(slug__in=names)}
    if len(by_slug) == len(names):
        return by_slug, []
    keys = _keys(everything)
    wanted = {name: keys[name_key(name)] for name in names if name not in by_slug and name_key(name) in keys}
    rows = everything.in_bulk(set(wanted.values()))
    found = {name: by_slug.get(name) or rows[wanted[name]] for name in names if name in by_slug or name in wanted}
    return found, [name for name in names if name not in found]


def _keys(everything: "QuerySet[Noun]") -> dict[str, int]:
    # Where two things answer to one key, a slug wins over a name, a name over what it was also called,
    # and the older over the newer: later entries overwrite earlier ones.
    columns = ["pk", "slug", "name", *(["also_called"] if everything.model is Service else [])]
    rows = list(everything.order_by("-pk").values_list(*columns))
    keys = {name_key(name): pk for pk, _, _, *others in rows for name in (others[0] if others else ())}
    keys |= {name_key(name): pk for pk, _, name, *_ in rows}
    return keys | {name_key(slug): pk for pk, slug, *_ in rows}


def close_names(name: str, everything: "QuerySet[Noun]") -> list[str]:
    """Return a slug or name for up to three objects that come close to this name, closest first."""
    written: dict[str, tuple[int, str]] = {}
    for pk, slug, full_name in everything.values_list("pk", "slug", "name"):
        written.setdefault(name_key(slug), (pk, slug))
        written.setdefault(name_key(full_name), (pk, full_name))
    close = [written[key] for key in difflib.get_close_matches(name_key(name), written, n=6, cutoff=0.7)]
    closest: dict[int, str] = {}
    for pk, shown in close:
        closest.setdefault(pk, shown)
    return list(closest.values())[:3]


def did_you_mean(names: Sequence[str], by: str = "") -> str:
    """Return a question naming these, with a space before it, or nothing for no names; `by` is what was written."""
    if not names:
        return ""
    *others, last = names
    meant = f"{', '.join(others)} or {last}" if others else last
    return f" Did you mean {meant} by {by}?" if by else f" Did you mean {meant}?"


def are_not(names: Sequence[str]) -> str:
    """Return the start of a sentence about one name or several: "a isn't", "a, b and c aren't"."""
    *others, last = names
    return f"{', '.join(others)} and {last} aren't" if others else f"{last} isn't"


def _one(everything: "QuerySet[Noun]", name: str, noun: str) -> Noun:
    name = one_line(name)
    found, _ = resolve(everything, [name])
    if name in found:
        return found[name]
    close = close_names(name, everything)
    advice = did_you_mean(close) or " See the catalogue for those there are."
    raise Refused(f"There is no {noun} called {name[:NAME_LENGTH] or 'nothing'} in the catalogue.{advice}")
