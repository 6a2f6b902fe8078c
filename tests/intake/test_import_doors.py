"""One import, three doors: the page looks first, the API takes small bodies, the command line does the rest."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from failonce.failures.models import Failure
from failonce.history.models import Entry
from failonce.history.verbs import Verb
from failonce.people.models import Person
from tests.doors import run_cli, signed_in, token_of

pytestmark = pytest.mark.django_db

LINES = b"""{"id": 7, "title": "Full", "text": "The disk filled up.", "created": "2025-03-04", "services": ["Mail"]}
{"title": "Nothing said"}
"""


def through_the_page(person: Person, tmp_path: Path) -> None:
    client = signed_in(person)
    looked_at = client.post("/import/", {"file": SimpleUploadedFile("pager.jsonl", LINES), "source": "pager"})
    client.post(f"/import/{looked_at.context['upload'].key}/")


def through_the_api(person: Person, tmp_path: Path) -> None:
    headers = {"Authorization": f"Bearer {token_of(person)}"}
    Client().generic("POST", "/api/import?source=pager", LINES, "application/x-ndjson", headers=headers)


def through_the_cli(person: Person, tmp_path: Path) -> None:
    (tmp_path / "pager.jsonl").write_bytes(LINES)
    run_cli(person, "import", "--source", "pager", str(tmp_path / "pager.jsonl"))


DOORS = [through_the_page, through_the_api, through_the_cli]


@pytest.mark.parametrize("door", DOORS)
def test_every_door_imports_the_same_failure(root, tmp_path, door):
    door(root, tmp_path)

    failure = Failure.objects.get()
    assert (failure.title, failure.story, failure.imported_as) == ("Full", "The disk filled up.", "pager:7")
    assert [service.name for service in failure.services.all()] == ["Mail"]
    assert failure.told_by == root


@pytest.mark.parametrize("first", DOORS)
@pytest.mark.parametrize("second", DOORS)
def test_what_came_through_one_door_is_known_at_the_others(root, tmp_path, first, second):
    first(root, tmp_path)
    Failure.objects.update(title="Named better")

    second(root, tmp_path)

    assert [failure.title for failure in Failure.objects.all()] == ["Named better"]


def test_only_administrators_find_the_doors(ada, tmp_path):
    page = signed_in(ada).get("/import/")
    headers = {"Authorization": f"Bearer {token_of(ada)}"}
    answer = Client().generic("POST", "/api/import", LINES, "application/x-ndjson", headers=headers)

    assert (page.status_code, answer.status_code) == (403, 403)
    assert Failure.objects.count() == 0


def test_the_page_shows_what_would_happen_and_what_did(root):
    client = signed_in(root)

    looked_at = client.post("/import/", {"file": SimpleUploadedFile("pager.jsonl", LINES)}).content.decode()
    assert Failure.objects.count() == 0
    assert "1 failure would be kept, 0 here already, 1 refused." in looked_at
    assert "Tell what happened, in your own words" in looked_at
    assert "Not in the catalogue yet, and kept as names: Mail." in looked_at

    action = looked_at.split('action="/import/')[1].split('"')[0]
    done = client.post(f"/import/{action}").content.decode()
    assert "What was imported" in done
    assert Failure.objects.get().code in done


def test_files_are_kept_for_their_person_until_they_are_imported(root, tmp_path):
    other = Person.objects.create(email="other@example.org", name="Other", is_administrator=True)
    key = signed_in(root).post("/import/", {"file": SimpleUploadedFile("a.jsonl", LINES)}).context["upload"].key

    assert signed_in(other).post(f"/import/{key}/").status_code == 404
    assert signed_in(root).post(f"/import/{key}/").status_code == 200
    assert signed_in(root).post(f"/import/{key}/").status_code == 404
    assert list((Path(settings.HOME) / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({}, "Choose a file, or several."),
        ({"file": SimpleUploadedFile("a.jsonl", LINES), "map": "blame=Assignee"}, "isn&#x27;t a mapping such as"),
        ({"file": SimpleUploadedFile("../../a.png", b"\x89PNG")}, "neither JSON Lines, CSV nor Markdown"),
    ],
)
def test_what_cannot_be_read_comes_back_with_a_reason_and_every_word(root, sent, problem):
    answer = signed_in(root).post("/import/", {**sent, "source": "our pager"})

    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert "our pager" in answer.content.decode()


def test_several_files_come_in_together(root):
    files = [
        SimpleUploadedFile("a.jsonl", LINES),
        SimpleUploadedFile("2024-05-06-hub.md", b"# Hub\n\nIt failed.\n"),
        SimpleUploadedFile("b.csv", b"Title,Text\nSlow,It was slow.\n"),
    ]
    client = signed_in(root)
    key = client.post("/import/", {"file": files}).context["upload"].key

    client.post(f"/import/{key}/")

    assert set(Failure.objects.values_list("title", flat=True)) == {"Full", "Hub", "Slow"}
    assert Failure.objects.get(title="Hub").started_at.date().isoformat() == "2024-05-06"


def test_the_api_tells_what_it_refused_and_keeps_nothing_on_a_dry_run(root):
    headers = {"Authorization": f"Bearer {token_of(root)}"}
    answer = Client().generic("POST", "/api/import?dry_run=true", LINES, "application/x-ndjson", headers=headers)

    assert answer.status_code == 200
    assert answer.json()["counts"]["failures"] == {"kept": 1, "here": 0, "refused": 1}
    assert answer.json()["refused"][0]["line"] == 2
    assert Failure.objects.count() == 0


def test_a_body_too_large_for_the_api_is_told_so(root):
    headers = {"Authorization": f"Bearer {token_of(root)}"}
    answer = Client().generic("POST", "/api/import", b" " * 5_000_001, "application/x-ndjson", headers=headers)

    assert answer.status_code == 422
    assert "Send it in parts" in answer.json()["detail"]


def test_with_another_installation_in_mind_nothing_is_imported_here(root, tmp_path, monkeypatch):
    monkeypatch.setenv("FAILONCE_URL", "http://127.0.0.1:1")
    (tmp_path / "pager.jsonl").write_bytes(LINES)

    answer = run_cli(root, "import", str(tmp_path / "pager.jsonl"))

    assert answer.exit_code == 1
    assert "http://127.0.0.1:1 didn't answer" in answer.stderr
    assert not Failure.objects.exists()


def test_what_a_line_says_of_its_source_comes_before_what_is_said_of_all(root, tmp_path):
    line = b'{"id": 7, "from": "pager", "text": "The disk filled up."}'
    headers = {"Authorization": f"Bearer {token_of(root)}"}
    (tmp_path / "all.jsonl").write_bytes(line)

    run_cli(root, "import", "--source", "tracker", str(tmp_path / "all.jsonl"))
    Client().generic("POST", "/api/import?source=tracker", line, "application/x-ndjson", headers=headers)

    assert Failure.objects.get().imported_as == "pager:7"


def test_an_imported_failure_says_so_in_its_history(root, tmp_path):
    through_the_cli(root, tmp_path)

    (entry,) = Entry.objects.filter(subject=Failure.objects.get().code)
    assert (entry.verb, entry.actor, entry.details["imported_as"]) == (Verb.FAILURE_IMPORT, root, "pager:7")
