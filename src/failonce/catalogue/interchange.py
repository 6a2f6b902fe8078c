"""The whole catalogue as plain data, out and in again: the `catalogue.yaml` of an export."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from failonce.catalogue.keeping import Changes, Known, changes_to, keep
from failonce.catalogue.models import Audience, Offering, Service
from failonce.catalogue.names import one_line, slug_for
from failonce.catalogue.sheets import Sheet, clean, sheet_of
from failonce.history import chain
from failonce.history.chain import Happening
from failonce.history.verbs import Verb
from failonce.people import permissions
from failonce.people.errors import Refused
from failonce.people.models import Person, Team

Noun = Team | Audience | Service | Offering

SECTIONS = {"teams": "team", "audiences": "audience", "services": "service", "offerings": "offering"}
_VERBS = {
    "team": Verb.TEAM_DESCRIBE,
    "audience": Verb.AUDIENCE_DESCRIBE,
    "service": Verb.SERVICE_DESCRIBE,
    "offering": Verb.OFFERING_DESCRIBE,
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


def apply_catalogue(*, actor: Person, data: Mapping[str, Any], dry_run: bool = False) -> Report:
    """Add and change what the data says, leave the rest as it is, and report what was left out and why.

    Doing it again changes nothing. What an entry doesn't mention stays. A dry run keeps nothing.
    Raises Refused only when the data as a whole isn't a catalogue.
    """
    permissions.require(actor, Verb.CATALOGUE_IMPORT)
    importing = _Importing(actor, Report(dry_run=dry_run))
    with transaction.atomic():
        importing.everything(_sections(data))
        if dry_run:
            transaction.set_rollback(True)
        elif importing.happenings:
            importing.happenings.append(
                Happening(Verb.CATALOGUE_IMPORT, "catalogue", {"did": importing.report.summary()})
            )
            chain.record_many(actor=actor, happenings=importing.happenings)
    return importing.report


class _Importing:
    """One import under way: what is known so far, what happened, what was left out."""

    def __init__(self, actor: Person, report: Report) -> None:
        self.actor = actor
        self.report = report
        self.happenings: list[Happening] = []
        self.fresh: set[str] = set()
        services = Service.objects.select_related("team").prefetch_related("depends_on")
        self.known = Known(
            teams={team.slug: team for team in Team.objects.all()},
            services={each.slug: each for each in services},
            audiences={each.slug: each for each in Audience.objects.all()},
        )
        offerings = Offering.objects.select_related("service").prefetch_related("audiences", "parts")
        self.offerings = {each.slug: each for each in offerings}

    def everything(self, sections: Mapping[str, list[Any]]) -> None:
        """Take in every section; what is referred to comes before what refers to it."""
        for section, kind in SECTIONS.items():
            sheets = list(self._usable(section, kind, sections[section]))
            if kind == "service":
                self._make_services(sheets)
            for sheet in sheets:
                self._take_in(kind, sheet)

    def _usable(self, section: str, kind: str, entries: list[Any]) -> Iterator[Sheet]:
        seen: set[str] = set()
        for number, entry in enumerate(entries, 1):
            try:
                sheet = clean(kind, _with_slug(kind, entry))
                if sheet["slug"] in seen:
                    raise Refused("it is there twice.")
            except Refused as error:
                why = " ".join(f"{key} {text}" for key, text in error.fields.items()) or error.message
                self._leave_out(f"Entry {number} of {section}{_called(entry)} is left out: {why}")
                continue
            seen.add(sheet["slug"])
            yield sheet

    def _make_services(self, sheets: list[Sheet]) -> None:
        # Services may depend on each other in a circle, so all of them are there before any says so.
        new = [Service(slug=sheet["slug"], version=0) for sheet in sheets if sheet["slug"] not in self.known.services]
        Service.objects.bulk_create(new, batch_size=80)
        self.fresh = {service.slug for service in new}
        self.known.services |= {service.slug: service for service in new}

    def _take_in(self, kind: str, sheet: Sheet) -> None:
        noun = self._noun(kind, sheet["slug"])
        is_new = noun._state.adding or (kind == "service" and sheet["slug"] in self.fresh)
        if not self._can_be_kept(kind, sheet, is_new=is_new):
            return
        sheet = self._with_known_references(kind, sheet)
        if is_new:
            sheet.setdefault("name", sheet["slug"])
        if isinstance(noun, Service):
            sheet["described"] = sheet.get("described", True) or noun.is_described
        changes = {key: [None, value] for key, value in sheet.items()} if is_new else changes_to(noun, sheet)
        if not changes:
            self.report.unchanged.append(noun.code)
            return
        keep(noun, changes, self.known)
        self._remember(kind, noun)
        self._tell(kind, noun.code, changes, is_new=is_new)

    def _noun(self, kind: str, slug: str) -> Noun:
        if kind == "team":
            return self.known.teams.get(slug) or Team(slug=slug)
        if kind == "audience":
            return self.known.audiences.get(slug) or Audience(slug=slug)
        return self.known.services[slug] if kind == "service" else self.offerings.get(slug) or Offering(slug=slug)

    def _remember(self, kind: str, noun: Noun) -> None:
        if isinstance(noun, Team):
            self.known.teams[noun.slug] = noun
        elif isinstance(noun, Audience):
            self.known.audiences[noun.slug] = noun

    def _can_be_kept(self, kind: str, sheet: Sheet, *, is_new: bool) -> bool:
        slug = sheet["slug"]
        if kind == "team" and not permissions.may(self.actor, Verb.TEAM_DESCRIBE):
            if is_new:
                self._leave_out(f"The team {slug} is left out: ask an administrator to add it, then import again.")
            return not is_new
        if kind == "offering" and is_new and "service" not in sheet:
            self._leave_out(f"The offering {slug} is left out: it names no service.")
            return False
        if kind == "offering" and "service" in sheet and sheet["service"] not in self.known.services:
            self._leave_out(f"The offering {slug} is left out: its service {sheet['service']} isn't in the catalogue.")
            return False
        return True

    def _with_known_references(self, kind: str, sheet: Sheet) -> Sheet:
        sheet = dict(sheet)
        of = f"{kind} {sheet['slug']}"
        if sheet.get("team") and sheet["team"] not in self.known.teams:
            self._leave_out(f"The team {sheet.pop('team')} of the {of} is left out: there is no such team here.")
        for key, known, noun in (
            ("depends_on", self.known.services, "dependency on"),
            ("audiences", self.known.audiences, "audience"),
        ):
            for slug in [slug for slug in sheet.get(key, ()) if slug not in known or slug == sheet["slug"]]:
                why = "it would depend on itself" if slug in known else "it isn't in the catalogue"
                self._leave_out(f"The {noun} {slug} of the {of} is left out: {why}.")
                sheet[key] = [each for each in sheet[key] if each != slug]
        return sheet

    def _tell(self, kind: str, code: str, changes: Changes, *, is_new: bool) -> None:
        if is_new:
            self.report.added.append(code)
        else:
            self.report.changed[code] = list(changes)
        self.happenings.append(Happening(_VERBS[kind], code, {"changes": changes, "through": "import"}))

    def _leave_out(self, sentence: str) -> None:
        self.report.left_out.append(sentence)


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
