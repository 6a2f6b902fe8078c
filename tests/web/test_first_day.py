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
