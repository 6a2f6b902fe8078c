"""Lessons as JSON."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status
from pydantic import BaseModel, ConfigDict, Field

from failonce.api.tokens import needs
from failonce.failures.models import failure_for
from failonce.failures.searching import LONGEST, SOUGHT
from failonce.lessons import writes
from failonce.lessons.models import Lesson, lesson_for
from failonce.lessons.teaching import Teaching
from failonce.people.models import Person
from failonce.people.site import address_of

router = Router(tags=["lessons"])


class Strict(BaseModel):
    """An input that refuses what it doesn't know, so that a misspelt field isn't lost silently."""

    model_config = ConfigDict(extra="forbid")


class LessonIn(Strict):
    """What to remember and when; read as one sentence: When you …, remember …, because …"""

    when_you: str
    remember: str = ""
    because: str = ""
    explanation: str = ""
    services: list[str] = []
    technologies: list[str] = []
    paths: list[str] = Field([], description="Globs as in .gitignore.")
    kinds_of_change: list[str] = []
    renew_by: date | None = Field(None, description="When to ask whether it is still true. Left out: in a year.")

    def teaching(self) -> Teaching:
        """Return what was sent as a teaching."""
        return Teaching(
            when_you=self.when_you,
            remember=self.remember,
            because=self.because,
            explanation=self.explanation,
            services=tuple(self.services),
            technologies=tuple(self.technologies),
            paths=tuple(self.paths),
            kinds_of_change=tuple(self.kinds_of_change),
            renew_by=self.renew_by,
        )


class WriteLessonIn(LessonIn):
    """A lesson to write, and the failure that taught it."""

    failure: str


class EditLessonIn(LessonIn):
    """What a lesson shall say from now on; `version` is the one that was read."""

    version: int


class RenewIn(Strict):
    """When to ask again; left out, in a year."""

    renew_by: date | None = None


class RetireIn(Strict):
    """Why it is no longer true."""

    because: str = ""


class LessonOut(BaseModel):
    """A lesson."""

    code: str
    url: str
    failure: str
    sentence: str
    when_you: str
    remember: str
    because: str
    explanation: str
    services: list[str]
    technologies: list[str]
    paths: list[str]
    kinds_of_change: list[str]
    written_at: datetime
    renew_by: date
    asked: bool
    renewed_at: datetime | None
    retired_at: datetime | None
    retired_because: str
    version: int


class KeptOut(LessonOut):
    """A lesson that was kept, and what its writer should know about it."""

    notices: list[str]


class LessonPage(BaseModel):
    """Some lessons, and how many there are in all."""

    total: int
    lessons: list[LessonOut]


@router.post("/lessons", response={201: KeptOut}, auth=needs("tell"), summary="Write a lesson")
def write(request: HttpRequest, lesson: WriteLessonIn) -> Status[KeptOut]:
    """Write what a failure taught."""
    return Status(201, write_for(_person(request), lesson))


@router.get("/lessons", response=LessonPage, auth=needs("read"), summary="List lessons")
def list_lessons(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=LONGEST, description=SOUGHT)] = "",
    failure: Annotated[str, Query(description="By code: what it taught, and what the others of its mode did.")] = "",
    asked: bool = False,
    retired: bool = False,
    limit: Annotated[int, Query(ge=1, le=100)] = 40,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> LessonPage:
    """List the lessons one may read, those whose date has come first; or only those, or the retired ones."""
    return list_for(_person(request), q=q, failure=failure, asked=asked, retired=retired, limit=limit, offset=offset)


@router.get("/lessons/{code}", response=LessonOut, auth=needs("read"), summary="Read a lesson")
def read(request: HttpRequest, code: str) -> LessonOut:
    """Read one lesson."""
    return lesson_out(lesson_for(_person(request), code))


@router.put("/lessons/{code}", response=KeptOut, auth=needs("tell"), summary="Edit a lesson")
def edit(request: HttpRequest, code: str, lesson: EditLessonIn) -> KeptOut:
    """Replace what a lesson says; 409 with what stands if it changed since `version`."""
    return edit_for(_person(request), code, lesson)


@router.post("/lessons/{code}/renew", response=LessonOut, auth=needs("tell"), summary="It is still true")
def renew(request: HttpRequest, code: str, until: RenewIn) -> LessonOut:
    """Say that a lesson is still true."""
    return renew_for(_person(request), code, until)


@router.post("/lessons/{code}/retire", response=LessonOut, auth=needs("tell"), summary="It is no longer true")
def retire(request: HttpRequest, code: str, reason: RetireIn) -> LessonOut:
    """Say that a lesson is no longer true, and why."""
    return retire_for(_person(request), code, reason)


# The command line on this machine's data comes through these too.


def write_for(person: Person, lesson: WriteLessonIn) -> KeptOut:
    """Write what a failure taught."""
    failure = failure_for(person, lesson.failure)
    return kept_out(writes.write_lesson(actor=person, failure=failure, teaching=lesson.teaching()))


def edit_for(person: Person, code: str, lesson: EditLessonIn) -> KeptOut:
    """Replace what a lesson says."""
    found = lesson_for(person, code)
    kept = writes.edit_lesson(actor=person, lesson=found, version=lesson.version, teaching=lesson.teaching())
    return kept_out(kept)


def list_for(
    person: Person,
    *,
    q: str = "",
    failure: str = "",
    asked: bool = False,
    retired: bool = False,
    limit: int = 40,
    offset: int = 0,
) -> LessonPage:
    """List the lessons this person may read."""
    today = timezone.localdate()
    found = Lesson.objects.visible_to(person).listed(today, retired=retired).saying(q)
    if asked:
        found = found.asked(today)
    if failure:
        found = found.about(failure_for(person, failure))
    rows = found.prefetch_related("services")[offset : offset + limit]
    return LessonPage(total=found.count(), lessons=[lesson_out(row) for row in rows])


def renew_for(person: Person, code: str, until: RenewIn) -> LessonOut:
    """Say that a lesson is still true."""
    return lesson_out(writes.renew_lesson(actor=person, lesson=lesson_for(person, code), renew_by=until.renew_by))


def retire_for(person: Person, code: str, reason: RetireIn) -> LessonOut:
    """Say that a lesson is no longer true, and why."""
    return lesson_out(writes.retire_lesson(actor=person, lesson=lesson_for(person, code), because=reason.because))


def kept_out(kept: writes.Taught) -> KeptOut:
    """Return a kept lesson as every door shows it."""
    return KeptOut(notices=kept.notices, **lesson_out(kept.lesson).model_dump())


def lesson_out(found: Lesson) -> LessonOut:
    """Return a lesson as JSON."""
    fields: dict[str, Any] = {name: getattr(found, name) for name in _SAME}
    return LessonOut(
        url=address_of(found.get_absolute_url()),
        failure=f"F-{found.failure_id}",
        services=[service.slug for service in found.services.all()],
        asked=found.is_asked(timezone.localdate()),
        **fields,
    )


_SAME = (
    "code", "sentence", "when_you", "remember", "because", "explanation", "technologies", "paths", "kinds_of_change",
    "written_at", "renew_by", "renewed_at", "retired_at", "retired_because", "version",
)  # fmt: skip


def _person(request: HttpRequest) -> Person:
    person: Person = request.auth  # type: ignore[attr-defined]
    return person
