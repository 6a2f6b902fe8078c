"""Importing files into the catalogue: Backstage's `catalog-info.yaml`, and our own `catalogue.yaml`."""

from collections.abc import Mapping, Sequence
from typing import Any

from failonce.catalogue.interchange import SECTIONS, Report, Step, apply_catalogue
from failonce.catalogue.models import Offering
from failonce.catalogue.reading import services
from failonce.catalogue.sheets import sheet_of
from failonce.history.verbs import Verb
from failonce.intake.backstage.documents import FILE_LIMIT, documents_in
from failonce.intake.backstage.entities import Entity, entity_of
from failonce.intake.backstage.translation import Existing, translate
from failonce.people import permissions
from failonce.people.models import Person

__all__ = ["FILE_LIMIT", "import_catalogue"]


def import_catalogue(
    *,
    actor: Person,
    files: Sequence[tuple[str, bytes]],
    dry_run: bool = False,
    report: Report | None = None,
    step: Step = lambda done, total: None,
) -> Report:
    """Take in what these files (name and content) say, and report what was left out and why.

    Files are read together, so that one may refer to another. Doing it again changes nothing. `report`
    and `step` are those of `apply_catalogue`.
    """
    permissions.require(actor, Verb.CATALOGUE_IMPORT)
    entities, own, left_out = _read(files)
    translation = translate(entities, _existing())
    data: dict[str, list[Any]] = {section: [*translation.data[section]] for section in SECTIONS}
    for sections in own:
        for section in SECTIONS:
            entries = sections.get(section)
            if isinstance(entries, list):
                data[section].extend(entries)
            elif entries is not None:
                left_out.append(f"{section} is left out: it takes a list of entries, each with a slug and a name.")
    report = apply_catalogue(actor=actor, data=data, dry_run=dry_run, report=report, step=step)
    report.left_out = [*left_out, *translation.left_out, *report.left_out]
    return report


def _read(files: Sequence[tuple[str, bytes]]) -> tuple[list[Entity], list[Mapping[str, Any]], list[str]]:
    entities: list[Entity] = []
    own: list[Mapping[str, Any]] = []
    left_out: list[str] = []
    for name, content in files:
        documents = list(documents_in(name, content))
        if not documents:
            left_out.append(f"{name} is left out: it says nothing.")
        for document in documents:
            if isinstance(document, str):
                left_out.append(document)
            elif isinstance(document.data, Mapping) and set(document.data) <= set(SECTIONS):
                own.append(document.data)
            elif isinstance(found := entity_of(document), Entity):
                entities.append(found)
            else:
                left_out.append(f"{document.place} is left out: {found}.")
    return entities, own, left_out


def _existing() -> Existing:
    return Existing(
        services={service.slug: sheet_of(service) for service in services()},
        offerings=dict(Offering.objects.values_list("slug", "service__slug")),
    )
