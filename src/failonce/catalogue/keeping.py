"""Keeping what a sheet says on its object, and finding the objects it refers to."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, transaction

from failonce.catalogue.models import Audience, Offering, OfferingPart, Service
from failonce.catalogue.names import close_names, did_you_mean, one_line, resolve
from failonce.catalogue.sheets import Sheet, differences, in_words, sheet_of
from failonce.people.errors import Conflict, Refused
from failonce.people.models import Team

Noun = Service | Offering | Audience | Team
Changes = dict[str, list[Any]]
Given = ParamSpec("Given")
Kept = TypeVar("Kept")

# What a sheet calls a field, where the model has another word for it.
_COLUMNS = {"critical": "is_critical", "described": "is_described"}
_LINKS = {"depends_on", "audiences", "parts"}  # rows of their own, and no column
_REFERENCES: dict[str, Any] = {
    "team": Team,
    "service": Service,
    "depends_on": Service,
    "audiences": Audience,
}


@dataclass(slots=True)
class Known:
    """The objects that sheets may refer to, by slug."""

    teams: dict[str, Team] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    audiences: dict[str, Audience] = field(default_factory=dict)


def read_again(write: Callable[Given, Kept]) -> Callable[Given, Kept]:
    """Let a write be one transaction, done again where somebody just kept what it found to be new.

    Done again as a whole: all that it holds is let go first, or it would wait for somebody who waits for that.
    """
    whole = transaction.atomic(write)

    @wraps(write)
    def again(*args: Given.args, **kwargs: Given.kwargs) -> Kept:
        for _ in range(9):  # each time somebody else has kept one more
            with suppress(IntegrityError):
                return whole(*args, **kwargs)
        return whole(*args, **kwargs)

    return again


def held(found: Mapping[str, Service], also: Iterable[Service] = ()) -> dict[str, Service]:
    """Return the services that names or slugs mean, and let none of them, nor of the others, go before the commit.

    Only what is merely named can be merged away, so only that is locked; what has just gone means the service
    it was merged into. Call it once in a write, and before locking anything else of the catalogue: whoever
    locks mere names and described services in different orders waits for somebody who waits.
    """
    mere = {each.pk: each for each in [*found.values(), *also] if not each.is_described}
    if not mere:
        return dict(found)
    rows = Service.objects.select_for_update(no_key=True).filter(pk__in=mere).order_by("pk")
    gone = mere.keys() - set(rows.values_list("pk", flat=True))
    merged, _ = resolve(Service.objects.all(), [mere[pk].name for pk in gone])
    meant = {name: merged.get(each.name) if each.pk in gone else each for name, each in found.items()}
    return {name: each for name, each in meant.items() if each}


def with_slugs(said: Mapping[str, Any], also: Iterable[Service] = ()) -> dict[str, Any]:
    """Return what was said with slugs where people wrote names, services held with those that are wanted besides.

    Raises Refused for what nobody knows.
    """
    slugs: dict[str, Any] = {}
    fields: dict[str, str] = {}
    for key, model in _REFERENCES.items():
        value = said.get(key)
        if not value:
            continue
        names = [one_line(name) for name in ([value] if isinstance(value, str) else value)]
        found, unknown = resolve(model.objects.all(), names)
        if unknown:
            close = close_names(unknown[0], model.objects.all())
            fields[key] = f"{unknown[0][:120]} isn't known here.{did_you_mean(close)}"
        else:
            found = held(found, also) if model is Service else found
            slugs[key] = found[names[0]].slug if isinstance(value, str) else [each.slug for each in found.values()]
    if fields:
        raise Refused("This refers to something that isn't in the catalogue.", fields)
    return {**said, **slugs}


def known_to(sheet: Sheet) -> Known:
    """Return the objects this sheet refers to by slug."""
    services = [*sheet.get("depends_on", ()), *filter(None, [sheet.get("service")])]
    return Known(
        teams={team.slug: team for team in Team.objects.filter(slug=sheet.get("team") or "")},
        services={each.slug: each for each in Service.objects.filter(slug__in=services)},
        audiences={each.slug: each for each in Audience.objects.filter(slug__in=sheet.get("audiences", ()))},
    )


def changes_to(noun: Noun, sheet: Sheet) -> Changes:
    """Return what keeping this sheet would change: for each such key, what it was and what it becomes."""
    return differences({} if noun._state.adding else sheet_of(noun), sheet)


def check_read(noun: Service | Offering | Audience, changes: Changes, read: int | None) -> None:
    """Raise Conflict, with what stands there now, when these changes were made without having read it."""
    if noun._state.adding or not changes or read == noun.version:
        return
    if isinstance(noun, Service) and not noun.is_described:
        return  # only a name so far: there are no words to lose
    raise Conflict(
        f"{noun.name} was changed since you read it. What stands there now is shown beside what you wrote;"
        " bring the two together and save again.",
        theirs={key: in_words(was) for key, (was, _) in changes.items()} | {"version": str(noun.version)},
    )


def keep(kept: Sequence[tuple[Noun, Changes]], known: Known) -> None:
    """Save these changes to nouns of one kind, references and parts included, in as few statements as it takes.

    Call it in a transaction that has read the nouns, or what somebody else saved meanwhile is lost.
    """
    # In the order in which tellings name services, or the two would wait for each other.
    new = sorted((noun for noun, _ in kept if noun._state.adding), key=lambda noun: noun.slug)
    old = [(noun, changes) for noun, changes in kept if not noun._state.adding]
    for noun, changes in kept:
        _set_columns(noun, changes, known)
    if kept:
        model: Any = type(kept[0][0])
        model.objects.bulk_create(new)
        columns = {_COLUMNS.get(key, key) for _, changes in old for key in changes.keys() - _LINKS - {"slug"}}
        if columns := columns | ({"version"} if hasattr(model, "version") else set()):
            model.objects.bulk_update([noun for noun, _ in old], columns, batch_size=100)
    _keep_links(kept, known)
    _keep_parts(kept, {noun.pk for noun in new})


def _set_columns(noun: Noun, changes: Changes, known: Known) -> None:
    if not noun._state.adding and not isinstance(noun, Team):
        noun.version += 1
    for key in changes.keys() - _LINKS:
        setattr(noun, _COLUMNS.get(key, key), _column(key, changes[key][1], known))


def _keep_links(kept: Sequence[tuple[Noun, Changes]], known: Known) -> None:
    """Link what is newly named and unlink what is no longer; asking each object to do so takes three queries each."""
    needs, audiences = Service.depends_on.through, Offering.audiences.through
    rows: list[Any] = []
    for noun, changes in kept:
        for key in ("depends_on", "audiences"):
            was, becomes = changes.get(key, ([], []))
            added, gone = set(becomes) - set(was or ()), set(was or ()) - set(becomes)
            if key == "depends_on":
                rows += [needs(from_service=noun, to_service=known.services[slug]) for slug in sorted(added)]
                if gone:
                    needs.objects.filter(from_service=noun, to_service__slug__in=gone).delete()
            else:
                rows += [audiences(offering=noun, audience=known.audiences[slug]) for slug in sorted(added)]
                if gone:
                    audiences.objects.filter(offering=noun, audience__slug__in=gone).delete()
    if rows:
        type(rows[0]).objects.bulk_create(rows, ignore_conflicts=True)  # a merge may just have linked them, too


def _keep_parts(kept: Sequence[tuple[Noun, Changes]], new: Collection[int]) -> None:
    replaced = [(noun, changes["parts"][1]) for noun, changes in kept if "parts" in changes]
    OfferingPart.objects.filter(offering__in=[noun.pk for noun, _ in replaced if noun.pk not in new]).delete()
    OfferingPart.objects.bulk_create(
        OfferingPart(offering_id=noun.pk, **part) for noun, parts in replaced for part in parts
    )


def move_references(lost: Service, kept: Service) -> list[str]:
    """Let everything that refers to one service refer to the other; return the codes of what moved.

    Asks the models who refers to a service, because the rooms above may not be named here.
    """
    codes: list[str] = []
    for relation in Service._meta.related_objects:
        model: Any = relation.related_model
        for noun in model.objects.filter(**{relation.field.name: lost}):
            if _move(noun, relation.field, lost, kept):
                codes.append(noun.code)
    for other in lost.depends_on.exclude(pk=kept.pk):
        kept.depends_on.add(other)
    return codes


def _move(noun: Any, relation: Any, lost: Service, kept: Service) -> bool:
    """Return whether it refers to the other now: somebody may just have taken it out."""
    if not relation.many_to_many:
        mine = type(noun).objects.filter(pk=noun.pk, **{relation.name: lost})
        return bool(mine.update(**{relation.name: kept}))
    services = getattr(noun, relation.name)
    ends = {services.source_field_name: noun, services.target_field_name: lost}
    gone, _ = services.through.objects.filter(**ends).delete()
    if not gone or noun == kept:
        return False  # a service that depended on its other name doesn't depend on itself
    services.add(kept)
    return True


def _column(key: str, value: Any, known: Known) -> Any:
    if key == "team":
        return known.teams[value] if value else None
    return known.services[value] if key == "service" else value
