"""The pages of people: one's account and keys, who is here, teams, practices, who may do what."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.people import attempts, deeds, links, mails, writes
from failonce.people.errors import DomainError, Refused, TooMany
from failonce.people.forms import (
    AddressForm,
    DutiesForm,
    InviteForm,
    NameForm,
    PracticeForm,
    SaidForm,
    TeamForm,
    TokenForm,
)
from failonce.people.models import (
    Invitation,
    Person,
    Practice,
    Team,
    invitation_for,
    person_for,
    practice_for,
    team_for,
    token_for,
)
from failonce.people.permissions import may, require
from failonce.people.requests import Request

_PER_PAGE = 60


@require_http_methods(["GET", "POST"])
def me(request: Request) -> HttpResponse:
    """One's own account: name, password, keys."""
    form = NameForm(request.POST or None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        try:
            writes.rename_person(actor=request.user, person=request.user, name=form.cleaned_data["name"])
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, "Your name is changed.")
            return redirect("me")
    context = {"form": form, "practices": _practices_of(request.user), "history": _history_of(request.user.code)}
    return _page(request, "people/me.html", form, context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def address_change(request: Request) -> HttpResponse:
    """Ask for another e-mail address; it is confirmed by a link mailed to it."""
    form = AddressForm(request.POST or None, person=request.user)
    if request.method == "POST" and mails.is_configured() and form.is_valid():
        try:
            asked = writes.ask_for_address(actor=request.user, email=form.cleaned_data["email"])
            _mail_address_link(request.user, asked)
        except DomainError as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, f"A link is on its way to {asked.email}. Nothing changes until you open it.")
            return redirect("me")
    return _page(request, "people/address_change.html", form, {"form": form, "may_mail": mails.is_configured()})


@never_cache
@require_http_methods(["GET", "POST"])
def address_confirm(request: Request, key: str) -> HttpResponse:
    """Take up the address a link was mailed to; the button does it, as scanners open links in mails too."""
    email = links.address_in_link(request.user, key)
    if not email:
        return render(request, "people/address_over.html", status=410)
    if request.method == "GET":
        return render(request, "people/address_confirm.html", {"email": email})
    old = request.user.email
    writes.change_address(actor=request.user, email=email)
    mails.tell_old_address(request.user, old)
    messages.success(request, f"Your address is {email} now. Sign in with it from now on.")
    return redirect("me")


@never_cache
@require_http_methods(["GET", "POST"])
def token_list(request: Request) -> HttpResponse:
    """One's API tokens, and issuing one; its secret is in this one answer and nowhere else."""
    form = TokenForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "now": timezone.now()}
    if request.method == "POST" and form.is_valid():
        try:
            days = form.cleaned_data["days"]
            context["issued"] = writes.issue_token(
                actor=request.user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                days=int(days) if days else None,
            )
            context["form"] = TokenForm()
        except Refused as refusal:
            form.add_refusal(refusal)
    context["tokens"] = request.user.tokens.all()
    return _page(request, "people/token_list.html", form, context)


@require_POST
def token_revoke(request: Request, number: int) -> HttpResponse:
    """End a token now."""
    token = token_for(request.user, number)
    writes.revoke_token(actor=request.user, token=token)
    messages.success(request, f"The token “{token.name}” opens nothing any more.")
    return redirect("token_list")


@require_GET
def person_list(request: Request) -> HttpResponse:
    """Who is here, by name; nothing about anybody is counted."""
    people = Person.objects.filter(is_active=True).select_related("team").order_by("name", "pk")
    context = {
        "page": Paginator(people, _PER_PAGE).get_page(request.GET.get("page")),
        "may_invite": may(request.user, Verb.PERSON_INVITE),
    }
    if context["may_invite"]:
        context["invitations"] = _open_invitations()
    return render(request, "people/person_list.html", context)


@require_http_methods(["GET", "POST"])
def person(request: Request, number: int) -> HttpResponse:
    """Somebody: their team, their duties, and the practices they have a role in."""
    found = person_for(request.user, number)
    may_appoint = found.is_active and may(request.user, Verb.PERSON_APPOINT, found)
    form = DutiesForm(request.POST or None, initial=_duties_of(found))
    if request.method == "POST":
        require(request.user, Verb.PERSON_APPOINT, found)
        if form.is_valid():
            try:
                writes.appoint_person(actor=request.user, person=found, **form.cleaned_data)
            except Refused as refusal:
                form.add_refusal(refusal)
            else:
                messages.success(request, "Saved.")
                return redirect(found)
    context = {
        "person": found,
        "form": form if may_appoint else None,
        "may_close": found.is_active and may(request.user, Verb.PERSON_CLOSE, found),
        "practices": _practices_of(found),
        "history": _history_of(found.code) if may_appoint else None,
    }
    return _page(request, "people/person.html", form, context)


@require_http_methods(["GET", "POST"])
def person_close(request: Request, number: int) -> HttpResponse:
    """Say what closing an account does, and do it."""
    found = person_for(request.user, number)
    require(request.user, Verb.PERSON_CLOSE, found)
    if request.method == "GET":
        return render(request, "people/person_close.html", {"person": found})
    writes.close_account(actor=request.user, person=found)
    if found.pk == request.user.pk:
        return redirect("sign_in")
    messages.success(request, f"The account of {found.name} is closed. What they wrote stays.")
    return redirect("person_list")


@never_cache
@require_http_methods(["GET", "POST"])
def person_invite(request: Request) -> HttpResponse:
    """Invite an address; the link is in this one answer, and in a mail where mail is set up."""
    require(request.user, Verb.PERSON_INVITE)
    form = InviteForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "days": writes.INVITATION_DAYS}
    if request.method == "POST" and form.is_valid():
        try:
            invited = writes.invite_person(actor=request.user, **form.cleaned_data)
            context |= {"invited": invited, "mailed": mails.send_invitation(invited), "form": InviteForm()}
        except Refused as refusal:
            form.add_refusal(refusal)
    return _page(request, "people/person_invite.html", form, context)


@require_POST
def invitation_withdraw(request: Request, number: int) -> HttpResponse:
    """End an invitation that nobody has used."""
    invitation = invitation_for(request.user, number)
    writes.withdraw_invitation(actor=request.user, invitation=invitation)
    messages.success(request, f"The invitation of {invitation.email} is withdrawn.")
    return redirect("person_list")


@require_http_methods(["GET", "POST"])
def team_list(request: Request) -> HttpResponse:
    """The teams; administrators add one here."""
    form = TeamForm(request.POST or None)
    if request.method == "POST":
        require(request.user, Verb.TEAM_DESCRIBE)
        if form.is_valid() and (team := _describe_team(request, form, "")):
            return redirect(team)
    context = {"teams": Team.objects.all(), "form": form, "may_describe": may(request.user, Verb.TEAM_DESCRIBE)}
    return _page(request, "people/team_list.html", form, context)


@require_http_methods(["GET", "POST"])
def team(request: Request, slug: str) -> HttpResponse:
    """A team: its people and its services."""
    found = team_for(request.user, slug)
    form = TeamForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST":
        require(request.user, Verb.TEAM_DESCRIBE, found)
        if form.is_valid() and _describe_team(request, form, slug):
            return redirect(found)
    context = {
        "team": found,
        "form": form if may(request.user, Verb.TEAM_DESCRIBE, found) else None,
        "people": found.people.filter(is_active=True),
        "services": found.services.all(),
        "history": _history_of(found.code),
    }
    return _page(request, "people/team.html", form, context)


@require_GET
def practice_list(request: Request) -> HttpResponse:
    """The practices, with who owns and runs each."""
    practices = Practice.objects.select_related("owner", "manager").prefetch_related("practitioners")
    return render(request, "people/practice_list.html", {"practices": practices})


@require_http_methods(["GET", "POST"])
def practice(request: Request, slug: str) -> HttpResponse:
    """A practice: what it is for, who has which role, and what its roles may do."""
    found = practice_for(request.user, slug)
    held: dict[str, Any] = {"purpose": found.purpose, "owner": found.owner_id, "manager": found.manager_id}
    held["practitioners"] = [person.pk for person in found.practitioners.all()]
    form = PracticeForm(request.POST or None, initial=held, practice=found)
    if request.method == "POST":
        require(request.user, Verb.PRACTICE_DESCRIBE, found)
        if form.is_valid():
            writes.describe_practice(actor=request.user, practice=found, **form.cleaned_data)
            messages.success(request, "Saved.")
            return redirect(found)
    context = {
        "practice": found,
        "form": form if may(request.user, Verb.PRACTICE_DESCRIBE, found) else None,
        "may_do": deeds.hanging_on(slug),
        "history": _history_of(found.code),
    }
    return _page(request, "people/practice.html", form, context)


@require_GET
def who_may(request: Request) -> HttpResponse:
    """Who may do what here, straight from the rules that decide."""
    return render(request, "people/who_may.html", {"nouns": deeds.who_may()})


def _page(request: Request, template: str, form: SaidForm, context: dict[str, Any]) -> HttpResponse:
    """Answer 422 when the form came back with something to mend, so that scripts see it too."""
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


def _mail_address_link(person: Person, asked: writes.AddressAsked) -> None:
    if attempts.ADDRESS_MAIL.is_reached(person.code):
        raise TooMany("Five links were mailed within the hour. Look for the last one, or wait an hour.", 3600)
    attempts.ADDRESS_MAIL.count(person.code)
    if not mails.send_address_link(person, asked):
        raise Refused("The mail server hasn't taken the mail yet. Try again in some minutes; nothing has changed.")


def _describe_team(request: Request, form: SaidForm, slug: str) -> Team | None:
    try:
        described = writes.describe_team(actor=request.user, name=form.cleaned_data["name"], slug=slug)
    except Refused as refusal:
        form.add_refusal(refusal)
        return None
    messages.success(request, "Saved.")
    return described


def _duties_of(person: Person) -> dict[str, Any]:
    return {"team": person.team_id, "is_leader": person.is_leader, "is_administrator": person.is_administrator}


def _practices_of(person: Person) -> list[tuple[Practice, str]]:
    owned = [(practice, "owner") for practice in person.owned_practices.all()]
    managed = [(practice, "manager") for practice in person.managed_practices.all()]
    return [*owned, *managed, *((practice, "practitioner") for practice in person.practised.all())]


def _history_of(code: str) -> Any:
    return Entry.objects.of(code)[:20]


def _open_invitations() -> Any:
    now = timezone.now()
    return Invitation.objects.filter(accepted_at=None, expires_at__gt=now).select_related("team").order_by("-pk")[:100]
