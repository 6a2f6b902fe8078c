"""The cast: three people, an administrator and what they have, for every test."""

from datetime import UTC, datetime

import pytest

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure
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


@pytest.fixture
def adas_failure(ada: Person) -> Failure:
    """A failure that Ada told."""
    telling = Telling(story="The queue filled up.", started_at=datetime(2026, 1, 5, 10, tzinfo=UTC))
    return tell_failure(actor=ada, telling=telling).failure
