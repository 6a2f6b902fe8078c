"""Failure modes, and answers about pairs of failures, as JSON."""

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict

from failonce.api.tokens import needs
from failonce.failures.models import Failure, failure_for
from failonce.modes import writes
from failonce.modes.models import FailureMode, mode_for
from failonce.people.models import Person
from failonce.people.site import address_of

router = Router(tags=["modes"])


class AnswerIn(BaseModel):
    """Is this failure the other one again? yes, no or not_sure."""

    model_config = ConfigDict(extra="forbid")
    answer: str


class NameIn(BaseModel):
    """How these failures fail, in words; `version` is the one that was read."""

    model_config = ConfigDict(extra="forbid")
    title: str
    description: str = ""
    version: int


class ModeOut(BaseModel):
    """A failure mode and the failures it occurred as, oldest first."""

    code: str
    url: str
    title: str
    description: str
    failures: list[str]
    version: int


class AnswerOut(BaseModel):
    """The answer that stands now, and the mode the failure is in, if any."""

    answer: str
    mode: str | None


@router.put("/failures/{code}/answers/{other}", response=AnswerOut, auth=needs("tell"), summary="Answer: a repeat?")
def answer(request: HttpRequest, code: str, other: str, said: AnswerIn) -> AnswerOut:
    """Say whether a failure repeats another one; the last answer stands."""
    person: Person = request.auth  # type: ignore[attr-defined]
    failure, earlier = failure_for(person, code), failure_for(person, other)
    stands = writes.answer_repeat(actor=person, failure=failure, other=earlier, value=said.answer)
    mode = FailureMode.objects.filter(occurrences__failure=failure).first()
    return AnswerOut(answer=stands.value, mode=mode.code if mode else None)


@router.get("/modes/{code}", response=ModeOut, auth=needs("read"), summary="Read a failure mode")
def read(request: HttpRequest, code: str) -> ModeOut:
    """Read one failure mode."""
    person: Person = request.auth  # type: ignore[attr-defined]
    return _mode_out(person, mode_for(person, code))


@router.put("/modes/{code}", response=ModeOut, auth=needs("tell"), summary="Name a failure mode")
def name(request: HttpRequest, code: str, said: NameIn) -> ModeOut:
    """Say in words how these failures fail; 409 with what stands if it changed since `version`."""
    person: Person = request.auth  # type: ignore[attr-defined]
    mode = mode_for(person, code)
    named = writes.name_mode(
        actor=person, mode=mode, version=said.version, title=said.title, description=said.description
    )
    return _mode_out(person, named)


@router.delete("/modes/{code}/failures/{failure}", response={204: None}, auth=needs("tell"), summary="Unlink a failure")
def unlink(request: HttpRequest, code: str, failure: str) -> Status[None]:
    """Take a failure out of a mode."""
    person: Person = request.auth  # type: ignore[attr-defined]
    writes.unlink_failure(actor=person, mode=mode_for(person, code), failure=failure_for(person, failure))
    return Status(204, None)


def _mode_out(person: Person, mode: FailureMode) -> ModeOut:
    failures = Failure.objects.visible_to(person).standing().filter(occurrence__mode=mode).order_by("started_at", "pk")
    return ModeOut(
        code=mode.code,
        url=address_of(mode.get_absolute_url()),
        title=mode.title,
        description=mode.description,
        failures=[failure.code for failure in failures],
        version=mode.version,
    )
