"""What a service, an offering or an audience says, as plain values: the shape of files, forms and the API."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pathspec import GitIgnoreSpec

from failonce.catalogue.models import CHARACTERISTICS, Audience, Offering, OfferingPart, Service
from failonce.catalogue.names import NAME_LENGTH, SLUG_LENGTH, one_line
from failonce.people.errors import Refused
from failonce.people.models import Team

Sheet = dict[str, Any]

TEXT_LENGTH = 20_000  # characters of a description; a page is 3,000
MANY = 200  # entries of one list; a service with more dependencies than this is several services
_SLUG = re.compile(r"[-a-zA-Z0-9_]+")
_SCALARS = (str, int, float)


class UnusableError(ValueError):
    """One value can't be kept; the message completes "technologies: …"."""


def sheet_of(noun: Service | Offering | Audience | Team) -> Sheet:
    """Return everything this object says, every key present, in the order files show them."""
    if isinstance(noun, Service):
        return _sheet_of_service(noun)
    if isinstance(noun, Offering):
        return _sheet_of_offering(noun)
    if isinstance(noun, Audience):
        return {"slug": noun.slug, "name": noun.name, "kind": noun.kind, "contact": noun.contact}
    return {"slug": noun.slug, "name": noun.name}


def clean(kind: str, raw: Mapping[str, Any]) -> Sheet:
    """Return what was written as values that can be kept; raise Refused, field by field, where it can't.

    Only the keys that were given are in the answer. `kind` is service, offering, audience or team.
    """
    rules = RULES[kind]
    sheet: Sheet = {}
    fields: dict[str, str] = {}
    for key, value in raw.items():
        try:
            if key not in rules:
                raise UnusableError(f"isn't something {_article(kind)} {kind} has; it has {', '.join(rules)}.")
            sheet[key] = rules[key](value)
        except UnusableError as error:
            fields[one_line(str(key))[:40]] = str(error)
    if fields:
        raise Refused(f"Some of this {kind} can't be kept as it is.", fields)
    return sheet


def differences(before: Sheet, after: Sheet) -> dict[str, list[Any]]:
    """Return what `after` would change: for each such key, what it was and what it becomes."""
    return {key: [before.get(key), value] for key, value in after.items() if before.get(key) != value}


def in_words(value: Any) -> str:
    """Return a value of a sheet as a person would write it into a form."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "\n".join(f"{key}: {text}" for key, text in value.items())
    if isinstance(value, list):
        return "\n".join(in_words(each) for each in value)
    return "" if value is None else str(value)


def _sheet_of_service(service: Service) -> Sheet:
    return {
        "slug": service.slug,
        "name": service.name,
        "also_called": list(service.also_called),
        "description": service.description,
        "critical": service.is_critical,
        "described": service.is_described,
        "lifecycle": service.lifecycle,
        "team": service.team.slug if service.team else "",
        "technologies": list(service.technologies),
        "paths": list(service.paths),
        "depends_on": sorted(each.slug for each in service.depends_on.all()),
        "characteristics": {
            key: service.characteristics[key] for key in CHARACTERISTICS if key in service.characteristics
        },
    }


def _sheet_of_offering(offering: Offering) -> Sheet:
    parts = [{"kind": part.kind, "name": part.name, "description": part.description} for part in offering.parts.all()]
    return {
        "slug": offering.slug,
        "name": offering.name,
        "service": offering.service.slug,
        "description": offering.description,
        "parts": parts,
        "audiences": sorted(each.slug for each in offering.audiences.all()),
    }


def clean_slug(value: Any) -> str:
    """Return the slug; raise Refused if it is none."""
    return str(clean("team", {"slug": value})["slug"])


def _slug(value: Any) -> str:
    slug = value.strip() if isinstance(value, str) else ""
    if not _SLUG.fullmatch(slug) or len(slug) > SLUG_LENGTH:
        raise UnusableError(
            f"takes up to {SLUG_LENGTH} letters without accents, digits, - and _, such as payments-api."
        )
    return slug


def _reference(value: Any) -> str:
    return _slug(value) if value not in (None, "") else ""


def _name(value: Any) -> str:
    name = _line(NAME_LENGTH)(value)
    if not name:
        raise UnusableError("is empty; say how people call it.")
    return name


def _line(longest: int) -> Callable[[Any], str]:
    def rule(value: Any) -> str:
        text = one_line(_text(value))
        if len(text) > longest:
            raise UnusableError(f"has {len(text)} characters; at most {longest} fit.")
        return text

    return rule


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, _SCALARS):
        raise UnusableError(f"takes text, not {_called(value)}.")
    text = str(value).replace("\x00", "").replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8").strip()
    if len(text) > TEXT_LENGTH:
        raise UnusableError(f"has {len(text):,} characters; at most {TEXT_LENGTH:,} fit.")
    return text


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise UnusableError("takes true or false.")
    return value


def _choice(choices: type[Audience.Kind] | type[OfferingPart.Kind]) -> Callable[[Any], str]:
    def rule(value: Any) -> str:
        text = _text(value).lower()
        if text not in choices.values:
            raise UnusableError(f"takes {' or '.join(choices.values)}.")
        return text

    return rule


def _list_of(rule: Callable[[Any], Any], *, in_order: bool = True) -> Callable[[Any], list[Any]]:
    def each(value: Any) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise UnusableError(f"takes a list, not {_called(value)}.")
        if len(value) > MANY:
            raise UnusableError(f"has {len(value)} entries; at most {MANY} fit.")
        kept = list(dict.fromkeys(filter(None, map(rule, value))))
        return kept if in_order else sorted(kept)

    return each


def _technology(value: Any) -> str:
    # Lessons and changes are compared with these, and nobody means two things by Redis and redis.
    return _line(60)(value).lower()


def _path(value: Any) -> str:
    glob = _line(200)(value)
    if glob and not all(pattern.include for pattern in GitIgnoreSpec.from_lines([glob]).patterns):
        raise UnusableError(f"{glob} isn't a path pattern; write it like db/** or *.sql.")
    return glob


def _characteristics(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise UnusableError(f"takes a sentence for each of {', '.join(CHARACTERISTICS)}, not {_called(value)}.")
    if strange := [str(key) for key in value if key not in CHARACTERISTICS]:
        raise UnusableError(f"knows {', '.join(CHARACTERISTICS)}, not {one_line(strange[0])[:40]}.")
    texts = {key: _text(value[key]) for key in CHARACTERISTICS if key in value}
    return {key: text for key, text in texts.items() if text}


def _parts(value: Any) -> list[dict[str, str]]:
    if value is None:
        return []
    if not isinstance(value, list | tuple) or len(value) > MANY:
        raise UnusableError(f"takes a list of at most {MANY} parts, each with kind, name and description.")
    return [_part(each) for each in value]


def _part(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) - {"kind", "name", "description"}:
        raise UnusableError("takes parts with kind, name and description.")
    return {
        "kind": _choice(OfferingPart.Kind)(value.get("kind")),
        "name": _name(value.get("name")),
        "description": _text(value.get("description")),
    }


def _called(value: Any) -> str:
    names = {bool: "yes or no", list: "a list", dict: "a group of values", int: "a number", str: "text"}
    return names.get(type(value), "this")


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeiou" else "a"


RULES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "team": {"slug": _slug, "name": _name},
    "service": {
        "slug": _slug,
        "name": _name,
        "also_called": _list_of(_line(NAME_LENGTH)),
        "description": _text,
        "critical": _yes_or_no,
        "described": _yes_or_no,
        "lifecycle": _line(40),
        "team": _reference,
        "technologies": _list_of(_technology),
        "paths": _list_of(_path),
        "depends_on": _list_of(_slug, in_order=False),
        "characteristics": _characteristics,
    },
    "offering": {
        "slug": _slug,
        "name": _name,
        "service": _slug,
        "description": _text,
        "parts": _parts,
        "audiences": _list_of(_slug, in_order=False),
    },
    "audience": {"slug": _slug, "name": _name, "kind": _choice(Audience.Kind), "contact": _line(300)},
}
