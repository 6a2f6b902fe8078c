"""The browser may forget its copy of a draft only once the server has the words."""

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from failonce.web.drafts import COOKIE, DraftDone


def answered(response: HttpResponse, **posted: str) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        return response

    return DraftDone(view)(RequestFactory().post("/failures/new/", posted))


def test_a_redirect_after_a_post_says_which_draft_is_done() -> None:
    response = answered(HttpResponseRedirect("/failures/F-1/"), _draft="edit-F-1")

    assert response.cookies[COOKIE].value == "edit-F-1"


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse("Say what happened.", status=422),
        HttpResponse("Busy.", status=503),
        # The session had run out: nothing was saved.
        HttpResponseRedirect("/sign-in/?next=/failures/new/"),
    ],
)
def test_nothing_is_forgotten_unless_it_was_taken(response: HttpResponse) -> None:
    assert COOKIE not in answered(response, _draft="tell").cookies


@pytest.mark.parametrize("key", ["", "a b", "x;path=/", "ü", "k" * 81])
def test_only_a_plain_key_is_echoed(key: str) -> None:
    assert COOKIE not in answered(HttpResponseRedirect("/"), _draft=key).cookies
