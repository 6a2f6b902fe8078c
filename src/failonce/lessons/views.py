"""The pages of lessons: the list, writing, reading, editing, renewing, retiring."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from failonce.catalogue.ticking import initial_services
from failonce.failures.models import Failure, failure_for, nothing_told_to
from failonce.failures.searching import LONGEST
from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.lessons import writes
from failonce.lessons.forms import LessonForm, initial_of
from failonce.lessons.models import Lesson, lesson_for
from failonce.modes.models import named_by
from failonce.people.errors import Conflict, Refused
from failonce.people.models import Person
from failonce.people.permissions import may
from failonce.people.requests import Request
from failonce.preflight.uses import uses_of

_PER_PAGE = 40


@require_GET
def lesson_list(request: Request) -> HttpResponse:
    """Every lesson one may read, those asked "is this still true?" first."""
    retired = request.GET.get("show") == "retired"
    today = timezone.localdate()
    found = Lesson.objects.visible_to(request.user).listed(today, retired=retired)
    words = request.GET.get("q", "").strip()[:LONGEST]
    rows = found.saying(words).select_related("failure").prefetch_related("services")
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    asked = [] if retired else [lesson for lesson in page if lesson.is_asked(today)]
    context = {
        "page": page,
        "asked": asked,
        "others": [lesson for lesson in page if lesson not in asked],
        "retired": retired,
        "words": words,
        "named": named_by(request.user, words),
        "kept": kept.urlencode(),
        "is_empty": nothing_told_to(request.user),
    }
    return render(request, "lessons/lesson_list.html", context)


@require_GET
def lesson(request: Request, code: str) -> HttpResponse:
    """One lesson: the sentence, where it applies, where it was used, whether it is still true."""
    return render(request, "lessons/lesson.html", _context(request.user, lesson_for(request.user, code)))


@require_http_methods(["GET", "POST"])
def lesson_new(request: Request) -> HttpResponse:
    """Write what a failure taught."""
    code = request.POST.get("failure") or request.GET.get("failure", "")
    if not code and request.method == "GET":
        messages.info(request, "A lesson is learnt from a failure. Open the one that taught it and write it there.")
        return redirect("failure_list")
    if not code:
        raise Refused("A lesson is learnt from a failure. Open the one that taught it and write it there.")
    failure = failure_for(request.user, code)
    if request.method == "GET":
        form = LessonForm(initial=initial_services(failure.services.all()))
        return _form_page(request, form, failure)
    form = LessonForm(request.POST)
    try:
        if form.is_valid():
            kept = writes.write_lesson(actor=request.user, failure=failure, teaching=form.teaching())
            return _kept(request, kept, f"{kept.lesson.code} is kept. It will be there before a change repeats this.")
    except Refused as refusal:
        form.add_problems(refusal.fields or {"": refusal.message})
    return _form_page(request, form, failure, status=422)


@require_http_methods(["GET", "POST"])
def lesson_edit(request: Request, code: str) -> HttpResponse:
    """Change a lesson in place; a save in between shows both texts."""
    found = lesson_for(request.user, code)
    context: dict[str, Any] = {"lesson": found, "version": found.version}
    if request.method == "GET":
        return _form_page(request, LessonForm(initial=initial_of(found)), found.failure, context)
    form = LessonForm(request.POST)
    try:
        if form.is_valid():
            version = _whole(request.POST.get("version"))
            kept = writes.edit_lesson(actor=request.user, lesson=found, version=version, teaching=form.teaching())
            return _kept(request, kept, "Saved.")
    except Conflict as conflict:
        context |= {"conflict": conflict, "version": conflict.theirs["version"]}
    except Refused as refusal:
        form.add_problems(refusal.fields or {"": refusal.message})
    return _form_page(request, form, found.failure, context, status=422)


@require_POST
def lesson_renew(request: Request, code: str) -> HttpResponse:
    """Say that a lesson is still true."""
    found = lesson_for(request.user, code)
    said = request.POST.get("renew_by", "")
    try:
        renewed = writes.renew_lesson(actor=request.user, lesson=found, renew_by=_day(said))
    except Refused as refusal:
        return _refused(request, found, {"renew_problem": _first(refusal), "renew_by": said})
    messages.success(request, f"{renewed.code} stays. It is asked about again on {renewed.renew_by:%-d %B %Y}.")
    return redirect(renewed)


@require_POST
def lesson_retire(request: Request, code: str) -> HttpResponse:
    """Say that a lesson is no longer true."""
    found = lesson_for(request.user, code)
    because = request.POST.get("because", "")
    try:
        retired = writes.retire_lesson(actor=request.user, lesson=found, because=because)
    except Refused as refusal:
        return _refused(request, found, {"retire_problem": _first(refusal), "retire_because": because})
    messages.success(request, f"{retired.code} is retired. It is kept here and reminds nobody any more.")
    return redirect(retired)


def _context(person: Person, found: Lesson) -> dict[str, Any]:
    stands = found.retired_at is None
    return {
        "lesson": found,
        "failure": found.failure,
        "asked": found.is_asked(timezone.localdate()),
        "uses": uses_of(found),
        "history": Entry.objects.of(found.code)[:50],
        "may_edit": stands and may(person, Verb.LESSON_EDIT, found),
        "may_renew": stands and may(person, Verb.LESSON_RENEW, found),
        "may_retire": stands and may(person, Verb.LESSON_RETIRE, found),
    }


def _form_page(
    request: Request, form: LessonForm, failure: Failure, more: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "failure": failure} | (more or {})
    return render(request, "lessons/lesson_form.html", context, status=status)


def _kept(request: Request, kept: writes.Taught, sentence: str) -> HttpResponse:
    for notice in kept.notices:
        messages.info(request, notice)
    messages.success(request, sentence)
    return redirect(kept.lesson)


def _refused(request: Request, found: Lesson, problem: dict[str, str]) -> HttpResponse:
    return render(request, "lessons/lesson.html", _context(request.user, found) | problem, status=422)


def _first(refusal: Refused) -> str:
    return next(iter(refusal.fields.values()), refusal.message)


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused("The lesson isn't renewed yet.", {"renew_by": "Write the day as in 2027-06-01."}) from error


def _whole(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else 0
