"""Bringing in failures told elsewhere: many at once, by the rules of telling one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone

from failonce.catalogue.models import Audience, Offering, Service
from failonce.catalogue.names import audience_named, offering_named, resolve, tidy_names
from failonce.catalogue.writes import name_services
from failonce.failures.models import Failure, Impact, Note
from failonce.failures.telling import Loss, Telling, without_nul
from failonce.failures.writes import plain_fields
from failonce.history.chain import Happening, record_many
from failonce.history.dry_runs import transaction_unless
from failonce.history.verbs import Verb
from failonce.people.errors import Refused
from failonce.people.models import Person
from failonce.people.permissions import require

IDENTITY_LIMIT = 200  # the column's; a longer identity must be shortened by who makes it


@dataclass(frozen=True, slots=True)
class Remark:
    """A note under a failure, as it stood elsewhere."""

    kind: str
    text: str
    written_by: Person
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Incoming:
    """One failure from elsewhere. With the same `identity` it is kept only once, however often it comes.

    `number` is the code it shall have. Where that code is here with the same `told_at`, it is the same
    failure; where another failure has it, this one gets a new code and is known as `renumbered_as`.
    """

    telling: Telling
    told_by: Person
    told_at: datetime
    identity: str | None = None
    number: int | None = None
    renumbered_as: str | None = None
    version: int = 1
    withdrawn_at: datetime | None = None
    withdrawn_because: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: kept now, here already, or refused with a sentence per field."""

    failure: Failure | None
    is_new: bool = False
    problems: Mapping[str, str] = field(default_factory=dict)
    notices: Sequence[str] = ()


class FailureImport:
    """One import, in as many batches as it takes; what was looked up for one batch serves the next."""

    def __init__(self, *, actor: Person, dry_run: bool = False) -> None:
        require(actor, Verb.FAILURE_IMPORT)
        self._actor = actor
        self._dry_run = dry_run
        self._catalogue = _Catalogue()
        self._new_names: list[str] = []
        self._seen: set[str] = set()  # what a dry run would have kept by now

    @property
    def named(self) -> list[str]:
        """The services that weren't in the catalogue and are kept as names."""
        return list(dict.fromkeys(self._new_names))

    def take_in(self, incoming: Sequence[Incoming]) -> list[Outcome]:
        """Keep these in one transaction and return what became of each; a dry run keeps nothing and holds nobody."""
        for is_last_try in (False, True):
            try:
                with transaction_unless(self._dry_run):
                    return self._batch(incoming)
            except IntegrityError:
                # Another import kept one of these a moment ago; looked at again, it is here already.
                self._catalogue.forget()
                if is_last_try:
                    raise
            except BaseException:
                self._catalogue.forget()
                raise
        raise AssertionError("unreachable")

    def _batch(self, incoming: Sequence[Incoming]) -> list[Outcome]:
        here = _Here(incoming, self._seen)
        outcomes: list[Outcome] = []
        drafts: list[_Draft] = []
        now = timezone.now()
        for each in incoming:
            is_here, found = here.already(each)
            if is_here:
                outcomes.append(Outcome(found))
                continue
            try:
                draft = self._draft(each, now, here)
            except Refused as refusal:
                outcomes.append(Outcome(None, problems=refusal.fields or {"": refusal.message}))
                continue
            here.add(each, draft.failure)
            drafts.append(draft)
            outcomes.append(Outcome(draft.failure, is_new=True, notices=draft.notices))
        names = list(dict.fromkeys(name for draft in drafts for name in draft.services))
        if self._dry_run:
            self._seen.update(name for draft in drafts for name in _names_of(draft.incoming))
            self._new_names += resolve(Service.objects.all(), names)[1]
        else:
            self._new_names += self._keep(drafts, names)
        return outcomes

    def _draft(self, incoming: Incoming, now: datetime, here: "_Here") -> "_Draft":
        telling = incoming.telling.checked(now)
        services = tidy_names(telling.services)
        number, identity, notices = incoming.number, incoming.identity, []
        if number in here.numbers:
            number, identity = None, identity or incoming.renumbered_as
            notices.append(f"F-{incoming.number} is another failure here; this one gets a new code.")
        failure = Failure(
            **plain_fields(telling),
            pk=number,
            told_by=incoming.told_by,
            told_at=incoming.told_at,
            version=incoming.version,
            withdrawn_at=incoming.withdrawn_at,
            withdrawn_because=without_nul(incoming.withdrawn_because),
            imported_as=identity,
        )
        losses = [self._catalogue.loss(loss) for loss in telling.losses]
        readers = self._catalogue.readers(telling.readers)
        return _Draft(incoming, failure, services, losses, readers, notices)

    def _keep(self, drafts: Sequence["_Draft"], names: Sequence[str]) -> Sequence[str]:
        """Write the whole batch: each table once, its history in one go; return the names that were new."""
        for numbered in (True, False):
            # Rows with a code go first, in a statement of their own, or a row without one might be given that code.
            Failure.objects.bulk_create([each.failure for each in drafts if (each.failure.pk is not None) is numbered])
        named = name_services(actor=self._actor, names=names)
        meant = [(each.failure, dict.fromkeys(named.services[name] for name in each.services)) for each in drafts]
        _link(Failure.services.through, "service", meant)
        _link(Failure.readers.through, "person", ((each.failure, each.readers) for each in drafts))
        _keep_losses(drafts)
        Note.objects.bulk_create(
            Note(failure=each.failure, kind=remark.kind, text=remark.text, written_by=remark.written_by,
                 written_at=remark.written_at)
            for each in drafts
            for remark in each.incoming.remarks
        )  # fmt: skip
        record_many(actor=self._actor, happenings=[*named.happenings, *map(_happening, drafts)])
        return named.new


@dataclass(slots=True)
class _Draft:
    """A failure ready to be kept, with what it refers to."""

    incoming: Incoming
    failure: Failure
    services: list[str]  # by name
    losses: list[tuple[Impact, list[Audience]]]
    readers: list[Person]
    notices: list[str]


class _Here:
    """Which failures of a batch are here already, by identity or by code."""

    def __init__(self, incoming: Sequence[Incoming], seen: set[str]) -> None:
        self._seen = seen
        names = [name for each in incoming for name in _names_of(each)]
        self._by_name: dict[str, Failure] = Failure.objects.in_bulk(names, field_name="imported_as")
        self.numbers = Failure.objects.in_bulk([each.number for each in incoming if each.number is not None])

    def already(self, incoming: Incoming) -> tuple[bool, Failure | None]:
        """Tell whether it is here, and return it unless it is only so in a dry run."""
        for name in _names_of(incoming):
            if name in self._by_name or name in self._seen:
                return True, self._by_name.get(name)
        twin = self.numbers.get(incoming.number) if incoming.number is not None else None
        is_same = twin is not None and twin.told_at == incoming.told_at
        return is_same, twin if is_same else None

    def add(self, incoming: Incoming, failure: Failure) -> None:
        """Remember one that this batch keeps; files name things twice."""
        self._by_name |= dict.fromkeys(_names_of(incoming), failure)
        if incoming.number is not None:
            self.numbers[incoming.number] = failure


def _names_of(incoming: Incoming) -> list[str]:
    return [name for name in (incoming.identity, incoming.renumbered_as) if name]


class _Catalogue:
    """Whom and what losses and readers name; each name is looked up once per import."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Look everything up afresh."""
        self._offerings: dict[str, Offering] = {}
        self._audiences: dict[str, Audience] = {}
        self._people: dict[str, Person] | None = None

    def loss(self, loss: Loss) -> tuple[Impact, list[Audience]]:
        """Return an impact without its failure, and its audiences; raise Refused for a name nobody knows."""
        if loss.offering and loss.offering not in self._offerings:
            self._offerings[loss.offering] = offering_named(loss.offering)
        for name in loss.audiences:
            if name not in self._audiences:
                self._audiences[name] = audience_named(name)
        impact = Impact(offering=self._offerings.get(loss.offering), lost=without_nul(loss.lost).strip())
        return impact, [self._audiences[name] for name in dict.fromkeys(loss.audiences)]

    def readers(self, addresses: Iterable[str]) -> list[Person]:
        """Return the people at these addresses, closed accounts included: who could read it there can here."""
        wanted = {address.strip().lower() for address in addresses if address.strip()}
        if wanted and self._people is None:
            self._people = {person.email.lower(): person for person in Person.objects.all()}
        people = self._people or {}
        if missing := sorted(wanted - people.keys()):
            raise Refused("", {"readers": f"Nobody here has the address {', '.join(missing)}."})
        return [people[address] for address in sorted(wanted)]


def _keep_losses(drafts: Sequence[_Draft]) -> None:
    pairs = [(each.failure, impact, audiences) for each in drafts for impact, audiences in each.losses]
    for failure, impact, _ in pairs:
        impact.failure = failure
    Impact.objects.bulk_create(impact for _, impact, _ in pairs)
    _link(Impact.audiences.through, "audience", ((impact, audiences) for _, impact, audiences in pairs))


def _link(through: type, other: str, pairs: Iterable[tuple[Failure | Impact, Iterable[object]]]) -> None:
    """Insert the rows of a many-to-many relation; asking each object to do so would take two queries each."""
    rows = [through(**{type(owner).__name__.lower(): owner, other: one}) for owner, others in pairs for one in others]
    through.objects.bulk_create(rows)  # type: ignore[attr-defined]


def _happening(draft: _Draft) -> Happening:
    details = {"title": draft.failure.title, "imported_as": draft.failure.imported_as}
    return Happening(Verb.FAILURE_IMPORT, draft.failure.code, details)
