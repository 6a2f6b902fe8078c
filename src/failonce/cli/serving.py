"""What the web server runs: the installation made ready, then the application in each worker."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from failonce import __version__
from failonce.cli.opening import say
from failonce.cli.progress import while_recall_reads

_FIRST_PAGE_SECONDS = 1.0
# What dependencies bring and no page of ours asks for; hashing and compressing it would double the first start.
_NOT_OURS_TO_SERVE = ("django_htmx", "redoc*")


def prepare(*, demo: bool) -> None:
    """Collect static files, load the demo if asked to, and say where to go."""
    from django.conf import settings

    _collect_static()
    if demo:
        _load_demo()
    say(f"failonce is at {settings.SITE_URL} (stop it with Ctrl-C).")
    if link := _sign_in_link(demo):
        say(f"Sign in, once, with {link}")
    _let_go_of_the_database()


def application() -> Any:
    """Return the application of one worker; it begins to remember in the background, a moment later."""
    from failonce.config.wsgi import application as wsgi

    # At once it would slow down the first page, which somebody waits for.
    warming = threading.Timer(_FIRST_PAGE_SECONDS, _warm)
    warming.daemon = True
    warming.start()
    return wsgi


def _warm() -> None:
    """Build the recall index before somebody waits for it."""
    from django.db import connection

    from failonce.modes.memory import memory

    try:
        # Lines, not a bar: each worker reads for itself, and writes into one log.
        with while_recall_reads(in_lines=True):
            memory.deepen()
    finally:
        connection.close()


def _load_demo() -> None:
    from failonce.demo import VISITOR
    from failonce.people.models import Person

    if Person.objects.filter(email=VISITOR).exists():
        return
    # Imported here: a demo that is loaded already starts sooner without the importers.
    from failonce.demo.loading import load

    if report := load():
        say(f"Loaded the demo: {report.summary()}")


def _sign_in_link(demo: bool) -> str:
    """Return a link for the demo's visitor, or for the operator while nobody else is here; otherwise nothing."""
    from failonce.demo import VISITOR
    from failonce.people.links import sign_in_link_for
    from failonce.people.models import Person
    from failonce.people.writes import operator

    if demo:
        return sign_in_link_for(Person.objects.get(email=VISITOR))

    person = operator()
    return "" if Person.objects.exclude(pk=person.pk).exists() else sign_in_link_for(person)


def _collect_static() -> None:
    """Bring the served copies up to date when a file of ours or the version changed; else cost nothing."""
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    mark, now = root / ".collected", _fingerprint()
    if mark.exists() and mark.read_text(encoding="ascii") == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=list(_NOT_OURS_TO_SERVE))
    mark.write_text(now, encoding="ascii")


def _fingerprint() -> str:
    lines = sorted(_static_files())
    return hashlib.sha256("\n".join([__version__, *lines]).encode()).hexdigest()


def _static_files() -> Iterator[str]:
    from django.contrib.staticfiles.finders import get_finders

    for finder in get_finders():
        for name, storage in finder.list([]):
            file = Path(storage.path(name)).stat()
            yield f"{name} {file.st_size} {file.st_mtime_ns}"


def _let_go_of_the_database() -> None:
    # Workers are forked from this process; a connection shared by two processes breaks both.
    from django.db import connections

    connections.close_all()
