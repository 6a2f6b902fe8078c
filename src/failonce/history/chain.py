"""Recording history, and finding any row of it that was altered."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from failonce.history.models import Entry, Head
from failonce.history.verbs import Verb

if TYPE_CHECKING:
    from failonce.people.models import Person


@dataclass(frozen=True, slots=True)
class Happening:
    """What one entry says, before it has its place in the chain."""

    verb: Verb
    subject: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the chain: at which entry, and what."""

    sequence: int
    what: str


def record(*, actor: "Person | None", verb: Verb, subject: str, **details: Any) -> Entry:
    """Append one entry; call it last in a write, because it holds the head until the commit."""
    return record_many(actor=actor, happenings=[Happening(verb, subject, details)])[0]


@transaction.atomic
def record_many(*, actor: "Person | None", happenings: Iterable[Happening]) -> list[Entry]:
    """Append entries in the order given, and return them.

    The head row is locked until the transaction ends. So sequence numbers become visible in order
    and without gaps, on PostgreSQL too, and whoever follows history by its number misses nothing.
    A write locks the rows it changes before that, with `no_key=True`: PostgreSQL looks only at the commit,
    when the head is held, whether a row that others refer to is there, and would wait for a full lock.
    """
    head, _ = Head.objects.get_or_create(pk=1)
    head = Head.objects.select_for_update().get(pk=1)
    entries = []
    for happening in happenings:
        entry = _entry_after(head, actor, happening)
        head.sequence, head.hash = entry.sequence, entry.hash
        entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=80)
    head.save(update_fields=["sequence", "hash"])
    return entries


def verify() -> Iterator[Fault]:
    """Walk the whole chain and yield every fault: altered, missing and reordered rows, a cut end."""
    expected, previous = 1, ""
    for entry in Entry.objects.order_by("sequence").iterator(chunk_size=2000):
        if entry.sequence != expected:
            yield Fault(expected, f"{entry.sequence - expected} missing before entry {entry.sequence}")
        elif entry.previous != previous:
            yield Fault(entry.sequence, "does not follow the entry before it")
        if entry.commitment != _commitment(entry.salt, entry.actor_id, entry.details):
            yield Fault(entry.sequence, "actor or details were altered")
        if entry.hash != _hash(entry):
            yield Fault(entry.sequence, "was altered")
        expected, previous = entry.sequence + 1, entry.hash
    head = Head.objects.filter(pk=1).first() or Head()
    if (head.sequence, head.hash) != (expected - 1, previous):
        yield Fault(head.sequence, f"the chain ends at entry {expected - 1}, its head says {head.sequence}")


def _entry_after(head: Head, actor: "Person | None", happening: Happening) -> Entry:
    details = json.loads(json.dumps(happening.details, cls=DjangoJSONEncoder).replace("\\u0000", ""))
    entry = Entry(
        sequence=head.sequence + 1,
        at=timezone.now(),
        verb=happening.verb.value,
        subject=happening.subject,
        actor=actor,
        details=details,
        salt=secrets.token_hex(16),
        previous=head.hash,
    )
    entry.commitment = _commitment(entry.salt, entry.actor_id, entry.details)
    entry.hash = _hash(entry)
    return entry


def _commitment(salt: str, actor: int | None, details: Any) -> str:
    return _digest([salt, actor, details])


def _hash(entry: Entry) -> str:
    return _digest([entry.sequence, _instant(entry.at), entry.verb, entry.subject, entry.commitment, entry.previous])


def _instant(moment: datetime) -> str:
    return moment.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="microseconds")


def _digest(values: list[Any]) -> str:
    # Canonical JSON, so that a database that reorders keys (PostgreSQL's jsonb does) changes nothing.
    return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
