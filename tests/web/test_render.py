"""An htmx request gets the part of a page that changes; everything else gets the page."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from failonce.web.render import page_or_fragment, wants_fragment


def asked_with(**headers: str) -> HttpRequest:
    return RequestFactory().get("/failures/", headers=headers)


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        # Going back in history replaces the whole body, so only a whole page will do.
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "false"}, False),
    ],
)
def test_only_a_plain_htmx_request_gets_the_fragment(headers: dict[str, str], fragment: bool) -> None:
    assert wants_fragment(asked_with(**headers)) is fragment


def test_a_cache_is_told_which_headers_decided() -> None:
    response = page_or_fragment(asked_with(), "web/_kept_words.html", "web/_pager.html", {"words": []})

    assert {"HX-Request", "HX-History-Restore-Request", "HX-Boosted"} <= set(response["Vary"].split(", "))


def test_page_and_fragment_come_from_their_own_templates() -> None:
    context = {"words": [("story", "The queue filled up.")]}

    page = page_or_fragment(asked_with(), "web/_kept_words.html", "web/_pager.html", context)
    fragment = page_or_fragment(
        asked_with(**{"HX-Request": "true"}), "web/_pager.html", "web/_kept_words.html", context
    )

    assert "The queue filled up." in page.content.decode()
    assert page.content == fragment.content


def test_the_status_is_kept() -> None:
    response = page_or_fragment(asked_with(), "web/_pager.html", "web/_pager.html", {}, status=422)

    assert response.status_code == 422
