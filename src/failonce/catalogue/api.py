"""The JSON door of the catalogue: list, read, describe, merge, import."""

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from failonce.api.tokens import needs
from failonce.catalogue import writes
from failonce.catalogue.interchange import Report
from failonce.catalogue.models import Audience, Offering, Service
from failonce.catalogue.questions import questions_before
from failonce.catalogue.reading import audience_for, audiences, offering_for, offerings, service_for, services
from failonce.catalogue.sheets import TEXT_LENGTH, sheet_of
from failonce.intake.backstage.importing import FILE_LIMIT, import_catalogue
from failonce.people.models import Person

router = Router(tags=["catalogue"])

Whole = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Page(BaseModel):
    """Which part of a list, narrowed by words in slug or name."""

    model_config = ConfigDict(extra="forbid")
    q: str = Field("", max_length=200)
    limit: int = Field(100, ge=1, le=500)
    offset: int = Field(0, ge=0, le=1_000_000)


class Described(BaseModel):
    """What every description has: what you leave out stays as it is; `version` is the one you had read."""

    model_config = ConfigDict(extra="forbid")
    version: Whole | None = None
    name: str | None = None


class ServiceIn(Described):
    """What a service is. Team and dependencies by slug or name."""

    description: str | None = Field(None, max_length=TEXT_LENGTH)
    critical: bool | None = None
    lifecycle: str | None = None
    team: str | None = None
    technologies: list[str] | None = None
    paths: list[str] | None = None
    depends_on: list[str] | None = None
    characteristics: dict[str, str] | None = None


class PartIn(BaseModel):
    """One thing an offering is made of: goods, access or action."""

    model_config = ConfigDict(extra="forbid")
    kind: str
    name: str
    description: str = ""


class OfferingIn(Described):
    """What consumers get from a service. Service and audiences by slug or name."""

    service: str | None = None
    description: str | None = Field(None, max_length=TEXT_LENGTH)
    parts: list[PartIn] | None = None
    audiences: list[str] | None = None


class AudienceIn(Described):
    """A consumer or a partner, with a way to reach them."""

    kind: str | None = None
    contact: str | None = None


class MergeIn(BaseModel):
    """The merely named service that this one is also called."""

    model_config = ConfigDict(extra="forbid")
    named: str


class FileIn(BaseModel):
    """A file by name; one may refer to another."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=200)
    text: str = Field(max_length=FILE_LIMIT)


class ImportIn(BaseModel):
    """The text of a Backstage `catalog-info.yaml`, or of a `catalogue.yaml`."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field("", max_length=FILE_LIMIT)
    name: str = Field("the text", max_length=200)
    files: list[FileIn] = Field([], max_length=200, description="More files, read together with the text.")
    dry_run: bool = False


@router.get("/services", auth=needs("read"), summary="Services, critical ones first")
def list_services(request: HttpRequest, page: Query[Page]) -> dict[str, Any]:
    """Return services, described and merely named, with how many there are in all."""
    return list_for(page)


@router.get("/services/{slug}", auth=needs("read"), summary="One service")
def read_service(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return one service, what it offers, and what to ask before touching it."""
    return service_out(_person(request), slug)


@router.put("/services/{slug}", auth=needs("manage"), summary="Describe a service")
def describe_service(request: HttpRequest, slug: str, said: ServiceIn) -> dict[str, Any]:
    """Create or change a service; 409 with what stands there now, when it was changed since `version`."""
    given = said.model_dump(exclude={"version"})
    return _shown(writes.describe_service(actor=_person(request), slug=slug, read=said.version, **given))


@router.post("/services/{slug}/merge", auth=needs("manage"), summary="Merge a merely named service into this one")
def merge_service(request: HttpRequest, slug: str, said: MergeIn) -> dict[str, Any]:
    """Move everything told of the name to this service, and know the name ever after."""
    return _shown(writes.merge_service(actor=_person(request), named=said.named, into=slug))


@router.get("/offerings", auth=needs("read"), summary="Offerings")
def list_offerings(request: HttpRequest, page: Query[Page]) -> dict[str, Any]:
    """Return offerings with their parts, with how many there are in all."""
    return _listed("offerings", offerings(page.q), page)


@router.get("/offerings/{slug}", auth=needs("read"), summary="One offering")
def read_offering(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return one offering: goods, access, actions, and for whom."""
    return _shown(offering_for(_person(request), slug))


@router.put("/offerings/{slug}", auth=needs("manage"), summary="Describe an offering")
def describe_offering(request: HttpRequest, slug: str, said: OfferingIn) -> dict[str, Any]:
    """Create or change an offering; 409 as for services."""
    given = said.model_dump(exclude={"version"})
    return _shown(writes.describe_offering(actor=_person(request), slug=slug, read=said.version, **given))


@router.get("/audiences", auth=needs("read"), summary="Consumers and partners")
def list_audiences(request: HttpRequest, page: Query[Page]) -> dict[str, Any]:
    """Return consumers and partners, with how many there are in all."""
    return _listed("audiences", audiences(page.q), page)


@router.get("/audiences/{slug}", auth=needs("read"), summary="One consumer or partner")
def read_audience(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return one consumer or partner."""
    return _shown(audience_for(_person(request), slug))


@router.put("/audiences/{slug}", auth=needs("manage"), summary="Describe a consumer or partner")
def describe_audience(request: HttpRequest, slug: str, said: AudienceIn) -> dict[str, Any]:
    """Create or change a consumer or partner; 409 as for services."""
    given = said.model_dump(exclude={"version"})
    return _shown(writes.describe_audience(actor=_person(request), slug=slug, read=said.version, **given))


@router.post("/import", auth=needs("manage"), summary="Import a Backstage catalogue")
def import_text(request: HttpRequest, said: ImportIn) -> dict[str, Any]:
    """Return what was added, changed and left out, and why; doing it again changes nothing."""
    files = [(each.name, each.text) for each in said.files]
    if said.text or not files:
        files.insert(0, (said.name, said.text))
    report: Report = import_catalogue(
        actor=_person(request),
        files=[(name, text.encode("utf-8", "replace")) for name, text in files],
        dry_run=said.dry_run,
    )
    return report.as_data()


# The command line on this machine's data comes through these too.


def list_for(page: Page) -> dict[str, Any]:
    """Return one page of services, with how many there are in all."""
    return _listed("services", services(page.q), page)


def service_out(person: Person, slug: str) -> dict[str, Any]:
    """Return one service, what it offers, and what to ask before touching it."""
    service = service_for(person, slug)
    return {
        **_shown(service),
        "offerings": [sheet_of(each) for each in offerings().filter(service=service)],
        "questions": [question.text for question in questions_before(service)],
    }


def _listed(name: str, found: Any, page: Page) -> dict[str, Any]:
    rows = found[page.offset : page.offset + page.limit]
    return {name: [_shown(noun) for noun in rows], "count": found.count()}


def _shown(noun: Service | Offering | Audience) -> dict[str, Any]:
    return {**sheet_of(noun), "version": noun.version, "url": settings.SITE_URL + noun.get_absolute_url()}


def _person(request: HttpRequest) -> Any:
    return request.user
