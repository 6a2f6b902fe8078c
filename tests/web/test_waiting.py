"""Whoever waits for an answer while typing is told so, by a word that shows after a moment."""

import re

import pytest

from failonce.catalogue.models import Service
from failonce.failures.models import Failure
from failonce.people.models import Person
from tests.doors import signed_in


@pytest.mark.parametrize("page", ["/failures/", "/catalogue/"])
def test_a_list_that_looks_while_one_types_says_so_in_its_form(bo: Person, adas_failure: Failure, page: str) -> None:
    Service.objects.create(slug="queue", name="Queue")

    shown = signed_in(bo).get(page).content.decode()

    # Without the name of another place, htmx marks the form itself.
    form = re.search(r"<form([^>]*\shx-get=[^>]*)>(.*?)</form>", shown, re.DOTALL)
    assert form
    assert "hx-indicator" not in form[1]
    assert '<span class="htmx-indicator">Looking…</span>' in form[2]


def test_the_telling_says_beside_the_story_that_it_looks(bo: Person) -> None:
    shown = signed_in(bo).get("/failures/new/", follow=True).content.decode()

    looks = re.search(r'<div id="resembling"[^>]*\shx-indicator="#([\w-]+)"', shown)
    assert looks
    assert f'<p class="htmx-indicator" id="{looks[1]}">Looking for earlier ones…</p>' in shown
