"""Failures as JSON."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from failonce.api.tokens import needs
from failonce.failures import writes
from failonce.failures.models import Failure, Kind, Note, failure_for
from failonce.failures.searching import LONGEST, SOUGHT
from failonce.failures.telling import Loss, Telling
from failonce.modes.resemblance import Resemblance, resembling, resembling_text
from failonce.modes.writes import tell_with_answers
from failonce.people.models import Person
from failonce.people.site import address_of

router = Router(tags=["failures"])


class Strict(BaseModel):
    """An input that refuses what it doesn't know, so that a misspelt field isn't lost silently."""

    model_config = ConfigDict(extra="forbid")


class LossIn(Strict):
    """What the audiences of one offering lost; offering and audiences by slug."""

    offering: str = ""
    audiences: list[str] = []
    lost: str = ""


class FailureIn(Strict):
    """A failure as it is told. Only the story is needed."""

    story: str
    title: str = ""
    kind: str = "incident"
    started_at: AwareDatetime | None = Field(None, description="Left out: just now.")
    ended_at: AwareDatetime | None = None
    services: list[str] = []
    impact: list[LossIn] = []
    deployment: str = ""
    source: str = ""
    visibility: str = "everyone"
    readers: list[str] = []

    def telling(self) -> Telling:
        """Return what was sent as a telling."""
        return Telling(
            story=self.story,
            title=self.title,
            kind=self.kind,
            started_at=self.started_at or timezone.now(),
            ended_at=self.ended_at,
            services=tuple(self.services),
            losses=tuple(Loss(each.offering, tuple(each.audiences), each.lost) for each in self.impact),
            deployment=self.deployment,
            source=self.source,
            visibility=self.visibility,
            readers=tuple(self.readers),
        )


class TellIn(FailureIn):
    """A failure to tell, with answers to "has this happened before?" where there are any."""

    answers: dict[str, str] = Field(
        {},
        description="Code of another failure to yes, no or not_sure; up to 50. Those not kept become notices.",
    )


class EditIn(FailureIn):
    """What a failure shall say from now on; `version` is the one that was read."""

    version: int


class TextIn(Strict):
    """Some words."""

    text: str


class BecauseIn(Strict):
    """A reason, which may be empty."""

    because: str = ""


class RecallIn(Strict):
    """A text to recall failures by."""

    text: str
    title: str = ""
    services: list[str] = []
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class MatchOut(BaseModel):
    """One failure that was recalled, and why."""

    code: str
    title: str
    probability: float
    because: list[str]
    said: bool
    answer: str
    url: str


class ToldOut(BaseModel):
    """Where a told failure is, and what it resembles."""

    code: str
    url: str
    version: int
    notices: list[str]
    resembles: list[MatchOut]


class ImpactOut(BaseModel):
    """What the audiences of one offering lost."""

    offering: str
    audiences: list[str]
    lost: str


class FailureOut(BaseModel):
    """A failure."""

    code: str
    url: str
    title: str
    kind: str
    story: str
    started_at: datetime
    ended_at: datetime | None
    services: list[str]
    impact: list[ImpactOut]
    deployment: str
    source: str
    visibility: str
    told_at: datetime
    withdrawn_at: datetime | None
    version: int


class FailurePage(BaseModel):
    """Some failures, newest first, and how many there are in all."""

    total: int
    failures: list[FailureOut]


class NoteOut(BaseModel):
    """An addition or a comment."""

    kind: str
    text: str
    written_at: datetime


@router.post("/failures", response={201: ToldOut}, auth=needs("tell"), summary="Tell a failure")
def tell(request: HttpRequest, failure: TellIn) -> Status[ToldOut]:
    """Tell a failure; answers where it is and what it resembles."""
    return Status(201, tell_for(_person(request), failure))


@router.get("/failures", response=FailurePage, auth=needs("read"), summary="List failures")
def list_failures(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=LONGEST, description=SOUGHT)] = "",
    kind: Kind | None = None,
    service: Annotated[str, Query(description="By slug.")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 40,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> FailurePage:
    """List the failures one may read, newest first, narrowed by words, kind or service as on the page."""
    found = Failure.objects.visible_to(_person(request)).standing()
    found = found.narrowed(words=q, kind=kind or "", service=service).newest()
    rows = found.prefetch_related("services", "impacts__offering", "impacts__audiences")[offset : offset + limit]
    return FailurePage(total=found.count(), failures=[failure_out(row) for row in rows])


@router.get("/failures/{code}", response=FailureOut, auth=needs("read"), summary="Read a failure")
def read(request: HttpRequest, code: str) -> FailureOut:
    """Read one failure."""
    return failure_out(failure_for(_person(request), code), _person(request))


@router.put("/failures/{code}", response=ToldOut, auth=needs("tell"), summary="Edit a failure")
def edit(request: HttpRequest, code: str, failure: EditIn) -> ToldOut:
    """Replace what one told; 409 with what stands if it changed since `version`."""
    person = _person(request)
    found = failure_for(person, code)
    return _told(
        person,
        writes.edit_failure(actor=person, failure=found, version=failure.version, telling=failure.telling()),
    )


@router.post("/failures/{code}/additions", response={201: NoteOut}, auth=needs("tell"), summary="Add to a failure")
def add(request: HttpRequest, code: str, addition: TextIn) -> Status[NoteOut]:
    """Continue one's own story."""
    person = _person(request)
    return Status(
        201, _note(writes.add_to_failure(actor=person, failure=failure_for(person, code), text=addition.text))
    )


@router.post("/failures/{code}/comments", response={201: NoteOut}, auth=needs("tell"), summary="Comment on a failure")
def comment(request: HttpRequest, code: str, comment: TextIn) -> Status[NoteOut]:
    """Comment on a failure."""
    person = _person(request)
    return Status(
        201, _note(writes.comment_on_failure(actor=person, failure=failure_for(person, code), text=comment.text))
    )


@router.post("/failures/{code}/withdraw", response=FailureOut, auth=needs("tell"), summary="Withdraw a failure")
def withdraw(request: HttpRequest, code: str, reason: BecauseIn) -> FailureOut:
    """Take one's own telling back."""
    person = _person(request)
    found = writes.withdraw_failure(actor=person, failure=failure_for(person, code), because=reason.because)
    return failure_out(found, person)


@router.get("/failures/{code}/resembles", response=list[MatchOut], auth=needs("read"), summary="What it resembles")
def resembles(request: HttpRequest, code: str) -> list[MatchOut]:
    """List the earlier failures this one may repeat, without the pairs people rejected."""
    person = _person(request)
    return [match_out(each) for each in resembling(person, failure_for(person, code))]


@router.post("/recall", response=dict[str, list[MatchOut]], auth=needs("read"), summary="Has this happened before?")
def recall(request: HttpRequest, query: RecallIn) -> dict[str, list[MatchOut]]:
    """List the failures a text resembles, best first, each with its reasons."""
    found = resembling_text(
        _person(request), story=query.text, title=query.title, services=tuple(query.services), limit=query.limit
    )
    return {"matches": [match_out(each) for each in found]}


def tell_for(person: Person, failure: TellIn) -> ToldOut:
    """Tell a failure with its answers; the command line on this machine's data comes through here too."""
    return _told(person, tell_with_answers(actor=person, telling=failure.telling(), answers=failure.answers))


def match_out(found: Resemblance) -> MatchOut:
    """Return one resemblance as every door shows it."""
    return MatchOut(
        code=found.failure.code,
        title=found.failure.title,
        probability=round(found.probability, 3),
        because=list(found.because),
        said=found.said,
        answer=found.answer,
        url=address_of(found.failure.get_absolute_url()),
    )


def failure_out(found: Failure, reader: Person | None = None) -> FailureOut:
    """Return a failure as JSON; the story of a withdrawn one is for its teller only."""
    hides = found.withdrawn_at is not None and (reader is None or found.told_by_id != reader.pk)
    return FailureOut(
        code=found.code,
        url=address_of(found.get_absolute_url()),
        story="" if hides else found.story,
        services=[service.slug for service in found.services.all()],
        impact=[] if hides else [_impact(impact) for impact in found.impacts.all()],
        **{name: getattr(found, name) for name in _SAME},
    )


_SAME = (
    "title", "kind", "started_at", "ended_at", "deployment", "source", "visibility", "told_at", "withdrawn_at",
    "version",
)  # fmt: skip


def _impact(impact: Any) -> ImpactOut:
    return ImpactOut(
        offering=impact.offering.slug if impact.offering else "",
        audiences=[audience.slug for audience in impact.audiences.all()],
        lost=impact.lost,
    )


def _told(person: Person, told: writes.Told) -> ToldOut:
    return ToldOut(
        code=told.failure.code,
        url=address_of(told.failure.get_absolute_url()),
        version=told.failure.version,
        notices=told.notices,
        resembles=[match_out(each) for each in resembling(person, told.failure)],
    )


def _note(note: Note) -> NoteOut:
    return NoteOut(kind=note.kind, text=note.text, written_at=note.written_at)


def _person(request: HttpRequest) -> Person:
    person: Person = request.auth  # type: ignore[attr-defined]
    return person
