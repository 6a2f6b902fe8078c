"""Writes the reference pages from the code; with --check, says which are out of date."""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

REFERENCE = Path(__file__).parent / "reference"


def settings_page() -> str:
    """Return every setting with its default and its sentence."""
    from failonce.config.environment import SETTINGS

    lines = ["# Settings", "", "All come from the environment; everything works with none set."]
    lines += ["`NAME_FILE` may name a file that holds the value instead.", ""]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else "empty"
        lines += [f"## {setting.name}", "", setting.help, f"Default: {default}.", ""]
    return "\n".join(lines)


def commands_page() -> str:
    """Return the help of every command."""
    from failonce.cli.main import cli

    root = click.Context(cli, info_name="failonce", terminal_width=100, max_content_width=100)
    lines = ["# Commands", "", "Every command says what it did on stderr and keeps stdout for the answer."]
    lines += ["Exit codes: 0 done, 1 not done (with a sentence), 2 called wrongly; preflight adds 3.", ""]
    for name in cli.list_commands(root):
        lines += _help_of(_command(cli, root, name), root, name)
    return "\n".join(lines)


def _help_of(command: click.Command, parent: click.Context, name: str) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
    lines = [f"## {context.command_path}", "", "```text", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            lines += _help_of(_command(command, context, child), context, child)
    return lines


def _command(group: click.Group, context: click.Context, name: str) -> click.Command:
    found = group.get_command(context, name)
    if found is None:
        raise LookupError(f"{name} is listed as a command but can't be found.")
    return found


def permissions_page() -> str:
    """Return who may do what, from the one place that decides it."""
    from failonce.history.verbs import Verb
    from failonce.people.permissions import describe

    lines = ["# Who may do what", "", "Whoever may not is told who may.", "", "| verb | who |", "|---|---|"]
    lines += [f"| `{verb.value}` | {describe(verb)} |" for verb in Verb]
    return "\n".join([*lines, ""])


def openapi() -> str:
    """Return the API's description, for machines and for seeing what a change promises."""
    from failonce.api.api import api

    # Through JSON once, because response codes come as numbers and as words, which don't sort together.
    schema = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/"), default=str))
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "commands.md": commands_page,
    "permissions.md": permissions_page,
    "openapi.json": openapi,
}


def main() -> int:
    """Write or check every page; return 1 if a checked page is out of date."""
    stale = []
    for name, write in PAGES.items():
        file, text = REFERENCE / name, write()
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                file.parent.mkdir(exist_ok=True)
                file.write_text(text, encoding="utf-8")
    told = "out of date, run ./dev docs" if "--check" in sys.argv else "written"
    print(f"Reference pages {told}: {', '.join(stale)}." if stale else "Reference pages are up to date.")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    os.environ["FAILONCE_HOME"] = tempfile.mkdtemp()  # the pages must not depend on anybody's installation
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "failonce.config.settings")
    import django

    django.setup()
    sys.exit(main())
