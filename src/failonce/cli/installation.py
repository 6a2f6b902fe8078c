"""Looking after an installation: its schema, its settings, its history."""

import click

from failonce.cli.opening import open_installation, say
from failonce.config.environment import SETTINGS, env


@click.command()
def verify() -> None:
    """Check every row of history; exits 1 if any was altered."""
    open_installation()
    from failonce.history.chain import verify as faults_in_chain
    from failonce.history.models import Entry

    faults = list(faults_in_chain())
    for fault in faults:
        click.echo(f"entry {fault.sequence}: {fault.what}")
    say(f"Checked {Entry.objects.count()} entries of history: {len(faults) or 'no'} faults.")
    if faults:
        raise click.exceptions.Exit(1)


@click.command()
def migrate() -> None:
    """Bring the database up to date; every other command does this too."""
    open_installation()
    say("The database is up to date.")


@click.command()
def settings() -> None:
    """List every setting with its value; secrets are not shown."""
    for setting in SETTINGS:
        value = env(setting.name)
        secret = any(word in setting.name for word in ("SECRET", "TOKEN", "DATABASE_URL", "EMAIL_URL"))
        click.echo(f"{setting.name}={'(set)' if secret and value else value}\n    {setting.help}")
