"""The cast: three people, an administrator and what they have, for every test."""

import pytest

from failonce.people.models import Person, Team


def make_person(name: str, **fields: object) -> Person:
    """Return a saved person who can sign in with the password "correct horse battery"."""
    person = Person(email=f"{name.lower()}@example.org", name=name, **fields)
    person.set_password("correct horse battery")
    person.save()
    return person


@pytest.fixture
def harbour(db: None) -> Team:
    """A team."""
    return Team.objects.create(slug="harbour", name="Harbour")


@pytest.fixture
def ada(harbour: Team) -> Person:
    """Someone who tells."""
    return make_person("Ada", team=harbour)


@pytest.fixture
def bo(harbour: Team) -> Person:
    """A colleague."""
    return make_person("Bo", team=harbour)


@pytest.fixture
def cy(db: None) -> Person:
    """Someone of another team."""
    return make_person("Cy")


@pytest.fixture
def root(db: None) -> Person:
    """An administrator."""
    return make_person("Root", is_administrator=True)
