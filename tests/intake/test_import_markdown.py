"""Markdown comes in with front matter or without; a broken file is said by its line and the others come in."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from failonce.failures.models import Failure
from tests.doors import run_cli

pytestmark = pytest.mark.django_db


def file_at(folder: Path, name: str, text: str | bytes) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_front_matter_of_a_status_page_is_understood(root, tmp_path):
    text = """---
title: "Mail: slow"
date: 2022-06-13T08:30:00-02:00
resolvedWhen: 2022-06-13T11:00:00-02:00
resolved: true
# levels: down, disrupted
severity: disrupted
affected:
  - Mail
  - Queue
section: issue
---
A queue was full.

---

It was emptied.
"""
    answer = run_cli(root, "import", str(file_at(tmp_path, "posts/2022-06-13-mail.md", text)))

    failure = Failure.objects.get()
    assert answer.exit_code == 0
    assert (failure.title, failure.story) == ("Mail: slow", "A queue was full.\n\n---\n\nIt was emptied.")
    assert failure.started_at == datetime(2022, 6, 13, 10, 30, tzinfo=UTC)
    assert failure.ended_at == datetime(2022, 6, 13, 13, tzinfo=UTC)
    assert {service.name for service in failure.services.all()} == {"Mail", "Queue"}
    assert failure.imported_as == "posts:2022-06-13-mail"


PLAIN = [
    ("2017-09-27-hub-403.md", "# 2017-09-27, Hub 403\n\nIt failed.\n", "2017-09-27, Hub 403", "2017-09-27"),
    ("2017-09-27-hub-403.md", "It failed.\n", "hub 403", "2017-09-27"),
    ("hub.md", "Hub down\n========\n\n**Date:** 4 December 2019\n\nIt failed.\n", "Hub down", "2019-12-04"),
    ("hub.md", "# Hub ##\n\nDate: 2019-12-04T10:30Z\nIt failed.\n", "Hub", "2019-12-04"),
    ("PM-009.md", "# Starved\n\n| 2019-12-04 00:30 | It failed |\n", "Starved", "2019-12-04"),
]


@pytest.mark.parametrize(("name", "text", "title", "day"), PLAIN)
def test_without_front_matter_title_and_day_are_read_from_heading_name_and_text(root, tmp_path, name, text, title, day):
    run_cli(root, "import", str(file_at(tmp_path, name, text)))

    failure = Failure.objects.get()
    assert failure.title == title
    assert failure.started_at.date().isoformat() == day
    assert not failure.story.startswith("#")


BROKEN = [
    (b"---\ntitle: a\n  b: [c\n---\nIt failed.\n", 3, "The YAML is broken"),
    (b"---\ntitle: 'open\n---\nIt failed.\n", None, "The YAML is broken"),
    (b"It failed.\n\ncaf\xe9\n", 3, "isn't UTF-8"),
    (b"It failed.\nAt\x00last.\n", 2, "NUL"),
    (b"---\ndate: 2022-02-31\n---\nIt failed.\n", None, "isn't a time"),
    (b"---\n" + b"[" * 5000 + b"\n---\nIt failed.\n", None, "YAML"),
    (b"---\ntitle: Nothing\n---\n\n", None, "Tell what happened"),
]


@pytest.mark.parametrize(("data", "line", "why"), BROKEN, ids=[why for _, _, why in BROKEN])
def test_a_broken_file_says_line_and_reason_and_the_others_come_in(root, tmp_path, data, line, why):
    file_at(tmp_path, "a.md", "# Good\n\nIt failed.\n")
    file_at(tmp_path, "b.md", data)
    file_at(tmp_path, "c.md", "# Good too\n\nIt failed again.\n")

    answer = run_cli(root, "import", "--json", str(tmp_path))

    (refused,) = json.loads(answer.stdout)["refused"]
    assert answer.exit_code == 3
    assert Failure.objects.count() == 2
    assert refused["file"].endswith("b.md")
    assert why in refused["why"]
    assert line in (None, refused["line"])


def test_a_folder_is_searched_and_what_is_no_failure_is_left_alone(root, tmp_path):
    file_at(tmp_path, "2020/one.md", "# One\n\nIt failed.\n")
    file_at(tmp_path, "2021/two without ending", "# Two\n\nIt failed.\n")
    file_at(tmp_path, "three.jsonl", '{"text": "It failed."}\n')
    file_at(tmp_path, "README.md", "# About these\n")
    file_at(tmp_path, "incident-template.md", "# What happened\n")
    file_at(tmp_path, "picture.png", b"\x89PNG")
    file_at(tmp_path, ".git/notes.md", "# Not yours\n")

    answer = run_cli(root, "import", "--json", str(tmp_path))

    left = next(each for each in json.loads(answer.stdout)["notices"] if each["what"].startswith("Left alone"))
    assert Failure.objects.count() == 3
    assert left["times"] == 3


def test_two_rulers_are_not_front_matter(root, tmp_path):
    run_cli(root, "import", str(file_at(tmp_path, "ruled.md", "---\nIt failed, between rulers.\n---\n\nAnd after.\n")))

    assert Failure.objects.get().story == "---\nIt failed, between rulers.\n---\n\nAnd after."


def test_a_file_imported_again_with_its_folder_is_here_already(root, tmp_path):
    path = file_at(tmp_path, "posts/hub.md", "# Hub\n\nIt failed.\n")
    run_cli(root, "import", str(path))

    answer = run_cli(root, "import", str(tmp_path))

    assert answer.stdout.strip() == "0 failures kept, 1 here already, 0 refused."
