"""Every change people can make to a failure: tell, edit, add, comment, withdraw; and keep a draft."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from failonce.catalogue.names import audience_named, offering_named
from failonce.catalogue.writes import services_named
from failonce.failures.models import STORY_LIMIT, Draft, Failure, Impact, Note, told_from
from failonce.failures.telling import Loss, Telling, without_nul
from failonce.history.chain import Happening, record, record_many
from failonce.history.verbs import Verb
from failonce.people.errors import Conflict, Refused
from failonce.people.models import Person
from failonce.people.permissions import require

_PLAIN_FIELDS = ("title", "kind", "story", "started_at", "ended_at", "deployment", "source", "visibility")
DRAFTS_KEPT = 20  # per person; the oldest makes room
_JUST_NOW = timedelta(minutes=1)
_CHOSEN_FOR_ONE = {"kind", "visibility"}  # the form says these even where nobody has written a word


@dataclass(frozen=True, slots=True)
class Told:
    """A failure that was kept, and what the teller should know about it."""

    failure: Failure
    notices: list[str]


@transaction.atomic
def tell_failure(*, actor: Person, telling: Telling, draft: uuid.UUID | None = None) -> Told:
    """Record a failure in the words of the person who saw it; its draft, if there was one, goes.

    The same sent twice from one form, as by two clicks or after an answer was lost, is told once.
    """
    told, happenings = keep_telling(actor=actor, telling=telling, draft=draft)
    record_many(actor=actor, happenings=happenings)
    return told


def keep_telling(*, actor: Person, telling: Telling, draft: uuid.UUID | None) -> tuple[Told, list[Happening]]:
    """Do what `tell_failure` does, and leave it to the write that calls this to record it, last."""
    require(actor, Verb.FAILURE_TELL)
    telling = telling.checked(timezone.now())
    failure = Failure(told_by=actor, told_as=draft, **plain_fields(telling))
    if draft is not None:
        _hold_drafts(actor)
        Draft.objects.filter(key=draft, person=actor).delete()
        if earlier := told_from(actor, draft):
            if _is_again(earlier, telling):
                return Told(earlier, []), []
            failure.told_as = None  # they went back and told something else
    failure.save(force_insert=True)
    notices, named = _relate(actor, failure, telling)
    return Told(failure, notices), [*named, Happening(Verb.FAILURE_TELL, failure.code, {"title": failure.title})]


@transaction.atomic
def edit_failure(*, actor: Person, failure: Failure, version: int, telling: Telling) -> Told:
    """Replace what was told; raise Conflict, with what stands now, if it changed since `version`."""
    require(actor, Verb.FAILURE_EDIT, failure)
    telling = telling.checked(timezone.now())
    standing = Failure.objects.select_for_update(no_key=True).get(pk=failure.pk)
    if standing.version != version:
        raise Conflict(
            "This was saved elsewhere while you were writing. Yours is still in the form; compare, then save again.",
            theirs={"title": standing.title, "story": standing.story, "version": str(standing.version)},
        )
    before = _differences(standing, telling)
    for field, value in plain_fields(telling).items():
        setattr(standing, field, value)
    standing.version += 1
    standing.save(update_fields=[*_PLAIN_FIELDS, "version"])
    notices, named = _relate(actor, standing, telling)
    record_many(actor=actor, happenings=[*named, Happening(Verb.FAILURE_EDIT, standing.code, {"before": before})])
    return Told(standing, notices)


@transaction.atomic
def add_to_failure(*, actor: Person, failure: Failure, text: str) -> Note:
    """Continue one's own story: what became known later."""
    require(actor, Verb.FAILURE_ADD, failure)
    return _note(actor, failure, Note.Kind.ADDITION, Verb.FAILURE_ADD, text)


@transaction.atomic
def comment_on_failure(*, actor: Person, failure: Failure, text: str) -> Note:
    """Say something about somebody else's failure."""
    require(actor, Verb.FAILURE_COMMENT, failure)
    return _note(actor, failure, Note.Kind.COMMENT, Verb.FAILURE_COMMENT, text)


@transaction.atomic
def withdraw_failure(*, actor: Person, failure: Failure, because: str = "") -> Failure:
    """Take one's telling back: it leaves every list and recall, and its code stays taken."""
    require(actor, Verb.FAILURE_WITHDRAW, failure)
    standing = Failure.objects.select_for_update(no_key=True).get(pk=failure.pk)
    if standing.withdrawn_at is not None:
        raise Refused(f"{standing.code} was withdrawn already.")
    standing.withdrawn_at, standing.withdrawn_because = timezone.now(), without_nul(because).strip()
    standing.save(update_fields=["withdrawn_at", "withdrawn_because"])
    record(actor=actor, verb=Verb.FAILURE_WITHDRAW, subject=standing.code, because=standing.withdrawn_because)
    return standing


@transaction.atomic
def save_draft(*, actor: Person, key: uuid.UUID, fields: Mapping[str, Any]) -> Draft | None:
    """Keep a telling as it stands in its form; a draft is nobody else's and not part of history.

    Returns None, with nothing kept, if nothing is written, or if it was told from this form already: a save may
    arrive after the telling.
    """
    size = sum(len(str(value)) for value in fields.values())
    if size > 2 * STORY_LIMIT:
        raise Refused(
            f"This draft has {size:,} characters, and up to {2 * STORY_LIMIT:,} are kept. Shorten it; until then only"
            " this page has it."
        )
    kept = {name: _clean(value) for name, value in fields.items()}
    _hold_drafts(actor)
    if told_from(actor, key) or not _says_anything(kept):
        Draft.objects.filter(key=key, person=actor).delete()
        return None
    draft = Draft.objects.filter(key=key).first()
    if draft is not None and draft.person_id != actor.pk:
        raise Refused("This draft isn't yours. Open a new one under Tell.")
    draft = draft or Draft(key=key, person=actor)
    draft.fields, draft.saved_at = kept, timezone.now()
    draft.save()
    _forget_oldest_drafts(actor)
    return draft


@transaction.atomic
def discard_draft(*, actor: Person, key: uuid.UUID) -> None:
    """Throw one's own draft away; one that isn't there is gone already."""
    Draft.objects.filter(key=key, person=actor).delete()


def plain_fields(telling: Telling) -> dict[str, Any]:
    """Return what a telling says that is kept as it stands, by the names of the columns."""
    return {field: getattr(telling, field) for field in _PLAIN_FIELDS}


def _relate(actor: Person, failure: Failure, telling: Telling) -> tuple[list[str], list[Happening]]:
    """Connect the failure to services, readers and impacts; return what to tell the teller, and what to record."""
    services, notices, named = services_named(actor=actor, names=telling.services)
    failure.services.set(services)
    failure.readers.set(_people_at(telling.readers))
    failure.impacts.all().delete()
    for loss in telling.losses:
        _impact(failure, loss)
    return notices, named


def _impact(failure: Failure, loss: Loss) -> None:
    offering = offering_named(loss.offering) if loss.offering else None
    impact = Impact.objects.create(failure=failure, offering=offering, lost=without_nul(loss.lost).strip())
    impact.audiences.set([audience_named(name) for name in loss.audiences])


def _people_at(addresses: Iterable[str]) -> Sequence[Person]:
    wanted = {address.strip().lower() for address in addresses if address.strip()}
    found = [person for person in Person.objects.filter(is_active=True) if person.email.lower() in wanted]
    missing = wanted - {person.email.lower() for person in found}
    if missing:
        raise Refused(
            "This failure isn't kept yet; some of it needs another look.",
            {"readers": f"Nobody here has the address {', '.join(sorted(missing))}."},
        )
    return found


def _differences(standing: Failure, telling: Telling) -> dict[str, Any]:
    """Return the values that the edit replaces, so that history keeps everyone's words."""
    plain = plain_fields(telling)
    return {field: getattr(standing, field) for field in _PLAIN_FIELDS if getattr(standing, field) != plain[field]}


def _note(actor: Person, failure: Failure, kind: str, verb: Verb, text: str) -> Note:
    text = without_nul(text).strip()
    if not text:
        raise Refused("Nothing is written yet.", {"text": "Write a sentence or two."})
    if len(text) > STORY_LIMIT:
        raise Refused("This is too long.", {"text": f"It has {len(text):,} characters; up to {STORY_LIMIT:,} fit."})
    note = Note.objects.create(failure=failure, kind=kind, text=text, written_by=actor)
    record(actor=actor, verb=verb, subject=failure.code, note=note.pk)
    return note


def _hold_drafts(person: Person) -> None:
    """Wait until nobody else keeps or tells a draft of this person, and keep others waiting until the commit."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _is_again(failure: Failure, telling: Telling) -> bool:
    """Tell whether a telling says what was told before, all of it."""
    # A start that is left empty is the moment of the telling, another one each time.
    at_once = failure.told_at - failure.started_at < _JUST_NOW and timezone.now() - telling.started_at < _JUST_NOW
    again = replace(telling, started_at=failure.started_at) if at_once else telling
    losses = [impact.lost for impact in failure.impacts.all()]
    return (
        failure.withdrawn_at is None
        and not _differences(failure, again)
        and losses == [loss.lost.strip() for loss in telling.losses]
        and failure.services.count() == len(set(telling.services))
        and failure.readers.count() == len(set(telling.readers))
    )


def _forget_oldest_drafts(person: Person) -> None:
    old = Draft.objects.filter(person=person).order_by("-saved_at").values_list("pk", flat=True)[DRAFTS_KEPT:]
    Draft.objects.filter(pk__in=list(old)).delete()


def _says_anything(fields: Mapping[str, Any]) -> bool:
    return any("".join(value).strip() for name, value in fields.items() if name not in _CHOSEN_FOR_ONE)


def _clean(value: Any) -> Any:
    return [_clean(each) for each in value] if isinstance(value, list) else without_nul(str(value))
