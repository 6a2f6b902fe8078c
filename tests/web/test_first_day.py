"""An installation in which nobody has told anything: each page says what will be here, and offers one first step."""

import pytest

from failonce.people.models import Person
from tests.doors import signed_in


def test_the_front_page_offers_to_tell_once(ada: Person) -> None:
    assert signed_in(ada).get("/").content.decode().count('href="/failures/new/"') == 1


@pytest.mark.parametrize("page", ["/failures/", "/catalogue/", "/lessons/"])
def test_nothing_is_searched_where_nothing_is(ada: Person, page: str) -> None:
    assert 'role="search"' not in signed_in(ada).get(page).content.decode()
    if page != "/lessons/":
        assert 'role="search"' in signed_in(ada).get(f"{page}?q=queue").content.decode()


def test_no_answer_no_learning(root: Person) -> None:
    assert "Learn from the answers" not in signed_in(root).get("/modes/ranking/").content.decode()


@pytest.mark.parametrize("page", ["/lessons/", "/modes/"])
def test_where_nothing_is_told_an_empty_list_leads_to_telling(
    ada: Person, page: str, request: pytest.FixtureRequest
) -> None:
    empty = signed_in(ada).get(page).content.decode().partition("<main")[2]
    request.getfixturevalue("adas_failure")
    told = signed_in(ada).get(page).content.decode().partition("<main")[2]

    assert ('href="/failures/new/"' in empty, "Read the failures" in empty) == (True, False)
    assert ('href="/failures/new/"' in told, "Read the failures" in told) == (False, True)


def test_before_a_change_one_reads_that_there_is_nothing_to_remember(
    ada: Person, request: pytest.FixtureRequest
) -> None:
    empty = signed_in(ada).get("/preflight/").content.decode()
    asked = signed_in(ada).post("/preflight/", {"change": "Fewer connections to the pool."}, follow=True)
    request.getfixturevalue("adas_failure")

    assert "Nothing to remember yet." in empty
    assert "nothing to compare this change with" in asked.content.decode()
    assert "Nothing to remember yet." not in signed_in(ada).get("/preflight/").content.decode()


@pytest.mark.parametrize("page", ["/teams/", "/people/"])
def test_a_list_that_begins_empty_says_what_it_is_for(ada: Person, page: str) -> None:
    assert '<p class="summary">' in signed_in(ada).get(page).content.decode()
