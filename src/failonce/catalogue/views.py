"""The pages of the catalogue: everything there is, one service, offering or audience, describing, importing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from failonce.catalogue import writes
from failonce.catalogue.drawing import dependencies
from failonce.catalogue.forms import AudienceForm, DescribingForm, ImportForm, OfferingForm, ServiceForm
from failonce.catalogue.models import Audience, Offering, Service
from failonce.catalogue.names import close_names, did_you_mean, known_services, slug_for
from failonce.catalogue.questions import ALL, questions_before
from failonce.catalogue.reading import audience_for, audiences, offering_for, offerings, service_for, services
from failonce.failures.models import Failure
from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.intake.backstage.importing import FILE_LIMIT, import_catalogue
from failonce.lessons.models import Lesson
from failonce.people.errors import Conflict, Refused
from failonce.people.permissions import describe, may, require
from failonce.people.requests import Request
from failonce.web.render import page_or_fragment

_PER_PAGE = 40
_BESIDE = 40  # offerings and audiences on the page of services; words narrow all three
_LATELY = 8  # failures and lessons on a service's page
_HISTORY = 20


@require_GET
def service_list(request: Request) -> HttpResponse:
    """Everything in the catalogue: services, critical first, then offerings, consumers and partners."""
    words = request.GET.get("q", "")[:200]
    page = Paginator(services(words), _PER_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "page": page,
        "words": words,
        "kept": kept.urlencode(),
        "offerings": offerings(words)[: _BESIDE + 1],
        "audiences": audiences(words)[: _BESIDE + 1],
        "beside": _BESIDE,
        **_allowed(request),
    }
    return page_or_fragment(request, "catalogue/service_list.html", "catalogue/_everything.html", context)


@require_GET
def service(request: Request, slug: str) -> HttpResponse:
    """One service: what it offers to whom, what failed here, what we learnt, what to ask before touching it."""
    found = service_for(request.user, slug)
    if found.slug != slug:
        return redirect(found)
    return render(request, "catalogue/service.html", _service_context(request, found))


@require_GET
def offering(request: Request, slug: str) -> HttpResponse:
    """One offering: its goods, access and actions, and for whom."""
    found = offering_for(request.user, slug)
    context = {"offering": found, "history": Entry.objects.of(found.code)[:_HISTORY], **_allowed(request)}
    return render(request, "catalogue/offering.html", context)


@require_GET
def audience(request: Request, slug: str) -> HttpResponse:
    """One consumer or partner: how to reach them, and what they get."""
    found = audience_for(request.user, slug)
    context = {
        "audience": found,
        "offerings": offerings().filter(audiences=found),
        "history": Entry.objects.of(found.code)[:_HISTORY],
        **_allowed(request),
    }
    return render(request, "catalogue/audience.html", context)


@require_http_methods(["GET", "POST"])
def service_new(request: Request) -> HttpResponse:
    """Describe a service that isn't in the catalogue yet."""
    require(request.user, Verb.SERVICE_DESCRIBE)
    form = (
        ServiceForm(request.POST)
        if request.method == "POST"
        else ServiceForm(initial={"name": request.GET.get("name")})
    )
    return _describe(request, form, None, writes.describe_service, "a service")


@require_http_methods(["GET", "POST"])
def service_describe(request: Request, slug: str) -> HttpResponse:
    """Say more about a service, or say it better."""
    found = service_for(request.user, slug)
    require(request.user, Verb.SERVICE_DESCRIBE, found)
    posted = request.method == "POST"
    form = ServiceForm(request.POST) if posted else ServiceForm(initial=ServiceForm.initial_of(found))
    return _describe(request, form, found, writes.describe_service, "a service")


@require_POST
def service_merge(request: Request, slug: str) -> HttpResponse:
    """Say that a name people used means a described service."""
    require(request.user, Verb.SERVICE_MERGE)
    kept = writes.merge_service(actor=request.user, named=slug, into=_meant(request.POST.get("into", "")))
    messages.success(request, f"What was told of {slug} is now told of {kept.name}, and the name leads there.")
    return redirect(kept)


@require_http_methods(["GET", "POST"])
def offering_new(request: Request) -> HttpResponse:
    """Describe what consumers get from a service."""
    require(request.user, Verb.OFFERING_DESCRIBE)
    initial = {"service": request.GET.get("service", "")[:120]}
    form = OfferingForm(request.POST) if request.method == "POST" else OfferingForm(initial=initial)
    return _describe(request, form, None, writes.describe_offering, "an offering")


@require_http_methods(["GET", "POST"])
def offering_describe(request: Request, slug: str) -> HttpResponse:
    """Say more about an offering, or say it better."""
    found = offering_for(request.user, slug)
    require(request.user, Verb.OFFERING_DESCRIBE, found)
    if request.method == "POST":
        form = OfferingForm(request.POST)
    else:
        form = OfferingForm(initial=OfferingForm.initial_of(found), parts=found.parts.count())
    return _describe(request, form, found, writes.describe_offering, "an offering")


@require_http_methods(["GET", "POST"])
def audience_new(request: Request) -> HttpResponse:
    """Describe a consumer or partner."""
    require(request.user, Verb.AUDIENCE_DESCRIBE)
    form = AudienceForm(request.POST) if request.method == "POST" else AudienceForm()
    return _describe(request, form, None, writes.describe_audience, "a consumer or partner")


@require_http_methods(["GET", "POST"])
def audience_describe(request: Request, slug: str) -> HttpResponse:
    """Say more about a consumer or partner, or say it better."""
    found = audience_for(request.user, slug)
    require(request.user, Verb.AUDIENCE_DESCRIBE, found)
    posted = request.method == "POST"
    form = AudienceForm(request.POST) if posted else AudienceForm(initial=AudienceForm.initial_of(found))
    return _describe(request, form, found, writes.describe_audience, "a consumer or partner")


@require_http_methods(["GET", "POST"])
def catalogue_import(request: Request) -> HttpResponse:
    """Take in a file, tried first if the person likes, and say what was left out and why."""
    require(request.user, Verb.CATALOGUE_IMPORT)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        files = [(file.name or "the file", file.read(FILE_LIMIT + 1)) for file in request.FILES.getlist("file")]
        if text := form.cleaned_data["text"]:
            files.append(("the text", text.encode("utf-8", "replace")))
        if files:
            is_trial = request.POST.get("wish") == "try"
            context["report"] = import_catalogue(actor=request.user, files=files, dry_run=is_trial)
        else:
            form.add_error("file", "Choose a file, or paste its text.")
    return render(request, "catalogue/import.html", context, status=422 if form.errors else 200)


def _describe(
    request: Request,
    form: DescribingForm,
    found: Service | Offering | Audience | None,
    write: Callable[..., Any],
    noun: str,
) -> HttpResponse:
    """Hand what was written to the write, and bring a refusal back to the form with every word in it."""
    if request.method == "POST" and form.is_valid():
        try:
            slug = found.slug if found else _free_slug(form, noun)
            return redirect(write(actor=request.user, slug=slug, read=form.read(), **form.said()))
        except Conflict as conflict:
            form.take_conflict(conflict.theirs)
            messages.error(request, conflict.message)
        except Refused as refusal:
            form.take_refusal(refusal.message, refusal.fields)
    status = 200 if request.method == "GET" else 422
    context = {"form": form, "found": found, "noun": noun, "characteristics": ALL}
    return render(
        request, f"catalogue/{type(form).__name__.removesuffix('Form').lower()}_describe.html", context, status=status
    )


def _free_slug(form: DescribingForm, noun: str) -> str:
    """Return the slug for a new name; raise Refused if something described already has it."""
    model: Any = {ServiceForm: Service, OfferingForm: Offering, AudienceForm: Audience}[type(form)]
    slug = slug_for(form.cleaned_data["name"])
    taken = model.objects.filter(slug=slug).first()
    if taken is not None and getattr(taken, "is_described", True):
        raise Refused("This name is taken.", {"name": f"There is {noun} {taken.name} already; find it under Services."})
    return slug


def _meant(name: str) -> str:
    known, unknown = known_services([name])
    if unknown or not known:
        close = did_you_mean(_close_to(name))
        raise Refused(f"There is no service {name[:120] or 'without a name'} to merge into.{close}")
    return known[0].slug


def _close_to(name: str) -> list[str]:
    return close_names(name, Service.objects.filter(is_described=True))


def _service_context(request: Request, found: Service) -> dict[str, Any]:
    failures = Failure.objects.visible_to(request.user).standing().filter(services=found)
    lessons = Lesson.objects.visible_to(request.user).standing().filter(services=found)
    needs = list(found.depends_on.order_by("name"))
    needed_by = list(found.dependants.order_by("name"))
    return {
        "service": found,
        "offerings": offerings().filter(service=found),
        "needs": needs,
        "needed_by": needed_by,
        "drawing": dependencies(found, needed_by, needs),
        "questions": questions_before(found),
        "failures": failures.newest().select_related("occurrence").prefetch_related("services")[:_LATELY],
        "failure_count": failures.count(),
        "lessons": lessons.select_related("failure", "written_by").prefetch_related("services")[:_LATELY],
        "lesson_count": lessons.count(),
        "history": Entry.objects.of(found.code)[:_HISTORY],
        "merge_guess": "" if found.is_described else next(iter(_close_to(found.name)), ""),
        "may_merge": not found.is_described and may(request.user, Verb.SERVICE_MERGE, found),
        **_allowed(request),
    }


def _allowed(request: Request) -> dict[str, Any]:
    return {
        "may_describe": may(request.user, Verb.SERVICE_DESCRIBE),
        "may_import": may(request.user, Verb.CATALOGUE_IMPORT),
        "who_may_describe": describe(Verb.SERVICE_DESCRIBE),
    }
