"""A locked database, a full disk, a lost database: the person gets a sentence and their words back."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from failonce.failures.models import Failure
from failonce.people.models import Person
from tests.cast import make_person
from tests.doors import call_api, run_cli, signed_in

STORY = "The nightly job filled the disk, and nobody was told."
FORM = {"story": STORY, "kind": "incident", "visibility": "everyone"}

only_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a locked file is SQLite's trouble")
pytestmark = [pytest.mark.django_db(transaction=True), only_sqlite]


@pytest.fixture
def ada() -> Person:
    return make_person("Ada")


@contextmanager
def locked_database() -> Iterator[None]:
    """Hold the write lock from outside, and let our side give up at once instead of after its 20 seconds."""
    connection.ensure_connection()
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    connection.cursor().execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()
        connection.cursor().execute("PRAGMA busy_timeout = 20000")


@contextmanager
def full_disk() -> Iterator[None]:
    """Let the database file grow no further: SQLite answers as it does on a full disk."""
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        connection.cursor().execute("PRAGMA max_page_count = 4294967294")


def test_a_locked_database_gives_the_words_back_on_the_page(ada: Person) -> None:
    browser = signed_in(ada)
    with locked_database():
        answer = browser.post(f"/failures/new/{uuid.uuid4()}/", FORM)

    assert answer.status_code == 503
    assert STORY in answer.content.decode()
    assert Failure.objects.count() == 0


def test_a_locked_database_is_said_by_the_api_and_the_terminal(ada: Person) -> None:
    token_and_all = call_api(ada, "GET", "/failures")
    assert token_and_all.status_code == 200
    with locked_database():
        terminal = run_cli(ada, "tell", "--story", STORY)

    assert terminal.exit_code == 1
    assert "nothing was saved" in terminal.stderr


def test_a_full_disk_writes_nothing_by_halves_and_recovers(ada: Person) -> None:
    browser = signed_in(ada)
    long_story = "All of this has to fit. " * 20_000
    with full_disk():
        answer = browser.post(f"/failures/new/{uuid.uuid4()}/", FORM | {"story": long_story})

    assert answer.status_code == 503
    assert "All of this has to fit." in answer.content.decode()
    assert Failure.objects.count() == 0
    assert browser.post(f"/failures/new/{uuid.uuid4()}/", FORM).status_code == 302
    assert Failure.objects.count() == 1


def test_five_megabytes_are_refused_with_the_words_kept(ada: Person) -> None:
    story = "x" * 5_000_000

    answer = signed_in(ada).post(f"/failures/new/{uuid.uuid4()}/", FORM | {"story": story})

    assert answer.status_code == 422
    assert "5,000,000 characters" in answer.content.decode()
    assert story in answer.content.decode()
