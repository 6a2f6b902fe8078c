"""Preflights and their reminders as JSON."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict, Field

from failonce.api.tokens import needs
from failonce.people.models import Person
from failonce.people.site import address_of
from failonce.preflight import writes
from failonce.preflight.models import Preflight, Reminder, preflight_for, reminder_for, reminders_for

router = Router(tags=["preflight"])


class PreflightIn(BaseModel):
    """A change about to go out."""

    model_config = ConfigDict(extra="forbid")
    change: str = Field(description="Text, commit messages or a unified diff.")
    services: list[str] = Field([], description="Slugs or names; one nobody knows is said, not refused.")
    paths: list[str] = Field([], description="Paths it touches, besides those in the diff.")
    about: str = Field(
        "", description="The name of the change, as a link to its pull request; answers then stay while it grows."
    )


class ReminderAnswerIn(BaseModel):
    """What one makes of a reminder: read, changed_plan or does_not_apply, and why, if one likes to say it."""

    model_config = ConfigDict(extra="forbid")
    answer: str
    reason: str = ""


class ReminderOut(BaseModel):
    """A lesson or a failure worth remembering, why it is shown, and the answer so far."""

    code: str
    kind: str
    title: str
    probability: float
    because: list[str]
    url: str
    position: int
    answer: str
    reason: str
    answered_at: datetime | None


class PreflightOut(BaseModel):
    """A preflight: at most three reminders, and what there is to say about the question."""

    code: str
    url: str
    asked_at: datetime
    about: str
    services: list[str]
    notices: list[str]
    reminders: list[ReminderOut]


@router.post("/preflights", response={201: PreflightOut}, auth=needs("preflight"), summary="Ask before a change")
def ask(request: HttpRequest, change: PreflightIn) -> Status[PreflightOut]:
    """Ask what a change reminds us of; often nothing."""
    return Status(201, ask_for(_person(request), change))


@router.get("/preflights/{code}", response=PreflightOut, auth=needs("read"), summary="Read a preflight")
def read(request: HttpRequest, code: str) -> PreflightOut:
    """Read a preflight with the answers so far."""
    return preflight_out(_person(request), preflight_for(_person(request), code))


@router.put(
    "/preflights/{code}/reminders/{position}/answer",
    response=ReminderOut,
    auth=needs("preflight"),
    summary="Answer a reminder",
)
def answer(request: HttpRequest, code: str, position: int, said: ReminderAnswerIn) -> ReminderOut:
    """Say what one makes of a reminder; the last answer stands."""
    return answer_for(_person(request), code, position, said)


def ask_for(person: Person, change: PreflightIn) -> PreflightOut:
    """Ask before a change; the command line on this machine's data comes through here too."""
    asked = writes.ask_preflight(
        actor=person, change=change.change, services=change.services, paths=change.paths, about=change.about
    )
    return preflight_out(person, asked)


def answer_for(person: Person, code: str, position: int, said: ReminderAnswerIn) -> ReminderOut:
    """Answer a reminder; the command line on this machine's data comes through here too."""
    reminder = reminder_for(person, preflight_for(person, code), position)
    return _reminder(writes.answer_reminder(actor=person, reminder=reminder, answer=said.answer, reason=said.reason))


def preflight_out(person: Person, found: Preflight) -> PreflightOut:
    """Return a preflight as JSON, with the reminders this person may read."""
    return PreflightOut(
        code=found.code,
        url=address_of(found.get_absolute_url()),
        asked_at=found.asked_at,
        about=found.about,
        services=[service.slug for service in found.services.all()],
        notices=found.notices,
        reminders=[_reminder(each) for each in reminders_for(person, found)],
    )


def _reminder(found: Reminder) -> ReminderOut:
    return ReminderOut(
        code=found.code,
        kind=found.kind,
        title=found.title,
        probability=found.probability,
        because=found.because,
        url=address_of(found.get_absolute_url()),
        position=found.position,
        answer=found.answer,
        reason=found.reason,
        answered_at=found.answered_at,
    )


def _person(request: HttpRequest) -> Person:
    person: Person = request.auth  # type: ignore[attr-defined]
    return person
