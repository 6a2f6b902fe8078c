"""Answers a page request with the page, and an htmx request with the part of it that changes."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

# A cache that mixed these up would show somebody a page without its head, or a page inside a page.
DECIDING_HEADERS = ("HX-Request", "HX-History-Restore-Request", "HX-Boosted")


def page_or_fragment(
    request: HttpRequest,
    page_template: str,
    fragment_template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render the fragment if htmx will put it into a page that is already there, otherwise the whole page."""
    template = fragment_template if wants_fragment(request) else page_template
    response = render(request, template, dict(context), status=status)
    patch_vary_headers(response, DECIDING_HEADERS)
    return response


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether only a part of the page was asked for."""
    headers = request.headers
    if headers.get("HX-Request") != "true":
        return False
    # htmx sends HX-Request when it restores history or follows a boosted link too,
    # but then replaces the whole body with the answer.
    return "true" not in (headers.get("HX-History-Restore-Request"), headers.get("HX-Boosted"))
