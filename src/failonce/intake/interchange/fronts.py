"""What each object says of itself in an export: the front matter of its file."""

from typing import Any

from failonce.failures.models import Failure, Note
from failonce.history.models import Entry
from failonce.lessons.models import Lesson
from failonce.modes.models import Answer, FailureMode
from failonce.people.models import Person, Practice
from failonce.preflight.models import Preflight, Reminder

Front = dict[str, Any]


def front_of_failure(failure: Failure) -> Front:
    """Return what an export says of a failure, beside its story."""
    return _said(
        code=failure.code,
        title=failure.title,
        kind=failure.kind,
        started_at=failure.started_at,
        ended_at=failure.ended_at,
        services=[service.slug for service in failure.services.all()],
        impact=[
            _said(
                offering=impact.offering.slug if impact.offering else "",
                audiences=[audience.slug for audience in impact.audiences.all()],
                lost=impact.lost,
            )
            for impact in failure.impacts.all()
        ],
        deployment=failure.deployment,
        source=failure.source,
        visibility=failure.visibility,
        readers=[person.email for person in failure.readers.all()],
        told_by=failure.told_by.email,
        told_at=failure.told_at,
        version=failure.version,
        imported_as=failure.imported_as,
        withdrawn_at=failure.withdrawn_at,
        withdrawn_because=failure.withdrawn_because,
        notes=[front_of_note(note) for note in failure.notes.all()],
    )


def front_of_note(note: Note) -> Front:
    """Return what an export says of a comment or an addition."""
    return {"kind": note.kind, "written_by": note.written_by.email, "written_at": note.written_at, "text": note.text}


def front_of_lesson(lesson: Lesson) -> Front:
    """Return what an export says of a lesson, beside its explanation."""
    return _said(
        code=lesson.code,
        failure=f"F-{lesson.failure_id}",
        when_you=lesson.when_you,
        remember=lesson.remember,
        because=lesson.because,
        services=[service.slug for service in lesson.services.all()],
        technologies=lesson.technologies,
        paths=lesson.paths,
        kinds_of_change=lesson.kinds_of_change,
        written_by=lesson.written_by.email,
        written_at=lesson.written_at,
        renew_by=lesson.renew_by,
        renewed_at=lesson.renewed_at,
        retired_at=lesson.retired_at,
        retired_because=lesson.retired_because,
        version=lesson.version,
    )


def front_of_mode(mode: FailureMode, written: set[int]) -> Front:
    """Return what an export says of a failure mode; only failures that leave too are named."""
    numbers = mode.occurrences.order_by("failure_id").values_list("failure_id", flat=True)
    return _said(
        code=mode.code,
        title=mode.title,
        failures=[f"F-{number}" for number in numbers if number in written],
        opened_by=mode.opened_by.email,
        opened_at=mode.opened_at,
        version=mode.version,
    )


def front_of_preflight(preflight: Preflight, written: set[int]) -> Front:
    """Return what an export says of a preflight, beside its change; reminders of failures that stay, stay too."""
    reminders = [each for each in preflight.reminders.all() if each.failure_id in written]
    return _said(
        code=preflight.code,
        asked_by=preflight.asked_by.email,
        asked_at=preflight.asked_at,
        about=preflight.about,
        services=[service.slug for service in preflight.services.all()],
        notices=preflight.notices,
        reminders=[front_of_reminder(each) for each in reminders],
        digest=preflight.digest,
    )


def front_of_reminder(reminder: Reminder) -> Front:
    """Return what an export says of a reminder and what was answered."""
    return _said(
        failure=f"F-{reminder.failure_id}",
        lesson=f"L-{reminder.lesson_id}" if reminder.lesson_id else "",
        probability=reminder.probability,
        because=reminder.because,
        answer=reminder.answer,
        reason=reminder.reason,
        answered_by=reminder.answered_by.email if reminder.answered_by else "",
        answered_at=reminder.answered_at,
    )


def front_of_answer(answer: Answer) -> Front:
    """Return what an export says of whether two failures are a repeat."""
    return {
        "failure": f"F-{answer.low_id}",
        "other": f"F-{answer.high_id}",
        "answer": answer.value,
        "answered_by": answer.answered_by.email,
        "answered_at": answer.answered_at,
    }


def front_of_person(person: Person) -> Front:
    """Return what an export says of somebody: names and duties, not how they sign in."""
    roles = {"leader": person.is_leader, "administrator": person.is_administrator, "closed": not person.is_active}
    return {"email": person.email, "name": person.name, "roles": [role for role, has in roles.items() if has]}


def front_of_practice(practice: Practice) -> Front:
    """Return what an export says of a practice and who has which role."""
    return _said(
        slug=practice.slug,
        name=practice.name,
        purpose=practice.purpose,
        owner=practice.owner.email if practice.owner else "",
        manager=practice.manager.email if practice.manager else "",
        practitioners=[person.email for person in practice.practitioners.all()],
    )


def front_of_entry(entry: Entry) -> Front:
    """Return what an export says of an entry of history, with all that its hashes were made from."""
    plain = ("sequence", "verb", "subject", "details", "salt", "commitment", "previous", "hash")
    return {
        "at": entry.at.isoformat(timespec="microseconds"),
        "by": entry.actor.email if entry.actor else "",
        "actor": entry.actor_id,
        **{name: getattr(entry, name) for name in plain},
    }


def _said(**front: Any) -> Front:
    """Return only what says something; a file full of empty fields is tiring to read."""
    return {name: value for name, value in front.items() if value not in (None, "", [])}
