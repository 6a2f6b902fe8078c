"""Importing by API: small bodies of JSON Lines."""

import io
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel

from failonce.api.tokens import needs
from failonce.history.verbs import Verb
from failonce.intake.fields import field_map
from failonce.intake.jsonl import read_lines
from failonce.intake.report import Report
from failonce.intake.running import import_records
from failonce.intake.understanding import Understanding
from failonce.people.errors import Refused
from failonce.people.models import Person
from failonce.people.permissions import require

BODY_LIMIT = 5_000_000  # bytes; more belongs to the command line, which shows how far it is
router = Router(tags=["import"])


class CountOut(BaseModel):
    """How many were kept, were here already, and were refused."""

    kept: int
    here: int
    refused: int


class RefusalOut(BaseModel):
    """A line that wasn't kept, and why."""

    file: str
    line: int | None
    why: str


class NoticeOut(BaseModel):
    """How something was read, how often, and where first."""

    what: str
    times: int
    first: str


class ReportOut(BaseModel):
    """What an import did, or would do."""

    dry_run: bool
    summary: str
    counts: dict[str, CountOut]
    refused: list[RefusalOut]
    notices: list[NoticeOut]
    kept: list[str]


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        "description": 'JSON Lines: one failure a line, at least {"title": …, "text": …}; up to 5 MB.',
    }
}


@router.post("/import", response=ReportOut, auth=needs("manage"), summary="Import failures", openapi_extra=_BODY)
def import_failures(
    request: HttpRequest,
    source: Annotated[str, Query(max_length=100, description="Where ids come from, when lines don't say.")] = "api",
    map: Annotated[list[str], Query(max_length=20, description="A field by name, as in story=Description.")] = [],  # noqa: B006
    dry_run: Annotated[bool, Query(description="Report what would happen; keep nothing.")] = False,
) -> dict[str, Any]:
    """Keep what is not here yet; what is refused says why, the rest is kept. May be repeated."""
    person: Person = request.auth  # type: ignore[attr-defined]
    require(person, Verb.FAILURE_IMPORT)
    if len(request.body) > BODY_LIMIT:
        raise Refused(f"The body has {len(request.body):,} bytes; up to {BODY_LIMIT:,} fit. Send it in parts.")
    understanding = Understanding(actor=person, fields=field_map(map), source=source.strip() or "api")
    report = Report(dry_run=dry_run)
    records = read_lines(io.BytesIO(request.body), "body", "api")
    import_records(actor=person, records=records, understanding=understanding, report=report)
    return report.as_data()
