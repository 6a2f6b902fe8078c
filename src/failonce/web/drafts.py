"""Tells the browser when a draft it keeps has reached the server, so that it may forget its copy."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "failonce_draft_done"
KEY = re.compile(r"[\w.-]{1,80}", re.ASCII)


class DraftDone:
    """Echoes the key of a posted draft in a cookie once a redirect shows that its words were taken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in {302, 303} and (key := _key_of(request)) and not _asks_to_sign_in(response):
            # Not HttpOnly: draft.js reads it on the next page. A minute is enough to get there.
            response.set_cookie(COOKIE, key, max_age=60, samesite="Lax", secure=request.is_secure())
        return response


def _key_of(request: HttpRequest) -> str:
    if request.method != "POST" or request.path.startswith("/api/"):
        return ""
    key = str(request.POST.get("_draft", ""))
    return key if KEY.fullmatch(key) else ""


def _asks_to_sign_in(response: HttpResponse) -> bool:
    # A session that ran out answers a post with a redirect too; then nothing was saved.
    return response.headers.get("Location", "").startswith(str(settings.LOGIN_URL))
