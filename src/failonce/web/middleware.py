"""When a name isn't ours, or the database can't take a write, the person gets a sentence and their words back."""

import logging
from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import DisallowedHost
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from failonce.people.errors import DomainError
from failonce.web import stylesheet

log = logging.getLogger(__name__)


class KnownNames:
    """Answers 421 under a host name that isn't this installation's, and tells the log which setting makes it so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return _not_our_name(request)
        return self.get_response(request)


def _not_our_name(request: HttpRequest) -> HttpResponse:
    if request.path_info == stylesheet.address():  # the page below shall look like ours
        return stylesheet.stylesheet(request, stylesheet.current().digest)
    log.warning(
        "Asked for under the name %.100r, which isn't one of ours. If it should be: FAILONCE_SITE_URL is the address "
        "people open, FAILONCE_ALLOWED_HOSTS takes more names; then start failonce again.",
        request.headers.get("Host", ""),
    )
    # Without the request, and so without the organisation's name: whoever scans addresses learns nothing more.
    return HttpResponse(render_to_string("421.html"), status=421)


class NothingLost:
    """Turns a locked database, a full disk or a domain error into a page that keeps what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer the errors a person can do something about; leave the rest to the log and the 500 page."""
        if request.path.startswith("/api/"):
            return None
        if isinstance(error, OperationalError):
            return _not_now(request)
        if isinstance(error, DomainError):
            return render(request, "refused.html", {"error": error, "words": words_of(request)}, status=error.status)
        return None


def _not_now(request: HttpRequest) -> HttpResponse:
    # The page must not ask the database who is reading, or it would fail the same way.
    request.user = AnonymousUser()
    answer = render(request, "503.html", {"words": words_of(request), "messages": ()}, status=503)
    answer["Retry-After"] = "5"
    return answer


def words_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the free text of a posted form, field by field, for the person to keep."""
    if request.method != "POST":
        return []
    secret = ("password", "csrf", "token", "secret")
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if len(value) > 15 and not any(word in name.lower() for word in secret)
    ]
