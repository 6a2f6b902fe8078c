"""The pages of failure modes: the list, the strip of occurrences, naming, answering."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from failonce.failures.models import Failure, failure_for, nothing_told_to
from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.lessons.models import Lesson
from failonce.modes import writes
from failonce.modes.models import FailureMode, mode_for, modes_for
from failonce.people.errors import Conflict, Refused
from failonce.people.models import Person
from failonce.people.permissions import may
from failonce.people.requests import Request

_PER_PAGE = 40


@require_GET
def mode_list(request: Request) -> HttpResponse:
    """Every failure mode, those that came back last first."""
    page = Paginator(modes_for(request.user), _PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "modes/mode_list.html", {"page": page, "is_empty": nothing_told_to(request.user)})


@require_GET
def mode(request: Request, code: str) -> HttpResponse:
    """One mode: the strip of its occurrences, what they have in common, what was learnt."""
    return render(request, "modes/mode.html", _mode_context(request.user, mode_for(request.user, code)))


@require_http_methods(["GET", "POST"])
def mode_name(request: Request, code: str) -> HttpResponse:
    """Say in words how these failures fail."""
    found = mode_for(request.user, code)
    context: dict[str, Any] = {"mode": found, "title": found.title, "description": found.description}
    context["version"] = found.version
    if request.method == "GET":
        return render(request, "modes/mode_name.html", context)
    posted = {name: request.POST.get(name, "") for name in ("title", "description", "version")}
    version = int(posted["version"]) if posted["version"].isdecimal() and len(posted["version"]) < 10 else 0
    try:
        named = writes.name_mode(
            actor=request.user, mode=found, version=version, title=posted["title"], description=posted["description"]
        )
    except Conflict as conflict:
        context |= posted | {"conflict": conflict, "version": conflict.theirs["version"]}
    except Refused as refusal:
        context |= posted | {"problems": refusal.fields}
    else:
        messages.success(request, "Saved.")
        return redirect(named)
    return render(request, "modes/mode_name.html", context, status=422)


@require_POST
def mode_unlink(request: Request, code: str, failure: str) -> HttpResponse:
    """Take a failure out of a mode."""
    found, taken = mode_for(request.user, code), failure_for(request.user, failure)
    writes.unlink_failure(actor=request.user, mode=found, failure=taken)
    messages.success(request, f"{taken.code} is no longer linked to {code}.")
    return redirect(taken)


@require_POST
def repeat_answer(request: Request, code: str, other: str) -> HttpResponse:
    """Yes, no or not sure: is this failure the other one again?"""
    failure = failure_for(request.user, code)
    earlier = failure_for(request.user, other)
    writes.answer_repeat(actor=request.user, failure=failure, other=earlier, value=request.POST.get("answer", ""))
    return redirect(f"{failure.get_absolute_url()}#like-{earlier.code}")


def _mode_context(person: Person, found: FailureMode) -> dict[str, Any]:
    failures = Failure.objects.visible_to(person).filter(occurrence__mode=found)
    failures = (
        failures.standing().select_related("occurrence").prefetch_related("services").order_by("started_at", "pk")
    )
    lessons = Lesson.objects.visible_to(person).standing().filter(failure__in=failures)
    return {
        "mode": found,
        "failures": failures,
        "hidden": found.occurrences.filter(failure__withdrawn_at=None).count() - failures.count(),
        "lessons": lessons.prefetch_related("services"),
        "history": Entry.objects.of(found.code)[:50],
        "may_name": may(person, Verb.MODE_NAME, found),
    }
