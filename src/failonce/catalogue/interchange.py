"""The whole catalogue as plain data, out and in again: the `catalogue.yaml` of an export."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import IntegrityError

from failonce.catalogue.keeping import Changes, Known, Noun, changes_to, held, keep
from failonce.catalogue.models import Audience, Offering, Service
from failonce.catalogue.names import one_line, resolve, slug_for
from failonce.catalogue.sheets import Sheet, clean, sheet_of
from failonce.catalogue.turns import Turns
from failonce.history import chain
from failonce.history.chain import Happening
from failonce.history.dry_runs import transaction_unless
from failonce.history.verbs import Verb
from failonce.people import permissions
from failonce.people.errors import Refused
from failonce.people.models import Person, Team

Step = Callable[[int, int], None]

BATCH = 200  # entries in one transaction: few enough that nobody waits long for the database
SECTIONS = {"teams": "team", "audiences": "audience", "services": "service", "offerings": "offering"}
_VERBS = {
    "team": Verb.TEAM_DESCRIBE,
    "audience": Verb.AUDIENCE_DESCRIBE,
    "service": Verb.SERVICE_DESCRIBE,
    "offering": Verb.OFFERING_DESCRIBE,
}


_MODELS: dict[str, Any] = {"team": Team, "audience": Audience, "service": Service, "offering": Offering}
_READ: dict[str, Any] = {
    "team": Team.objects.all(),
    "audience": Audience.objects.all(),
    "service": Service.objects.select_related("team").prefetch_related("depends_on"),
    "offering": Offering.objects.select_related("service").prefetch_related("audiences", "parts"),
}


@dataclass(slots=True)
class Report:
    """What an import did, or would do: codes such as service:payments, and sentences for what stayed out."""

    added: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)  # which words of it, by code
    unchanged: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    dry_run: bool = False

    def as_data(self) -> dict[str, Any]:
        """Return the report as plain values, with its summary."""
        return {**asdict(self), "summary": self.summary()}

    def include(self, part: "Report") -> None:
        """Add what a part of the same import did."""
        self.added += part.added
        self.changed |= part.changed
        self.unchanged += part.unchanged
        self.left_out += part.left_out

    def summary(self) -> str:
        """Return the report in one sentence."""
        would = "would be " if self.dry_run else ""
        stays_out = "1 thing" if len(self.left_out) == 1 else f"{len(self.left_out)} things"
        return (
            f"{len(self.added)} {would}added, {len(self.changed)} {would}changed,"
            f" {len(self.unchanged)} unchanged, {stays_out} left out."
        )


def catalogue_data() -> dict[str, Any]:
    """Return the whole catalogue in the order and words of `catalogue.yaml`; what is empty is not written."""
    services = Service.objects.select_related("team").prefetch_related("depends_on")
    offerings = Offering.objects.select_related("service").prefetch_related("audiences", "parts")
    return {
        "teams": [sheet_of(team) for team in Team.objects.order_by("slug")],
        "services": [_written(sheet_of(service)) for service in services.order_by("slug")],
        "offerings": [_written(sheet_of(offering)) for offering in offerings.order_by("slug")],
        "audiences": [_written(sheet_of(audience)) for audience in Audience.objects.order_by("slug")],
    }


def apply_catalogue(
    *,
    actor: Person,
    data: Mapping[str, Any],
    dry_run: bool = False,
    report: Report | None = None,
    step: Step = lambda done, total: None,
) -> Report:
    """Add and change what the data says, leave the rest as it is, and report what was left out and why.

    Doing it again changes nothing. What an entry doesn't mention stays. A dry run keeps nothing. What is
    kept is kept in batches, each whole in itself: stopped half way, it goes on when it is done again.
    `step` is told how many entries of how many are done; a `report` that is handed in is filled on the way.
    Raises Refused only when the data as a whole isn't a catalogue.
    """
    permissions.require(actor, Verb.CATALOGUE_IMPORT)
    report = report or Report(dry_run=dry_run)
    importing = _Importing(actor, report, step)
    importing.everything(_sections(data))
    if importing.has_kept:
        chain.record(actor=actor, verb=Verb.CATALOGUE_IMPORT, subject="catalogue", did=report.summary())
    return report


class _Importing:
    """One import under way: what is known so far, what is still to be linked, what was left out."""

    def __init__(self, actor: Person, report: Report, step: Step) -> None:
        self.actor = actor
        self.report = report
        self.step = step
        self.turns = Turns()
        self.has_kept = False
        self.known = {kind: set(model.objects.values_list("slug", flat=True)) for kind, model in _MODELS.items()}
        self.to_link: list[Sheet] = []  # services, with those they need which weren't there yet
        self.brought: Collection[str] = ()  # services of the data, until all of them are taken in
        self.were_here: Collection[str] = set(self.known["service"])  # only a merge can have taken them away

    def everything(self, sections: Mapping[str, list[Any]]) -> None:
        """Take in every section; what is referred to comes before what refers to it."""
        total, done = sum(map(len, sections.values())), 0
        self.step(done, total)
        for section, kind in SECTIONS.items():
            sheets = list(self._usable(section, kind, sections[section]))
            if kind == "service":
                # Services may depend on each other in a circle, so each may name any of them.
                self.brought = {sheet["slug"] for sheet in sheets}
                self.known[kind].update(self.brought)
            for size in self._in_batches(kind, sheets, self._take_in):
                self.step(done + size, total)
            done += len(sections[section])
            if kind == "service" and not self.report.dry_run:
                self.brought, self.were_here = (), self.known[kind]
                for _ in self._in_batches(kind, self.to_link, self._link):
                    self.step(done, total)
        self.step(total, total)

    def _in_batches(self, kind: str, sheets: Sequence[Sheet], take: Callable[[Sheet, "_Batch"], None]) -> Iterator[int]:
        """Take each sheet, a batch in one transaction; yield how many are done after each batch."""
        for start in range(0, len(sheets), BATCH):
            batch = self._kept(kind, sheets[start : start + BATCH], take)
            self.report.include(batch.report)
            self.to_link += batch.to_link
            self.turns.give()
            yield start + len(batch.sheets)

    def _kept(self, kind: str, sheets: Sequence[Sheet], take: Callable[[Sheet, "_Batch"], None]) -> "_Batch":
        while True:
            try:
                with transaction_unless(self.report.dry_run):
                    batch = _Batch(kind, sheets, self)
                    self.known["service"].update(batch.services)
                    for sheet in batch.sheets:
                        take(sheet, batch)
                    self._keep(batch)
                return batch
            except IntegrityError:
                # Somebody just kept one that was new, as a telling keeps names: read again, it stands here.
                if not _MODELS[kind].objects.filter(slug__in=batch.new).exists():
                    raise

    def _keep(self, batch: "_Batch") -> None:
        if self.report.dry_run or not batch.kept:
            return
        keep(batch.kept, batch.references())
        chain.record_many(
            actor=self.actor,
            happenings=[
                Happening(_VERBS[batch.kind], noun.code, {"changes": changes, "through": "import"})
                for noun, changes in batch.kept
            ],
        )
        self.has_kept = True

    def _usable(self, section: str, kind: str, entries: list[Any]) -> Iterator[Sheet]:
        seen: set[str] = set()
        for number, entry in enumerate(entries, 1):
            try:
                sheet = clean(kind, _with_slug(kind, entry))
                if sheet["slug"] in seen:
                    raise Refused("it is there twice.")
            except Refused as error:
                why = " ".join(f"{key} {text}" for key, text in error.fields.items()) or error.message
                self.report.left_out.append(f"Entry {number} of {section}{_called(entry)} is left out: {why}")
                continue
            seen.add(sheet["slug"])
            yield sheet

    def _take_in(self, sheet: Sheet, batch: "_Batch") -> None:
        noun, report = batch.noun(sheet["slug"]), batch.report
        is_new = noun._state.adding
        if not self._can_be_kept(batch, sheet, is_new=is_new):
            return
        self.known[batch.kind].add(noun.slug)
        sheet = self._with_known_references(batch, sheet)
        if is_new:
            sheet.setdefault("name", sheet["slug"])
        if isinstance(noun, Service):
            sheet["described"] = sheet.get("described", True) or noun.is_described
        changes = _changes(noun, sheet)
        if not changes:
            report.unchanged.append(noun.code)
        elif is_new:
            report.added.append(noun.code)
        else:
            report.changed[noun.code] = list(changes)
        if missing := set(sheet.get("depends_on", ())) - batch.there:
            batch.to_link.append({"slug": noun.slug, "depends_on": sorted(missing)})
            sheet["depends_on"] = [slug for slug in sheet["depends_on"] if slug not in missing]
            changes = _changes(noun, sheet)
        if changes:
            batch.kept.append((noun, changes))

    @staticmethod
    def _link(sheet: Sheet, batch: "_Batch") -> None:
        """Let a service also need what wasn't there when it was taken in."""
        noun = batch.noun(sheet["slug"])
        if isinstance(noun, Service) and not noun._state.adding:
            for slug in sheet["depends_on"]:
                if slug not in batch.standing:  # gone since, and nothing is called so any more
                    batch.leave_out("dependency on", slug, sheet, "it isn't in the catalogue")
            needs = {each.slug for each in noun.depends_on.all()} | (batch.standing & {*sheet["depends_on"]})
            if changes := _changes(noun, {"depends_on": sorted(needs)}):
                batch.kept.append((noun, changes))

    def _can_be_kept(self, batch: "_Batch", sheet: Sheet, *, is_new: bool) -> bool:
        kind, slug, leave_out = batch.kind, sheet["slug"], batch.report.left_out.append
        if kind == "team" and not permissions.may(self.actor, Verb.TEAM_DESCRIBE):
            if is_new:
                leave_out(f"The team {slug} is left out: ask an administrator to add it, then import again.")
            return not is_new
        if kind == "offering" and is_new and "service" not in sheet:
            leave_out(f"The offering {slug} is left out: it names no service.")
            return False
        services = self.known["service"] if self.report.dry_run else batch.services
        if kind == "offering" and "service" in sheet and sheet["service"] not in services:
            leave_out(f"The offering {slug} is left out: its service {sheet['service']} isn't in the catalogue.")
            return False
        return True

    def _with_known_references(self, batch: "_Batch", sheet: Sheet) -> Sheet:
        sheet = dict(sheet)
        if sheet.get("team") and sheet["team"] not in self.known["team"]:
            batch.leave_out("team", sheet.pop("team"), sheet, "there is no such team here")
        for key, known, noun in (
            ("depends_on", self.known["service"], "dependency on"),
            ("audiences", self.known["audience"], "audience"),
        ):
            for slug in [slug for slug in sheet.get(key, ()) if slug not in known or slug == sheet["slug"]]:
                why = "it would depend on itself" if slug in known else "it isn't in the catalogue"
                batch.leave_out(noun, slug, sheet, why)
                sheet[key] = [each for each in sheet[key] if each != slug]
        return sheet


class _Batch:
    """Some entries of one kind: what stands of them here, read and kept in one transaction."""

    def __init__(self, kind: str, sheets: Sequence[Sheet], importing: _Importing) -> None:
        self.kind = kind
        self.report = Report()
        self.kept: list[tuple[Noun, Changes]] = []
        self.to_link: list[Sheet] = []
        dry_run = importing.report.dry_run
        own = [sheet["slug"] for sheet in sheets]
        needs = {slug for sheet in sheets for slug in (*sheet.get("depends_on", ()), sheet.get("service", "")) if slug}
        selves = set(own) if kind == "service" else set()
        found = Service.objects.in_bulk(needs | selves, field_name="slug")
        others = needs.difference(importing.brought)  # what the data brings itself means nothing else
        merged, _ = resolve(Service.objects.all(), sorted(others.intersection(importing.were_here) - found.keys()))
        services = found | merged if dry_run else held(found | merged)
        meant = {slug: services[slug].slug for slug in others & services.keys()}
        self.sheets = [_meaning(meant, sheet) for sheet in sheets]
        self.services = {each.slug: each for each in services.values() if each.slug not in selves}
        rows = _READ[kind].order_by("pk")
        if not dry_run:  # locked, because somebody may describe one of these between two batches
            rows = rows.select_for_update(of=("self",), no_key=True)
        self._nouns: dict[str, Noun] = rows.in_bulk(own, field_name="slug")
        self.new = [slug for slug in own if slug not in self._nouns]
        self.standing = {*self._nouns, *self.services}
        self.there = {*self.standing, *own}  # once this batch is kept

    def noun(self, slug: str) -> Noun:
        """Return what stands under this slug, or a new one."""
        return self._nouns.get(slug) or self._nouns.setdefault(slug, _MODELS[self.kind](slug=slug))

    def leave_out(self, noun: str, slug: str, sheet: Sheet, why: str) -> None:
        """Report that what an entry refers to stays out."""
        self.report.left_out.append(f"The {noun} {slug} of the {self.kind} {sheet['slug']} is left out: {why}.")

    def references(self) -> Known:
        """Return the objects that entries of this batch may refer to, those it makes itself included."""
        own = {slug: noun for slug, noun in self._nouns.items() if isinstance(noun, Service)}
        audiences = {slug for sheet in self.sheets for slug in sheet.get("audiences", ())}
        return Known(
            teams={team.slug: team for team in Team.objects.all()},
            services=self.services | own,
            audiences=Audience.objects.in_bulk(audiences, field_name="slug"),
        )


def _meaning(meant: Mapping[str, str], sheet: Sheet) -> Sheet:
    """Return the sheet with the slugs that its references have now: some may just have been merged."""
    sheet = dict(sheet)
    if sheet.get("service"):
        sheet["service"] = meant.get(sheet["service"], sheet["service"])
    if sheet.get("depends_on"):
        needs = sorted({meant.get(slug, slug) for slug in sheet["depends_on"]})
        # A merge that makes a service its own need says nothing; a file that names it so is told.
        sheet["depends_on"] = [slug for slug in needs if slug != sheet["slug"] or slug in sheet["depends_on"]]
    return sheet


def _changes(noun: Noun, sheet: Sheet) -> Changes:
    if noun._state.adding:
        return {key: [None, value] for key, value in sheet.items()}
    return changes_to(noun, sheet)


def _sections(data: Mapping[str, Any]) -> dict[str, list[Any]]:
    if not isinstance(data, Mapping):
        raise Refused(f"This isn't a catalogue; it begins with the lists {', '.join(SECTIONS)}.")
    if strange := [str(key) for key in data if key not in SECTIONS]:
        raise Refused(f"{one_line(strange[0])[:40]} isn't a part of a catalogue; those are {', '.join(SECTIONS)}.")
    sections = {section: data.get(section) or [] for section in SECTIONS}
    for section, entries in sections.items():
        if not isinstance(entries, list):
            raise Refused(f"{section} takes a list of entries, each with a slug and a name.")
    return sections


def _with_slug(kind: str, entry: Any) -> dict[str, Any]:
    if not isinstance(entry, Mapping):
        raise Refused(f"it isn't a {kind} with a slug and a name.")
    if not entry.get("slug") and isinstance(entry.get("name"), str):
        return {**entry, "slug": slug_for(entry["name"])}
    return {"slug": "", **entry}


def _called(entry: Any) -> str:
    name = one_line(str(entry.get("slug") or entry.get("name") or ""))[:40] if isinstance(entry, Mapping) else ""
    return f" ({name})" if name else ""


def _written(sheet: Sheet) -> Sheet:
    usual = {"described": True, "critical": False}
    return {key: value for key, value in sheet.items() if value not in ("", [], {}) and usual.get(key) is not value}
