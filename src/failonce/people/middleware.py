"""What every request passes: sign-in for pages, and text that any database can hold."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from failonce.people.words import NOTE, clean, is_clean

WHILE_TYPING = "Failonce-While-Typing"  # the header of what a page sends by itself


class SignInRequired(LoginRequiredMiddleware):
    """Sends strangers to the sign-in page, except under /api/, where a redirect would hide the 401."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Let API calls through to their token check; ask everybody else to sign in."""
        if request.path.startswith("/api/"):
            return None
        answer: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        return answer


class CleanWords:
    """Cleans query strings and forms before any page reads them, and says so; JSON bodies are the API's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "failonce.cleaned" in request.META:
            response["Failonce-Note"] = NOTE.replace("\ufffd", "U+FFFD")
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Replace what can't be kept; an address with such a character is nobody's."""
        if not is_clean(request.path_info):
            raise Http404
        if not _is_clean(request.GET):
            request.GET = _cleaned(request.GET)  # type: ignore[assignment]
            request.META["failonce.cleaned"] = True
        if request.path.startswith("/api/"):
            return  # reading a form here would take the body away from the API
        if request.method == "POST" and not _is_clean(request.POST):
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]
            request.META["failonce.cleaned"] = True
            if WHILE_TYPING not in request.headers:  # sent over and over; what is posted in the end says it once
                messages.warning(request, NOTE)


def _is_clean(sent: QueryDict) -> bool:
    return all(is_clean(name) and all(map(is_clean, values)) for name, values in sent.lists())


def _cleaned(sent: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True, encoding=sent.encoding)
    for name, values in sent.lists():
        kept.setlist(clean(name), [clean(value) for value in values])
    return kept
