"""What every test may ask for: the cast, and a database of its own for commands started beside the tests."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.utils.crypto import get_random_string

from tests.settings import TEST_DATABASE_URL

pytest_plugins = ["tests.cast"]


# Recall knows no database; the benchmark and the tutorial bring an installation of their own.
ONCE_IS_ENOUGH = ("recall", "intake/test_bench.py", "contracts/test_tutorial.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what does not depend on the database: what a browser shows, and the above."""
    if not TEST_DATABASE_URL:
        return
    here = Path(__file__).parent
    once = [here / each for each in ONCE_IS_ENOUGH]
    left_out = [
        item
        for item in items
        if item.get_closest_marker("browser") or any(item.path.is_relative_to(each) for each in once)
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


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
