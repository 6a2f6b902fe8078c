"""Opening the installation that the command line works on, and saying who acts."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from failonce.cli.elsewhere import is_elsewhere
from failonce.config.environment import env
from failonce.people.words import clean

if TYPE_CHECKING:
    from failonce.people.models import Person

_MIGRATING = 0x6661696C  # PostgreSQL's locks go by numbers, shared with whatever else uses the database


def open_installation(*, to_serve: bool = False) -> None:
    """Set Django up on FAILONCE_HOME or DATABASE_URL, bringing an empty or older database up to date.

    Raises ClickException when FAILONCE_URL is set: whoever means a failonce elsewhere must not change this
    machine's data unawares. Commands that work elsewhere never come here then; serving is always meant here.
    """
    if is_elsewhere() and not to_serve:
        raise click.ClickException(
            f"{_command()} works on this machine's data only, and FAILONCE_URL is set to {env('FAILONCE_URL')}. "
            "Run it on that machine, or unset FAILONCE_URL to work on this machine's data."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "failonce.config.settings")
    import django

    django.setup()
    _bring_up_to_date()


def acting_person() -> "Person":
    """Return the person named by FAILONCE_AS, else the operator of this machine."""
    from failonce.people.models import Person
    from failonce.people.writes import operator

    if address := env("FAILONCE_AS"):
        found = Person.objects.filter(email__iexact=address, is_active=True).first()
        if found is None:
            raise click.ClickException(f"FAILONCE_AS is {address}, but nobody here has that address.")
        return found
    return operator()


def say(sentence: str) -> None:
    """Say on stderr what was done; stdout is for the answer."""
    click.echo(sentence, err=True)


def read_text(value: str, what: str) -> str:
    """Return the value itself, or what stands on stdin for `-`; NUL and broken UTF-8 become U+FFFD."""
    if value != "-":
        return clean(value)
    data = sys.stdin.buffer.read()
    text = data.decode("utf-8", errors="replace")
    if "\ufffd" in text:
        say(f"Some of the {what} wasn't UTF-8; those bytes are shown as \ufffd.")
    return clean(text)


def _command() -> str:
    context = click.get_current_context(silent=True)
    return context.command_path if context else "This"


def _bring_up_to_date() -> None:
    from django.core.management import call_command

    if _is_behind():
        with _one_at_a_time():
            if _is_behind():
                call_command("migrate", interactive=False, verbosity=0)


def _is_behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let others that start on the same database wait: two that make its tables at once would both fail."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])
    elif os.name == "posix" and (folder := Path(connection.settings_dict["NAME"]).parent).is_dir():
        import fcntl

        # The folder itself is locked: a file to lock would be one more that may belong to somebody else.
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(held)
    else:
        yield
