"""The docs are contracts: what they name exists, and what they tell a newcomer to type does what they say."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from failonce.cli.main import cli
from failonce.config.environment import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "docs" / "reference"
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")} - set(GENERATED.glob("*.md")))
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
ONE_COMMAND = re.compile(r"\|\|?|&&|;|\$\(|\n")
BEFORE_IT = re.compile(r"^\s*(?:\w+=(?:\"[^\"]*\"|\S*)\s+)*")  # variables set for this command only
NAMED = re.compile(r"\b(?:FAILONCE_[A-Z_]+|DATABASE_URL)\b")


def commands(page: Path) -> Iterator[list[str]]:
    """Yield every `failonce …` and `./dev …` that a page shows, in its blocks for a shell and in its sentences."""
    text = page.read_text(encoding="utf-8")
    shown = [code for language, code in BLOCK.findall(text) if language in {"sh", "console"}]
    shown += SPAN.findall(BLOCK.sub("", text))
    for code in shown:
        for command in ONE_COMMAND.split(code.replace("\\\n", " ")):
            words = _words(BEFORE_IT.sub("", command))
            if words and (words[0] == "./dev" or words[0].rpartition("/")[2] == "failonce"):
                yield words


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command, comments=True)
    except ValueError:  # a quote that another command on the line closes
        return command.split()


def every_command(command: click.Command = cli, path: str = "failonce") -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from every_command(found, f"{path} {name}")


def problem_with(words: list[str]) -> str | None:
    """Say what is wrong with a command of ours, or None."""
    command: click.Command = cli
    if words[0] == "./dev":
        if words[1:] and words[1] not in verbs():
            return f"./dev has no verb {words[1]}"
        if words[1:2] != ["demo"] and words[1:2] != ["serve"]:
            return None  # other verbs hand their options on
        words = ["failonce", "serve", *words[2:]]
    for number, word in enumerate(words[1:], 1):
        if not isinstance(command, click.Group) or not re.fullmatch(r"[a-z-]+", word) or word.startswith("-"):
            break
        found = command.get_command(click.Context(command), word)
        if found is None:
            return f"no command {' '.join(words[: number + 1])}"
        command = found
    known = {name for each in command.get_params(click.Context(command)) for name in (*each.opts, *each.secondary_opts)}
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in known]
    return f"{' '.join(words)} has no {unknown[0]}" if unknown else None


def verbs() -> set[str]:
    """Return what ./dev lists."""
    listed = subprocess.run(["sh", str(ROOT / "dev")], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^  (\w+) ", listed, re.MULTILINE))


def test_every_command_in_the_docs_exists_with_its_options() -> None:
    named = [(page, words) for page in PAGES for words in commands(page)]

    problems = [f"{page.relative_to(ROOT)}: {wrong}" for page, words in named if (wrong := problem_with(words))]

    assert len(named) > 30
    assert problems == []


@pytest.mark.parametrize(
    "command", ["./dev dance", "failonce forget", "failonce people forget", "failonce tell --loudly", "./dev demo --x"]
)
def test_a_command_that_does_not_exist_is_seen(command: str) -> None:
    assert problem_with(command.split())


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = [(page, link) for page in PAGES for link in LINK.findall(page.read_text(encoding="utf-8"))]
    inside = [(page, link) for page, link in links if "://" not in link and not link.startswith("mailto:")]

    astray = [f"{page.relative_to(ROOT)}: {link}" for page, link in inside if not (page.parent / link).exists()]

    assert len(inside) > 10
    assert astray == []


def test_the_reference_pages_are_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "docs.generate", "--check"], cwd=ROOT, env=clean(), capture_output=True, text=True
    )

    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "Reference pages are up to date.\n")


def test_every_setting_is_documented_and_no_other() -> None:
    declared = {setting.name for setting in SETTINGS}
    page = (GENERATED / "settings.md").read_text(encoding="utf-8")
    named = {name.removesuffix("_FILE") for page in PAGES for name in NAMED.findall(page.read_text(encoding="utf-8"))}

    assert set(re.findall(r"^## (\w+)$", page, re.MULTILINE)) == declared
    assert named - declared == set()
    assert [setting.name for setting in SETTINGS if not setting.help.endswith(".")] == []


@pytest.mark.parametrize(("path", "command"), list(every_command()))
def test_every_command_and_option_has_help(path: str, command: click.Command) -> None:
    options = [each for each in command.params if isinstance(each, click.Option)]

    assert command.help
    assert [option.name for option in options if not option.help] == []
    assert f"## {path}\n" in (GENERATED / "commands.md").read_text(encoding="utf-8") or path == "failonce"


def clean(**more: str) -> dict[str, str]:
    """Return an environment that leads to nobody's installation."""
    ours = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FAILONCE_") and name not in ours}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *filter(None, sys.path)]), **more}
