"""What to remember about a failure: what it taught, and what was learnt whenever it happened before or since."""

from typing import Any

from failonce.failures.models import Failure
from failonce.lessons.models import Lesson
from failonce.people.models import Person


def learnt_context(person: Person, failure: Failure) -> dict[str, Any]:
    """Return the lessons about a failure: `own`, those `known` before it began, and `others` of its mode."""
    lessons = Lesson.objects.visible_to(person).standing().about(failure)
    own, known, others = [], [], []
    for lesson in lessons.select_related("failure").prefetch_related("services"):
        if lesson.failure_id == failure.pk:
            own.append(lesson)
        elif lesson.written_at < failure.started_at:
            known.append(lesson)
        else:
            others.append(lesson)
    return {"own": own, "known": known, "others": others}
