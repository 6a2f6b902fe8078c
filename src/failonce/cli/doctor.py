"""`failonce doctor`: what is well and what is not with this installation, in words."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import click

from failonce.cli.opening import open_installation, say
from failonce.cli.progress import while_recall_reads

_ROOM_NEEDED = 500 * 1024 * 1024  # bytes; below this a backup or an import may not fit


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, and a sentence about it."""

    is_well: bool
    sentence: str


@click.command()
def doctor() -> None:
    """Look at the data folder, the database, history, mail and recall; exits 1 if something needs you."""
    open_installation()
    findings = [*_home(), *_database(), *_history(), *_mail(), *_address(), *_recall()]
    for finding in findings:
        click.echo(f"{'well' if finding.is_well else 'LOOK'}  {finding.sentence}")
    ill = sum(not finding.is_well for finding in findings)
    say(f"Looked at {len(findings)} things; {ill or 'none'} of them need you.")
    if ill:
        raise click.exceptions.Exit(1)


def _home() -> Iterator[Finding]:
    from django.conf import settings

    free = shutil.disk_usage(settings.HOME).free
    yield Finding(free > _ROOM_NEEDED, f"Data lives in {settings.HOME}; {free / 2**30:.1f} GiB of its disk are free.")
    if settings.HOME.stat().st_mode & 0o077:
        yield Finding(False, f"Others on this machine can open that folder. Run: chmod 700 {settings.HOME}")


def _database() -> Iterator[Finding]:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            yield Finding(True, f"The database is {connection.display_name}.")
            return
        cursor.execute("PRAGMA quick_check(5)")
        faults = [row[0] for row in cursor.fetchall()]
    if faults == ["ok"]:
        yield Finding(True, "The database is SQLite, and whole.")
    else:
        yield Finding(False, f"SQLite finds: {'; '.join(faults)}. Restore your last backup.")


def _history() -> Iterator[Finding]:
    from failonce.history.chain import verify

    fault = next(verify(), None)
    if fault is None:
        yield Finding(True, "History is as it was written.")
    else:
        yield Finding(False, f"History isn't as it was written, from entry {fault.sequence} on. See failonce verify.")


def _mail() -> Iterator[Finding]:
    from failonce.config.environment import env

    if env("FAILONCE_EMAIL_URL"):
        yield Finding(True, "Mail goes out by FAILONCE_EMAIL_URL.")
    else:
        yield Finding(
            True, "No mail is sent until FAILONCE_EMAIL_URL is set; forgotten passwords need failonce people."
        )


def _address() -> Iterator[Finding]:
    from urllib.parse import urlsplit

    from django.conf import settings

    site, address = urlsplit(settings.SITE_URL), settings.SITE_URL
    if site.scheme == "https" or site.hostname in {"127.0.0.1", "localhost", "::1"}:
        yield Finding(True, f"People open {address}.")
    else:
        yield Finding(False, f"People open {address}, so passwords travel unencrypted. Put HTTPS in front of it.")
    if settings.DEBUG:
        yield Finding(False, "FAILONCE_DEBUG shows error details to anyone. Unset it.")


def _recall() -> Iterator[Finding]:
    from django.conf import settings

    from failonce.modes.memory import memory
    from failonce.recall import semantic

    with while_recall_reads():
        known = len(memory.follow())
    yield Finding(True, f"Recall knows {known:,} failures and lessons.")
    yield Finding(True, semantic.describe(settings.SEMANTIC_MODEL, settings.HOME))
