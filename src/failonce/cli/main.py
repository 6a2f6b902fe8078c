"""The `failonce` command: finds each subcommand in its file, only when it is asked for."""

import importlib
import sys
from typing import Any

import click

from failonce import __version__

# Imported on demand: `failonce preflight` sits in commit hooks and must start quickly.
COMMANDS = {
    "serve": "failonce.cli.serve:serve",
    "tell": "failonce.cli.failures:tell",
    "recall": "failonce.cli.recall:recall",
    "import": "failonce.cli.intake:import_",
    "people": "failonce.cli.people:people",
    "catalogue": "failonce.cli.catalogue:catalogue",
    "doctor": "failonce.cli.doctor:doctor",
    "export": "failonce.cli.intake:export",
    "lesson": "failonce.cli.lessons:lesson",
    "preflight": "failonce.cli.preflight:preflight",
    "ranking": "failonce.cli.ranking:ranking",
    "verify": "failonce.cli.installation:verify",
    "migrate": "failonce.cli.installation:migrate",
    "settings": "failonce.cli.installation:settings",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is named, and turns our errors into a sentence and a code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command by name."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return one command."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit 1 with one sentence for what a person can do something about."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            # The reader (head, say) has seen enough.
            sys.stderr.close()
            ctx.exit(0)
        except Exception as error:
            sentence = _sentence_for(error)
            if sentence is None:
                raise
            raise click.ClickException(sentence) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="failonce")
def cli() -> None:
    """Tell a failure once; be reminded before it repeats."""


def _sentence_for(error: Exception) -> str | None:
    """Return what to tell a person about this error, None for one that is a defect of ours."""
    from django.db import OperationalError

    from failonce.config.environment import BadSetting
    from failonce.people.errors import DomainError, Refused

    if isinstance(error, Refused) and error.fields:
        return "\n  ".join([error.message, *(f"{name}: {why}" for name, why in error.fields.items())])
    if isinstance(error, DomainError):
        return error.message
    if isinstance(error, BadSetting):
        return str(error)
    if isinstance(error, OperationalError):
        return f"The database can't take this right now ({error}); nothing was saved. Try again in a moment."
    return None
