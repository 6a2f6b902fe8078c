"""The pages of importing: hand files over, see what would happen, then let it happen."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from failonce.history.verbs import Verb
from failonce.intake import uploads
from failonce.intake.forms import ImportForm
from failonce.intake.report import Report
from failonce.intake.uploads import Upload
from failonce.people.errors import Refused
from failonce.people.permissions import require
from failonce.people.requests import Request

_SHOWN = 200  # refusals and notices on the page; the command line tells all


@require_http_methods(["GET", "POST"])
def failure_import(request: Request) -> HttpResponse:
    """Take files, keep nothing of them yet, and show what their import would do."""
    require(request.user, Verb.FAILURE_IMPORT)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid() and (files := form.handed_over(request)):
        upload = uploads.keep(request.user, files, form.options())
        try:
            return _shown(request, upload, upload.run(request.user, dry_run=True))
        except Refused as refusal:
            upload.forget()
            form.take(refusal)
    return render(request, "intake/import.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def failure_import_confirm(request: Request, key: uuid.UUID) -> HttpResponse:
    """Import what was looked at; repeated, it changes nothing."""
    require(request.user, Verb.FAILURE_IMPORT)
    upload = uploads.upload_for(request.user, key)
    report = upload.run(request.user, dry_run=False)
    upload.forget()
    messages.success(request, report.summary())
    return _shown(request, upload, report)


def _shown(request: Request, upload: Upload, report: Report) -> HttpResponse:
    context = {
        "upload": upload,
        "report": report,
        "notices": report.notice_lines()[:_SHOWN],
        "refused": report.refused[:_SHOWN],
        "untold": max(0, len(report.refused) - _SHOWN),
        "first": report.codes[:1],
    }
    return render(request, "intake/import_report.html", context)
