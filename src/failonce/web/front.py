"""The front page: what should I know, what was I asked?"""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from failonce.failures.models import Draft, Failure, nothing_told_to
from failonce.lessons.models import Lesson
from failonce.modes.models import modes_for
from failonce.people.models import Person
from failonce.people.requests import Request
from failonce.preflight.models import Preflight, Reminder

_TOLD_LATELY = 12
_LEADERS_FIRST_FOR = timedelta(days=14)


@require_GET
def front(request: Request) -> HttpResponse:
    """Told lately, questions to me, what repeats; and a large quiet Tell."""
    person = request.user
    context = {
        "told_lately": _told_lately(person),
        "drafts": Draft.objects.filter(person=person),
        "lessons_asked": _lessons_asked(person),
        "preflights_open": _preflights_open(person),
        "modes": _what_repeats(person),
        "is_empty": nothing_told_to(person),
    }
    return render(request, "web/front.html", context)


def _told_lately(person: Person) -> list[Failure]:
    """Return what was told last; to a leader, failures that leaders told stand first."""
    lately = Failure.objects.visible_to(person).standing().select_related("told_by", "occurrence")
    rows = list(lately.prefetch_related("services").order_by("-told_at", "-pk")[:_TOLD_LATELY])
    if person.is_leader:
        since = timezone.now() - _LEADERS_FIRST_FOR
        rows.sort(key=lambda failure: not (failure.told_by.is_leader and failure.told_at > since))
    return rows


def _lessons_asked(person: Person) -> Any:
    """Return lessons whose date has come, of one's own first."""
    asked = Lesson.objects.visible_to(person).asked(timezone.localdate())
    return asked.annotate(own=Count("pk", filter=Q(written_by=person))).order_by("-own", "renew_by")[:5]


def _preflights_open(person: Person) -> list[tuple[Preflight, int]]:
    """Return one's preflights that wait for answers, and how many reminders wait in each; the last asked first."""
    waiting = Reminder.objects.visible_to(person).filter(answer="", failure__withdrawn_at=None)
    mine = waiting.filter(preflight__asked_by=person).values_list("preflight").annotate(open=Count("pk"))
    rows = mine.order_by("-preflight__asked_at", "-preflight")[:5]
    preflights = Preflight.objects.in_bulk([number for number, _ in rows])
    return [(preflights[number], reminders) for number, reminders in rows]


def _what_repeats(person: Person) -> Any:
    """Return the modes that came back last."""
    return modes_for(person).filter(times__gt=1)[:6]
