"""Bringing in practices described elsewhere, with who has which role in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from failonce.history.chain import Happening, record_many
from failonce.history.dry_runs import transaction_unless
from failonce.history.verbs import Verb
from failonce.people.models import Person, Practice
from failonce.people.permissions import require
from failonce.people.words import clean


@dataclass(frozen=True, slots=True)
class IncomingPractice:
    """One practice from elsewhere; its people are here, some perhaps with an account that is closed."""

    slug: str
    name: str
    purpose: str
    owner: Person | None
    manager: Person | None
    practitioners: tuple[Person, ...]


def import_practices(*, actor: Person, incoming: Sequence[IncomingPractice], dry_run: bool = False) -> list[bool]:
    """Take in practices; tell of each whether it is new here. One in which somebody has a role stays as it is."""
    happenings: list[Happening] = []
    with transaction_unless(dry_run):
        outcomes = [_take_in(actor, each, happenings, dry_run) for each in incoming]
        if not dry_run:
            record_many(actor=actor, happenings=happenings)
    return outcomes


def _take_in(actor: Person, incoming: IncomingPractice, happenings: list[Happening], dry_run: bool) -> bool:
    practice = Practice.objects.filter(slug=incoming.slug).first() or Practice(slug=incoming.slug, name=incoming.name)
    require(actor, Verb.PRACTICE_DESCRIBE, practice)
    purpose = clean(incoming.purpose).strip()
    has_roles = incoming.owner or incoming.manager or incoming.practitioners
    if practice.pk and (_is_staffed(practice) or not (has_roles or practice.purpose != purpose)):
        return False
    if not dry_run:
        practice.purpose, practice.owner, practice.manager = purpose, incoming.owner, incoming.manager
        practice.save()
        practice.practitioners.set(incoming.practitioners)
        happenings.append(Happening(Verb.PRACTICE_DESCRIBE, practice.code, _details(incoming)))
    return True


def _is_staffed(practice: Practice) -> bool:
    return bool(practice.owner_id or practice.manager_id or practice.practitioners.exists())


def _details(incoming: IncomingPractice) -> dict[str, object]:
    return {
        "owner": incoming.owner.code if incoming.owner else "",
        "manager": incoming.manager.code if incoming.manager else "",
        "practitioners": sorted(person.code for person in incoming.practitioners),
        "through": "import",
    }
