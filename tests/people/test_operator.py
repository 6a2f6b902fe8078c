"""Who acts for the command line of a machine where nobody has an account yet."""

import pytest

from failonce.people.models import Person
from failonce.people.writes import operator
from tests.overlap import Aside, at_statement, overlapping


@pytest.mark.django_db
def test_an_empty_installation_gets_one() -> None:
    made = operator()

    assert made.is_administrator
    assert not made.has_usable_password()
    assert operator() == made


@pytest.mark.django_db
def test_an_administrator_acts_where_there_is_one(root: Person) -> None:
    assert operator() == root
    assert not Person.objects.filter(email="operator@localhost").exists()


class TestAtOnce:
    """Two commands, each the first of its installation."""

    pytestmark = overlapping

    def test_both_act_as_the_same_one(self, transactional_db: None) -> None:
        other = Aside(operator)

        def let_the_other_make_it() -> None:
            other.start()
            other.outcome()

        with at_statement("INSERT INTO", "operator@localhost", before=let_the_other_make_it):
            mine = operator()

        assert mine == other.outcome()
        assert Person.objects.count() == 1
