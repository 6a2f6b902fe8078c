"""What Backstage entities become here: services, offerings, teams; and sentences for what is left out."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from failonce.intake.backstage.entities import Entity, Reference, reference_to

# In this order: where two entities would have one name here, the first of these kinds gets it.
SERVICE_KINDS = ("component", "system", "resource")
WHY_NOT = {
    "domain": "a domain groups systems, and the catalogue has services only",
    "user": "people join by invitation",
    "location": "it only points to other files; import those as well",
    "template": "it makes new software and serves nobody itself",
}
_FOLDER = re.compile(r"/(?:-/)?(?:tree|blob|src)/[^/]+/(?P<folder>.*)")
_NAMED = 5  # names in one sentence


@dataclass(frozen=True, slots=True)
class Existing:
    """What the catalogue has already: sheets of services, and the service of each offering, by slug."""

    services: Mapping[str, Mapping[str, Any]]
    offerings: Mapping[str, str]


@dataclass(slots=True)
class Translation:
    """The data for the catalogue, and a sentence for everything that is left out."""

    data: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"teams": [], "audiences": [], "services": [], "offerings": []}
    )
    left_out: list[str] = field(default_factory=list)


def translate(entities: Sequence[Entity], existing: Existing) -> Translation:
    """Return what these entities say in the catalogue's own words.

    What Backstage doesn't know is left alone, and what people added here to a list stays in it.
    """
    return _Translator(entities, existing).translation()


class _Translator:
    def __init__(self, entities: Sequence[Entity], existing: Existing) -> None:
        self.existing = existing
        self.result = Translation()
        self.entities = self._without_repeats(entities)
        self.services = self._service_entities()
        self.owned: set[Reference] = set()
        self.providers = self._providers()
        self.needs: dict[str, set[str]] = defaultdict(set)

    def translation(self) -> Translation:
        """Translate every kind; needs come before services, as an entity may say who depends on it."""
        for entity in self.services.values():
            self._gather_needs(entity)
        data = self.result.data
        data["services"] = [self._service(slug, entity) for slug, entity in self.services.items()]
        data["offerings"] = [sheet for entity in self._of_kind("api") if (sheet := self._offering(entity))]
        data["teams"] = [self._team(reference) for reference in sorted(self.owned, key=str)]
        self._say_what_is_left()
        # What Backstage answers when asked repeats each relation, so one gap would be told twice.
        self.result.left_out = list(dict.fromkeys(self.result.left_out))
        return self.result

    def _without_repeats(self, entities: Iterable[Entity]) -> dict[Reference, Entity]:
        kept: dict[Reference, Entity] = {}
        for entity in entities:
            if entity.reference in kept:
                first = kept[entity.reference].place
                self._leave_out(f"{entity.place} is left out: {entity.reference} stands in {_lower(first)} already.")
            else:
                kept[entity.reference] = entity
        return kept

    def _of_kind(self, kind: str) -> list[Entity]:
        return [entity for reference, entity in self.entities.items() if reference.kind == kind]

    def _service_entities(self) -> dict[str, Entity]:
        services: dict[str, Entity] = {}
        for kind in SERVICE_KINDS:
            for entity in self._of_kind(kind):
                taken = services.setdefault(entity.reference.slug, entity)
                if taken is not entity:
                    self._leave_out(
                        f"{entity.reference} is left out: {taken.reference} has the same name here."
                        " What refers to either refers to that service."
                    )
        return services

    def _providers(self) -> dict[Reference, list[str]]:
        providers: dict[Reference, list[str]] = defaultdict(list)
        for slug, entity in self.services.items():
            for target in entity.targets("providesApis", "providesApi"):
                if reference := reference_to(target, "api", entity.reference.namespace):
                    providers[reference].append(slug)
        for entity in self._of_kind("api"):
            for target in entity.targets("providedBy", "apiProvidedBy"):
                provider = reference_to(target, "component", entity.reference.namespace)
                if provider and provider.slug in self.services and provider.slug not in providers[entity.reference]:
                    providers[entity.reference].append(provider.slug)
        return providers

    def _gather_needs(self, entity: Entity) -> None:
        slug = entity.reference.slug
        for target in entity.targets("dependsOn", "dependsOn"):
            self.needs[slug].update(self._meant(entity, target, "component"))
        for target in entity.targets("consumesApis", "consumesApi"):
            self.needs[slug].update(self._meant(entity, target, "api"))
        for key, relation, kind in (
            ("dependencyOf", "dependencyOf", "component"),
            ("subcomponentOf", "", "component"),
            ("system", "", "system"),
        ):
            # A whole doesn't work without its parts, so it depends on them.
            for target in entity.targets(key, relation):
                for dependant in self._meant(entity, target, kind):
                    self.needs[dependant].add(slug)
        for target in entity.targets("", "partOf"):
            for dependant in self._meant(entity, target, "system"):
                self.needs[dependant].add(slug)

    def _meant(self, entity: Entity, target: Any, kind: str) -> list[str]:
        """Return the services that a reference means: none, one, or all that provide an API."""
        reference = reference_to(target, kind, entity.reference.namespace)
        if reference is None:
            self._leave_out(f"In {_lower(entity.place)}, {_shown(target)} is left out: it isn't a reference.")
            return []
        if reference.kind == "domain":
            return []  # domains are left out as a kind, with a sentence of their own
        if reference.kind == "api":
            found = self.providers.get(reference) or [self.existing.offerings.get(reference.slug, "")]
        else:
            known = reference.slug in self.services or reference.slug in self.existing.services
            found = [reference.slug] if known and reference.kind in SERVICE_KINDS else []
        if not any(found):
            why = (
                "nothing provides it"
                if reference in self.entities
                else "it is neither in the files nor in the catalogue"
            )
            self._leave_out(f"That {entity.reference} refers to {reference} is left out: {why}.")
        return [slug for slug in found if slug and slug != entity.reference.slug]

    def _service(self, slug: str, entity: Entity) -> dict[str, Any]:
        here = self.existing.services.get(slug, {})
        said: dict[str, Any] = {
            "slug": slug,
            "name": entity.text("title") or ("" if here.get("described") else _name(entity)),
            "description": entity.text("description"),
            "lifecycle": _word(entity.spec.get("lifecycle")),
            "team": self._owner(entity),
            "technologies": [*here.get("technologies", ()), *_tags(entity)],
            "paths": [*here.get("paths", ()), *_paths(entity)],
        }
        # A need may be said by another entity, about a service that stands in no file; it is kept there.
        needs = self.needs.pop(slug, set())
        return _without_empty({**said, "depends_on": sorted({*here.get("depends_on", ()), *needs})})

    def _offering(self, entity: Entity) -> dict[str, Any] | None:
        slug, name = entity.reference.slug, entity.text("title") or _name(entity)
        providers = self.providers.get(entity.reference) or list(filter(None, [self.existing.offerings.get(slug, "")]))
        if not providers:
            self._leave_out(
                f"{entity.reference} is left out: no component provides it, and an offering needs a service."
            )
            return None
        first, *others = providers
        if others:
            self._leave_out(
                f"That {entity.reference} is also provided by {_some(others)} is left out:"
                f" an offering belongs to one service, and stands under {first}."
            )
        said = {"slug": slug, "service": first, "name": name, "description": entity.text("description")}
        if slug not in self.existing.offerings:
            kind = _word(entity.spec.get("type"))
            said["parts"] = [{"kind": "access", "name": name, "description": f"{kind} interface" if kind else ""}]  # type: ignore[assignment]
        return _without_empty(said)

    def _owner(self, entity: Entity) -> str:
        for target in entity.targets("owner", "ownedBy"):
            owner = reference_to(target, "group", entity.reference.namespace)
            if owner and owner.kind == "group":
                self.owned.add(owner)
                return owner.slug
            who = str(owner) if owner else _shown(target)
            self._leave_out(f"The owner of {entity.reference}, {who}, is left out: here services belong to teams.")
        return ""

    def _team(self, reference: Reference) -> dict[str, Any]:
        entity = self.entities.get(reference)
        profile = entity.spec.get("profile") if entity else None
        shown = _word(profile.get("displayName")) if isinstance(profile, Mapping) else ""
        name = shown or (entity and (entity.text("title") or _name(entity))) or reference.name
        return {"slug": reference.slug, "name": name}

    def _say_what_is_left(self) -> None:
        # Needs that nobody in the files has: they are added to what the catalogue says of that service.
        for slug, needs in self.needs.items():
            if needs and slug in self.existing.services:
                before = self.existing.services[slug].get("depends_on", ())
                self.result.data["services"].append({"slug": slug, "depends_on": sorted({*before, *needs})})
        kinds: dict[str, list[str]] = defaultdict(list)
        for reference in self.entities:
            if reference.kind == "group" and reference not in self.owned:
                kinds["group"].append(reference.name)
            elif reference.kind not in (*SERVICE_KINDS, "api", "group"):
                kinds[reference.kind].append(reference.name)
        for kind, names in kinds.items():
            why = "it owns nothing here" if kind == "group" else WHY_NOT.get(kind, "the catalogue has no such kind")
            self._leave_out(f"{len(names)} of kind {kind} left out ({_some(names)}): {why}.")
        if unused := _unused(self.entities.values()):
            self._leave_out(f"Left out of every entity: {', '.join(unused)}. The catalogue has no place for them.")

    def _leave_out(self, sentence: str) -> None:
        self.result.left_out.append(sentence)


def _name(entity: Entity) -> str:
    return str(entity.metadata["name"]).strip()


def _tags(entity: Entity) -> list[str]:
    tags = entity.metadata.get("tags")
    return [str(tag) for tag in tags if isinstance(tag, str | int | float)] if isinstance(tags, list) else []


def _paths(entity: Entity) -> list[str]:
    """Return the folder that the source is in, when it is a part of a repository and not the whole of it."""
    location = entity.annotation("backstage.io/source-location").removeprefix("url:")
    match = _FOLDER.search(urlsplit(location).path) if "://" in location else None
    folder = unquote(match["folder"]).strip("/") if match else ""
    return [f"{folder}/**"] if folder and "*" not in folder else []


def _unused(entities: Iterable[Entity]) -> list[str]:
    used = {"backstage.io/source-location"}
    found = {key for entity in entities for key in ("labels", "links") if entity.metadata.get(key)}
    for entity in entities:
        annotations = entity.metadata.get("annotations")
        if isinstance(annotations, Mapping) and set(map(str, annotations)) - used:
            found.add("other annotations")
    return sorted(found)


def _without_empty(sheet: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sheet.items() if value not in ("", [], None)}


def _word(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _shown(target: Any) -> str:
    return " ".join(str(target)[:60].split()) or "nothing"


def _lower(place: str) -> str:
    return place[:1].lower() + place[1:]
