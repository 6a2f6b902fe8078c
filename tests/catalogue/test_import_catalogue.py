"""Importing a Backstage file through every door."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile

from failonce.catalogue.models import Service
from failonce.cli.progress import Progress
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in

TEXT = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: tide-tables, description: When the water comes.}
spec: {type: service, dependsOn: [component:moon]}
---
broken: [
"""
LEFT_OUT = [
    "(line 8) is left out: it isn't YAML",
    "component:default/tide-tables refers to component:default/moon is left out",
]


def through_the_page(person: Person, *, dry_run: bool) -> str:
    upload = SimpleUploadedFile("catalog-info.yaml", TEXT.encode())
    wish = "try" if dry_run else "import"
    answer = signed_in(person).post("/catalogue/import/", {"file": upload, "text": "", "wish": wish})
    assert answer.status_code == 200
    return answer.content.decode().replace("&#x27;", "'")


def through_the_api(person: Person, *, dry_run: bool) -> str:
    answer = call_api(person, "POST", "/catalogue/import", {"text": TEXT, "dry_run": dry_run})
    assert answer.json()["added"] == ["service:tide-tables"]
    assert answer.json()["dry_run"] is dry_run
    return " ".join([*answer.json()["left_out"], answer.json()["summary"]])


def through_the_cli(person: Person, *, dry_run: bool) -> str:
    result = run_cli(person, "catalogue", "import", "-", *(["--dry-run"] if dry_run else []), stdin=TEXT)
    assert result.stdout == "added\tservice:tide-tables\n"
    return result.stderr


@pytest.mark.parametrize("door", [through_the_page, through_the_api, through_the_cli])
@pytest.mark.parametrize("dry_run", [True, False])
def test_every_door_takes_it_in_and_says_what_is_left_out(
    root: Person, door: Callable[..., str], *, dry_run: bool
) -> None:
    said = door(root, dry_run=dry_run)

    assert Service.objects.filter(slug="tide-tables").exists() is not dry_run
    assert all(sentence in said for sentence in LEFT_OUT)
    assert ("1 would be added" if dry_run else "1 added") in said


def test_the_command_line_answers_in_json_and_takes_many_files(root: Person, tmp_path: Path) -> None:
    for name in ("a", "b"):
        text = TEXT.replace("tide-tables", name).replace("component:moon", "component:a")
        (tmp_path / f"{name}.yaml").write_text(text)

    result = run_cli(root, "catalogue", "import", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "--json")

    answer: dict[str, Any] = json.loads(result.stdout)
    assert answer["added"] == ["service:a", "service:b"]
    assert len(answer["left_out"]) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: \x00", b"x" * 5_000_001, b"[" * 10_000, b""])
def test_a_file_nobody_can_read_gets_an_answer_on_the_page(root: Person, content: bytes) -> None:
    upload = SimpleUploadedFile("catalog-info.yaml", content or b"\n")

    answer = signed_in(root).post("/catalogue/import/", {"file": upload, "wish": "import"})

    assert answer.status_code == 200
    assert "is left out" in answer.content.decode()


def test_nothing_chosen_and_nothing_pasted_is_said(root: Person) -> None:
    answer = signed_in(root).post("/catalogue/import/", {"text": "", "wish": "import"})

    assert answer.status_code == 422
    assert "Choose a file, or paste its text." in answer.content.decode()


def test_a_file_that_is_not_there_is_said_on_the_command_line(root: Person) -> None:
    result = run_cli(root, "catalogue", "import", "nowhere.yaml")

    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_a_stranger_to_the_practice_may_not(ada: Person) -> None:
    assert signed_in(ada).get("/catalogue/import/").status_code == 403
    assert call_api(ada, "POST", "/catalogue/import", {"text": TEXT}).status_code == 403
    assert run_cli(ada, "catalogue", "import", "-", stdin=TEXT).exit_code == 1
    assert not Service.objects.exists()


def test_the_command_line_shows_how_far_a_long_import_is(root: Person) -> None:
    services = yaml.safe_dump({"services": [{"slug": f"s-{number}"} for number in range(450)]})

    answer = run_cli(root, "catalogue", "import", "-", stdin=services)

    lines = [line for line in answer.stderr.splitlines() if "of 450 entries" in line]
    assert lines == ["200 of 450 entries", "400 of 450 entries", "450 of 450 entries"]


def test_a_stopped_import_says_what_it_kept(root: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(progress: Progress, done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "reach_of", stop)

    answer = run_cli(root, "catalogue", "import", "-", stdin="services: [{slug: a}, {slug: b}]")

    assert answer.exit_code == 130
    assert "Stopped. 2 added, 0 changed, 0 unchanged, 0 things left out. Repeat the command to go on." in answer.stderr
