"""The pages of failures: the list, telling, reading, editing."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from failonce.catalogue.models import Service
from failonce.catalogue.ticking import split
from failonce.failures import writes
from failonce.failures.forms import TellForm, code_meant, initial_of
from failonce.failures.models import Draft, Failure, Kind, failure_for, told_from
from failonce.failures.searching import LONGEST
from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.modes.learnt import learnt_context
from failonce.modes.models import Answer, named_by
from failonce.modes.resemblance import resembling_context, typed_context
from failonce.modes.writes import answer_repeat, tell_with_answers
from failonce.people.errors import Conflict, DomainError, Refused
from failonce.people.models import Person
from failonce.people.permissions import may
from failonce.people.requests import Request
from failonce.preflight.uses import uses_of
from failonce.web.render import page_or_fragment

_PER_PAGE = 40
_ANSWER = "answer-"  # the name of a field that answers "is it this one again?": answer-F-12


@require_GET
def failure_list(request: Request) -> HttpResponse:
    """Every failure one may read, newest first, narrowed by words, kind or service; `for` one, those it may repeat."""
    words, kind, service = (request.GET.get(name, "").strip()[:LONGEST] for name in ("q", "kind", "service"))
    kind = kind if kind in Kind.values else ""
    found = Failure.objects.visible_to(request.user).standing().narrowed(words=words, kind=kind, service=service)
    linking = _linking(request)
    found = found.exclude(pk=linking.pk) if linking else found
    named = named_by(request.user, words)
    page = Paginator(found.newest().select_related("occurrence").prefetch_related("services"), _PER_PAGE).get_page(
        request.GET.get("page")
    )
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "page": page,
        "kinds": Kind.choices,
        "services": _services_to_choose(request.user, service),
        "asked": {"q": words, "kind": kind, "service": service},
        "narrowed": words or kind or service,
        "kind_label": Kind(kind).label if kind else "",
        "service_name": Service.objects.filter(slug=service).values_list("name", flat=True).first() or service,
        "linking": linking,
        "named": named if named != linking else None,
        "kept": kept.urlencode(),
    }
    return page_or_fragment(request, "failures/failure_list.html", "failures/_failure_rows.html", context)


@require_GET
def failure_new(request: Request) -> HttpResponse:
    """Open a fresh telling under a key of its own, so that its draft has a place."""
    return redirect("failure_tell", key=uuid.uuid4())


@require_http_methods(["GET", "POST"])
def failure_tell(request: Request, key: uuid.UUID) -> HttpResponse:
    """Tell: the form, its draft, what it resembles; without JavaScript by its buttons."""
    told = told_from(request.user, key)
    if request.method == "GET":
        if told is not None:
            messages.info(request, f"What you wrote there is told, as {told.code}. Here is room for another.")
            return redirect("failure_new")
        draft = Draft.objects.filter(key=key, person=request.user).first()
        held = draft.fields if draft else _prefilled(request)
        return _tell_page(request, key, TellForm(initial=held), held)
    form = TellForm(request.POST)
    wish = request.POST.get("wish", "tell")
    if wish == "draft":
        key = uuid.uuid4() if told else key  # asked for by a click, so its words aren't let go
        if writes.save_draft(actor=request.user, key=key, fields=_fields_of(request)):
            messages.success(request, "The draft is kept. Only you can see it.")
        else:
            messages.info(request, "Nothing is written yet, so there is no draft to keep.")
        return redirect("failure_tell", key=key)
    if wish == "look" or not form.is_valid():
        return _tell_page(request, key, form, _fields_of(request), status=200 if wish == "look" else 422)
    return _tell(request, key, form)


@require_POST
def draft_save(request: Request, key: uuid.UUID) -> HttpResponse:
    """Keep the draft while it is typed."""
    try:
        draft = writes.save_draft(actor=request.user, key=key, fields=_fields_of(request))
    except Refused as refusal:  # in its place beside the button; a page of its own would stand inside this one
        return render(request, "failures/_draft_saved.html", {"problem": refusal}, status=refusal.status)
    return render(request, "failures/_draft_saved.html", {"draft": draft, "told": told_from(request.user, key)})


@require_POST
def draft_discard(request: Request, key: uuid.UUID) -> HttpResponse:
    """Throw a draft away."""
    writes.discard_draft(actor=request.user, key=key)
    messages.success(request, "The draft is gone.")
    return redirect("front")


@require_POST
def failure_resembling(request: Request) -> HttpResponse:
    """What the story being typed resembles, as a fragment beside the form."""
    return render(request, "failures/_resembling_draft.html", _resembling(request.user, _fields_of(request)))


@require_GET
def failure(request: Request, code: str) -> HttpResponse:
    """One failure: the story, its impact, what it resembles, its lessons, its history."""
    found = failure_for(request.user, code)
    return render(request, "failures/failure.html", _failure_context(request.user, found))


@require_http_methods(["GET", "POST"])
def failure_edit(request: Request, code: str) -> HttpResponse:
    """Change one's telling in place; a save in between shows both texts."""
    found = failure_for(request.user, code)
    context: dict[str, Any] = {"failure": found, "version": found.version}
    if request.method == "GET":
        form = TellForm(initial=initial_of(found))
        return render(request, "failures/failure_edit.html", context | {"form": form})
    form = TellForm(request.POST)
    try:
        if form.is_valid():
            told = writes.edit_failure(
                actor=request.user, failure=found, version=_whole(request.POST.get("version")), telling=form.telling()
            )
            _tell_notices(request, told.notices)
            messages.success(request, "Saved.")
            return redirect(told.failure)
    except Conflict as conflict:
        context |= {"conflict": conflict, "version": conflict.theirs["version"]}
    except Refused as refusal:
        form.add_problems(refusal.fields)
    return render(request, "failures/failure_edit.html", context | {"form": form}, status=422)


@require_POST
def failure_add(request: Request, code: str) -> HttpResponse:
    """Continue one's own story."""
    return _noted(request, code, writes.add_to_failure)


@require_POST
def failure_comment(request: Request, code: str) -> HttpResponse:
    """Comment on somebody else's failure."""
    return _noted(request, code, writes.comment_on_failure)


@require_POST
def failure_repeats(request: Request, code: str) -> HttpResponse:
    """Say which failure this one repeats, whether or not recall brings it up."""
    found = failure_for(request.user, code)
    typed = request.POST.get("repeats", "")
    try:
        other = failure_for(request.user, code_meant(typed))
        answer_repeat(actor=request.user, failure=found, other=other, value=Answer.Value.YES)
    except DomainError as refusal:
        context = _failure_context(request.user, found) | {"repeats": typed, "repeats_problem": refusal.message}
        return render(request, "failures/failure.html", context, status=422)
    messages.success(request, f"{found.code} and {other.code} are linked now: both happened in the same way.")
    return redirect(found)


@require_POST
def failure_withdraw(request: Request, code: str) -> HttpResponse:
    """Take one's telling back."""
    found = failure_for(request.user, code)
    writes.withdraw_failure(actor=request.user, failure=found, because=request.POST.get("because", ""))
    messages.success(request, f"{found.code} is withdrawn. It no longer appears in lists, recall or preflights.")
    return redirect(found)


def _linking(request: Request) -> Failure | None:
    """Return the failure for which one is looked for that it repeats, unless it was withdrawn."""
    code = request.GET.get("for", "")
    found = failure_for(request.user, code) if code else None
    return found if found and found.withdrawn_at is None else None


def _tell(request: Request, key: uuid.UUID, form: TellForm) -> HttpResponse:
    try:
        told = tell_with_answers(
            actor=request.user, telling=form.telling(), answers=_answers_in(request.POST), draft=key
        )
    except Refused as refusal:
        form.add_problems(refusal.fields)
        return _tell_page(request, key, form, _fields_of(request), status=422)
    _tell_notices(request, told.notices)
    messages.success(
        request, f"Told. Thank you: {told.failure.code} can now be remembered by everyone who may read it."
    )
    return redirect(told.failure)


def _tell_page(
    request: Request, key: uuid.UUID, form: TellForm, held: dict[str, Any], status: int = 200
) -> HttpResponse:
    drafts = Draft.objects.filter(person=request.user).exclude(key=key)
    context = {
        "form": form,
        "key": key,
        "drafts": drafts,
        "has_draft": Draft.objects.filter(key=key, person=request.user).exists(),
    }
    return render(request, "failures/failure_tell.html", context | _resembling(request.user, held), status=status)


def _prefilled(request: Request) -> dict[str, Any]:
    said = {name: request.GET[name] for name in ("title", "kind", "more_services") if name in request.GET}
    return said | {"services": request.GET.getlist("services")}


def _fields_of(request: Request) -> dict[str, Any]:
    """Return everything the posted form holds, as it stands: a draft is not judged."""
    several = {name for name in request.POST if name == "services" or name.startswith("audiences_")}
    skipped = {"csrfmiddlewaretoken", "wish", "_draft"}
    return {
        name: request.POST.getlist(name) if name in several else request.POST[name]
        for name in request.POST
        if name not in skipped
    }


def _answers_in(held: Mapping[str, Any]) -> dict[str, str]:
    return {name.removeprefix(_ANSWER): value for name, value in held.items() if name.startswith(_ANSWER)}


def _resembling(person: Person, held: dict[str, Any]) -> dict[str, Any]:
    """Return whether the form has words, and what they resemble."""
    story, title = held.get("story", ""), held.get("title", "")
    services = (*held.get("services", ()), *split(held.get("more_services", "")))
    shown = typed_context(person, story=story, title=title, services=services, answers=_answers_in(held))
    return shown | {"asked": bool(f"{story}{title}".strip())}


def _failure_context(person: Person, found: Failure) -> dict[str, Any]:
    withdrawn = found.withdrawn_at is not None
    context = resembling_context(person, found) | learnt_context(person, found)
    return context | {
        "may_read_story": not withdrawn or found.told_by_id == person.pk,
        "impacts": found.impacts.select_related("offering").prefetch_related("audiences"),
        "notes": found.notes.select_related("written_by"),
        "uses": uses_of(found),
        "history": Entry.objects.of(found.code)[:50],
        "may_edit": not withdrawn and may(person, Verb.FAILURE_EDIT, found),
        "may_add": not withdrawn and may(person, Verb.FAILURE_ADD, found),
        "may_withdraw": not withdrawn and may(person, Verb.FAILURE_WITHDRAW, found),
        "now": timezone.now(),
    }


def _noted(request: Request, code: str, write: Any) -> HttpResponse:
    found = failure_for(request.user, code)
    text = request.POST.get("text", "")
    try:
        note = write(actor=request.user, failure=found, text=text)
    except Refused as refusal:
        context = _failure_context(request.user, found) | {"note_problem": refusal.fields["text"], "note_text": text}
        return render(request, "failures/failure.html", context, status=422)
    return redirect(f"{found.get_absolute_url()}#note-{note.pk}")


def _tell_notices(request: Request, notices: list[str]) -> None:
    for notice in notices:
        messages.info(request, notice)


def _services_to_choose(person: Person, chosen: str) -> QuerySet[Service]:
    """Return the services of failures one may read, lest the choice give a restricted one away; and the chosen one."""
    readable = Failure.objects.visible_to(person).standing().filter(services=OuterRef("pk"))
    return Service.objects.filter(Q(Exists(readable)) | Q(slug=chosen)).order_by("name", "pk")


def _whole(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else 0
