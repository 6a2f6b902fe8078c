"""The rules themselves: one for every verb, each saying in words who may."""

import pytest

from failonce.history.verbs import Verb
from failonce.people.deeds import DEEDS, who_may
from failonce.people.errors import NotAllowed
from failonce.people.models import Person
from failonce.people.permissions import RULES, describe, may, require
from tests.doors import signed_in


def test_every_verb_has_a_rule_and_words() -> None:
    assert set(RULES) == set(Verb)
    assert set(DEEDS) == set(Verb)
    assert sum(map(len, who_may().values())) == len(Verb)


@pytest.mark.parametrize("verb", list(Verb))
def test_every_rule_says_who_may(verb: Verb) -> None:
    assert RULES[verb]
    assert describe(verb).endswith(".")
    assert "None" not in describe(verb)


@pytest.mark.parametrize("verb", list(Verb))
def test_a_closed_account_may_nothing(root: Person, verb: Verb) -> None:
    root.is_active = False

    assert not may(root, verb, root)


def test_a_refusal_says_who_may(ada: Person) -> None:
    with pytest.raises(NotAllowed, match=r"Administrators\."):
        require(ada, Verb.PERSON_INVITE)


def test_the_page_shows_every_rule(ada: Person) -> None:
    page = signed_in(ada).get("/people/who-may/").content.decode()

    for verb in Verb:
        assert DEEDS[verb][1:] in page
        assert describe(verb).split(".")[0] in page
