"""Whoever waits for an answer while typing is told so, by a word that shows after a moment."""

import re

import pytest

from failonce.failures.models import Failure
from failonce.people.models import Person
from tests.doors import signed_in


@pytest.mark.parametrize("page", ["/failures/", "/failures/new/"])
def test_a_page_that_looks_while_one_types_says_that_it_looks(bo: Person, adas_failure: Failure, page: str) -> None:
    shown = signed_in(bo).get(page, follow=True).content.decode()

    named = re.search(r'hx-indicator="#([\w-]+)"', shown)
    marked = re.search(r'<(?:p|span) class="htmx-indicator"(?: id="([\w-]+)")?>Looking', shown)
    assert marked
    assert not named or named[1] == marked[1]
