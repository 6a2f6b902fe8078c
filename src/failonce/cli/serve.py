"""`failonce serve`: the pages and the API, from one command."""

import errno
import os
import socket
from pathlib import Path

import click

from failonce.cli.opening import open_installation, say
from failonce.config.environment import env, home, keep_site_url

_BLOCKING_THREADS = 4  # measured best for pages that wait for a database


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen at.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at; 0.0.0.0 is all.")
@click.option("--demo", is_flag=True, help="Serve the demo organisation, from its own folder in FAILONCE_HOME.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="How many processes.")
def serve(port: int, host: str, demo: bool, workers: int) -> None:
    """Serve failonce until it is told to stop (Ctrl-C).

    The demo has a database of its own, FAILONCE_HOME/demo/failonce.sqlite3, even where DATABASE_URL is
    set, and sends no mail: it never meets real data. Deleting that folder deletes the demo.

    Exits 1 when the port is taken.
    """
    _demand_free(host, port)
    if demo:
        _move_to_demo()
    if not env("FAILONCE_SITE_URL"):
        keep_site_url(_site(host, port))
    open_installation(to_serve=True)
    from failonce.cli.serving import prepare

    prepare(demo=demo)
    _run(host, port, workers)
    say("Stopped.")


def _move_to_demo() -> None:
    """Point every setting that could lead to real data at the demo's own folder."""
    folder = home() / "demo"
    for name in ("DATABASE_URL", "FAILONCE_EMAIL_URL", "FAILONCE_SECRET_KEY", "FAILONCE_AS"):
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ.pop("FAILONCE_HOME_FILE", None)
    os.environ["FAILONCE_HOME"] = str(folder)
    os.environ.setdefault("FAILONCE_ORGANISATION", "Demo Harbour")


def _demand_free(host: str, port: int) -> None:
    """Stop with a sentence if somebody listens there; the server itself would share the port silently."""
    problem = _problem_with(host, port)
    if problem is None:
        return
    if problem.errno == errno.EADDRINUSE:
        free = next((each for each in range(port + 1, min(port + 100, 65536)) if not _problem_with(host, each)), None)
        raise click.ClickException(f"Port {port} is taken{f'; try --port {free}' if free else ''}.")
    if problem.errno == errno.EACCES:
        raise click.ClickException(f"Port {port} is for administrators of this machine; try --port 8000.")
    raise click.ClickException(f"Nobody can listen at {host}: {problem.strerror or problem}. Try --host 127.0.0.1.")


def _problem_with(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # A server stopped a moment ago leaves connections behind that don't stop a new one.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


def _site(host: str, port: int) -> str:
    everywhere = host in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
    name = "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host
    if everywhere:
        say(f"Links say http://{name}:{port}; set FAILONCE_SITE_URL to the address that people open.")
    return f"http://{name}:{port}"


def _run(host: str, port: int, workers: int) -> None:
    # Imported here: `failonce serve --help` needs no server.
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "failonce.cli.serving:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=_BLOCKING_THREADS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        working_dir=Path.cwd(),
    ).serve()
