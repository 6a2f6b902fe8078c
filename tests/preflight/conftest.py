"""Failures for preflights to be reminded of."""

import pytest

from failonce.failures.models import Failure
from failonce.people.models import Person
from tests.preflight.cast import POOL, tell


@pytest.fixture
def others(ada: Person) -> list[Failure]:
    """Failures about other things, so that some words are rarer than others."""
    stories = (
        "A switch lost power and two racks went dark.",
        "The invoice run was late because a holiday was missing in the calendar.",
        "Backups failed to copy to the second site for a week and nobody watched.",
        "A certificate of the login page expired on a Sunday.",
        "The search index was rebuilt with the wrong mapping and results were empty.",
        "A feature flag was flipped for all customers and the checkout broke.",
    )
    return [tell(ada, story, day) for day, story in enumerate(stories)]


@pytest.fixture
def pool(ada: Person, others: list[Failure]) -> Failure:
    """The failure that the risky change would repeat."""
    return tell(ada, POOL, 10)
