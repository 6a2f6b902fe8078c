"""The pages of preflights: asking before a change, and answering what it reminds us of."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from failonce.catalogue.ticking import ServicesForm
from failonce.failures.models import nothing_told_to
from failonce.history.models import Entry
from failonce.people.errors import Refused
from failonce.people.models import Person
from failonce.people.requests import Request
from failonce.preflight import writes
from failonce.preflight.listing import is_diff, lines_of
from failonce.preflight.models import ABOUT_LENGTH, Preflight, Reminder, preflight_for, reminder_for, reminders_for
from failonce.web.render import page_or_fragment

_LATELY = 8


class AskForm(ServicesForm):
    """The change, and the services it touches."""

    change = forms.CharField(
        label="What is about to change?",
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 14, "autofocus": True, "dir": "auto", "spellcheck": "false", "class": "change"}
        ),
        help_text="In your own words, as commit messages, or as a diff.",
    )
    about = forms.CharField(
        label="The change's name",
        required=False,
        max_length=ABOUT_LENGTH,
        help_text="A link to the pull request, or its branch. Asked again under this name, it finds its answers.",
    )


@require_http_methods(["GET", "POST"])
def preflight(request: Request) -> HttpResponse:
    """Ask: what does this change remind us of?"""
    if request.method == "GET":
        return _ask_page(request, AskForm())
    form = AskForm(request.POST)
    try:
        if form.is_valid():
            asked = writes.ask_preflight(
                actor=request.user,
                change=form.cleaned_data["change"],
                services=form.services_said(),
                about=form.cleaned_data["about"],
            )
            return redirect(asked)
    except Refused as refusal:
        for name, problem in refusal.fields.items():
            form.add_error(name, problem)
    return _ask_page(request, form, status=422)


@require_GET
def preflight_read(request: Request, code: str) -> HttpResponse:
    """One preflight: the change on the left, its reminders on the right."""
    return render(request, "preflight/preflight.html", _context(request.user, preflight_for(request.user, code)))


@require_POST
def reminder_answer(request: Request, code: str, position: int) -> HttpResponse:
    """Read it, changed my plan, or doesn't apply; and then why not, if one likes to say it."""
    found = preflight_for(request.user, code)
    reminder = reminder_for(request.user, found, position)
    said = {name: request.POST.get(name, "") for name in ("answer", "reason")}
    try:
        reminder = writes.answer_reminder(actor=request.user, reminder=reminder, **said)
    except Refused as refusal:
        return _refused(request, found, reminder, said["reason"], next(iter(refusal.fields.values())))
    if request.htmx:
        return render(request, "preflight/_reminder.html", {"preflight": found, "reminder": reminder})
    messages.success(request, "Your answer is kept. The next one who sees this reminder learns from it.")
    return redirect(f"{found.get_absolute_url()}#reminder-{position}")


def _refused(request: Request, found: Preflight, reminder: Reminder, reason: str, problem: str) -> HttpResponse:
    about = {"problem": problem, "reason": reason, "problem_position": reminder.position}
    context = _context(request.user, found) | {"reminder": reminder} | about
    return page_or_fragment(request, "preflight/preflight.html", "preflight/_reminder.html", context, status=422)


def _ask_page(request: Request, form: AskForm, status: int = 200) -> HttpResponse:
    lately = Preflight.objects.filter(asked_by=request.user).prefetch_related("reminders")
    context = {
        "form": form,
        "lately": lately.order_by("-pk")[:_LATELY],
        "is_empty": nothing_told_to(request.user),
    }
    return render(request, "preflight/preflight_ask.html", context, status=status)


def _context(person: Person, found: Preflight) -> dict[str, Any]:
    reminders = reminders_for(person, found)
    return {
        "preflight": found,
        "services": found.services.all(),
        "lines": lines_of(found.change),
        "is_diff": is_diff(found.change),
        "reminders": reminders,
        "waiting": [reminder for reminder in reminders if not reminder.answer],
        "history": Entry.objects.of(found.code)[:50],
        "is_empty": nothing_told_to(person),
    }
