"""What every test may ask for: the cast, and a database of its own for commands started beside the tests."""

from collections.abc import Iterator

import psycopg
import pytest
from django.utils.crypto import get_random_string

from tests.settings import TEST_DATABASE_URL

pytest_plugins = ["tests.cast"]


# Without one of these, pytest-django refuses a test every query, and no command it starts is told of a server.
DATABASES_OF_A_TEST = {"db", "transactional_db", "live_server", "postgresql_url", "database_url"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what can't differ there: what a browser shows, and what reaches no database."""
    if not TEST_DATABASE_URL:
        return
    left_out = [item for item in items if item.get_closest_marker("browser") or not reaches_a_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def reaches_a_database(item: pytest.Item) -> bool:
    """Tell whether a test, as it is written, asks for the database that this run is about."""
    asked_for = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or asked_for & DATABASES_OF_A_TEST)


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database; skips where the run has no server."""
    if not TEST_DATABASE_URL:
        pytest.skip("needs PostgreSQL, which ./dev test starts for its second run")
    name = f"test_{get_random_string(12).lower()}"
    with psycopg.connect(TEST_DATABASE_URL, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield TEST_DATABASE_URL.rpartition("/")[0] + f"/{name}"
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """The DATABASE_URL for a command started beside the tests: empty for SQLite, a new database on PostgreSQL."""
    return str(request.getfixturevalue("postgresql_url")) if TEST_DATABASE_URL else ""
