"""With FAILONCE_URL the command line works on a failonce elsewhere, or says that it doesn't; never here unawares."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pytest_django.live_server_helper import LiveServer

from failonce.catalogue.models import Service
from failonce.cli import sending
from failonce.cli.main import COMMANDS, cli
from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure
from failonce.history.models import Entry
from failonce.lessons.models import Lesson
from failonce.people.models import APIToken, Invitation, Person
from tests.doors import token_of

Run = Callable[..., Result]
HERE_ONLY = (
    "people link ada@example.org", "export out", "verify", "migrate", "doctor", "ranking show",
)  # fmt: skip
SERVICES = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: %s}\nspec: {dependsOn: [%s]}\n"


@pytest.fixture
def elsewhere(live_server: LiveServer, root: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command as Root of a failonce elsewhere; what this machine has is out of reach."""
    monkeypatch.setenv("FAILONCE_URL", live_server.url)
    monkeypatch.setenv("FAILONCE_TOKEN", token_of(root))
    monkeypatch.setattr("failonce.cli.opening._bring_up_to_date", lambda: pytest.fail("worked on this machine"))

    def run(*args: str, stdin: str = "") -> Result:
        return CliRunner().invoke(cli, list(args), input=stdin)

    return run


def test_people_are_invited_listed_and_given_tokens(elsewhere: Run, ada: Person, root: Person) -> None:
    invited = elsewhere("people", "invite", "di@example.org", "--team", "harbour")
    listed = elsewhere("people", "list")
    issued = elsewhere("people", "token", "--name", "ci", "--scope", "read", "--json")
    unknown = elsewhere("people", "invite", "dj@example.org", "--team", "moon")

    assert (invited.exit_code, listed.exit_code, issued.exit_code, unknown.exit_code) == (0, 0, 0, 1)
    assert "/join/" in invited.stdout
    assert Invitation.objects.get().team == ada.team
    assert listed.stdout.splitlines() == ["ada@example.org\tAda\tharbour", "root@example.org\tRoot\t"]
    assert APIToken.objects.get(pk=json.loads(issued.stdout)["number"]).person == root
    assert "moon" in unknown.stderr


def test_the_catalogue_is_imported_listed_and_shown(elsewhere: Run, tmp_path: Path) -> None:
    files = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for file, (name, needs) in zip(files, [("berths", "component:ledger"), ("ledger", "")], strict=True):
        file.write_text(SERVICES % (name, needs), encoding="utf-8")

    imported = elsewhere("catalogue", "import", *map(str, files))
    listed = elsewhere("catalogue", "list", "berth")
    shown = elsewhere("catalogue", "show", "berths")

    assert (imported.exit_code, listed.exit_code, shown.exit_code) == (0, 0, 0), imported.output
    assert imported.stdout == "added\tservice:berths\nadded\tservice:ledger\n"
    assert "2 added, 0 changed" in imported.stderr
    assert listed.stdout == "berths\n"
    assert "Needs: ledger" in shown.stdout
    assert Service.objects.get(slug="berths").depends_on.get().slug == "ledger"


def test_a_lesson_is_written_edited_renewed_and_retired(elsewhere: Run, root: Person) -> None:
    failure = _told(root)
    sentence = "When you empty a queue, remember to count, because it filled up."

    code = json.loads(elsewhere("lesson", "write", sentence, "--failure", failure.code, "--json").stdout)["code"]
    done = [
        elsewhere("lesson", "edit", code, "--remember", "to count twice", "--technology", "Redis"),
        elsewhere("lesson", "renew", code),
        elsewhere("lesson", "retire", code, "--because", "The queue is gone."),
    ]

    assert [each.exit_code for each in done] == [0, 0, 0], [each.output for each in done]
    lesson = Lesson.objects.get()
    assert (lesson.when_you, lesson.remember, lesson.technologies) == ("empty a queue", "to count twice", ["redis"])
    assert lesson.retired_because == "The queue is gone."


def test_json_lines_are_imported_in_parts(elsewhere: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PART", 150)
    file = tmp_path / "pager.jsonl"
    lines = [json.dumps({"id": number, "text": f"Disk {number} filled up.", "size": 1}) for number in range(8)]
    file.write_text("\n".join([*lines[:5], "{broken", "", *lines[5:]]), encoding="utf-8")

    tried = elsewhere("import", "--dry-run", str(file))
    done = elsewhere("import", "--json", str(file))
    again = elsewhere("import", str(file))

    assert (tried.exit_code, done.exit_code, again.exit_code) == (3, 3, 3), done.output
    assert tried.stdout == "8 failures would be kept, 0 here already, 1 refused.\n"
    assert again.stdout == "0 failures kept, 8 here already, 1 refused.\n"
    assert f"{file}:6: This isn't JSON" in again.stderr
    said = json.loads(done.stdout)
    assert (len(said["kept"]), [each["line"] for each in said["refused"]]) == (8, [6])
    assert len({notice["what"] for notice in said["notices"]}) == len(said["notices"]) < 8
    assert Failure.objects.earliest("pk").imported_as == f"{tmp_path.name}/pager:0"


@pytest.mark.parametrize(("token", "why"), [("fo_wrong", "doesn't know the token in"), ("", "FAILONCE_TOKEN is empty")])
def test_a_token_that_is_wrong_or_missing_is_named_by_its_setting(
    elsewhere: Run, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, token: str, why: str
) -> None:
    monkeypatch.setenv("FAILONCE_TOKEN", token)

    refused = elsewhere("recall", "disk")

    assert refused.exit_code == 1
    assert why in refused.stderr
    assert f"{live_server.url}/account/tokens/" in refused.stderr
    assert "Bearer" not in refused.stderr


@pytest.mark.parametrize("name", ["table.csv", "story.md", "list.jsonl", "folder"])
def test_what_is_no_json_lines_is_imported_where_the_data_is(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAILONCE_URL", "http://127.0.0.1:1")
    file = tmp_path / name
    file.mkdir() if name == "folder" else file.write_text("[{}]", encoding="utf-8")

    answer = CliRunner().invoke(cli, ["import", str(file)])

    assert answer.exit_code == 1
    assert "sends files of JSON Lines only" in answer.stderr


def test_answers_teach_and_are_forgotten(elsewhere: Run) -> None:
    learnt, restored = elsewhere("ranking", "learn"), elsewhere("ranking", "restore")

    assert "0 answers had something to teach" in learnt.stderr
    assert restored.exit_code == 0
    assert list(Entry.objects.values_list("verb", flat=True)) == ["ranking:learn", "ranking:restore"]


@pytest.mark.parametrize("command", HERE_ONLY)
def test_what_works_on_this_machine_only_says_so(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FAILONCE_URL", "http://127.0.0.1:1")
    monkeypatch.chdir(tmp_path)

    answer = CliRunner().invoke(cli, command.split(), prog_name="failonce")

    assert answer.exit_code == 1
    assert "works on this machine's data only, and FAILONCE_URL is set" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_command_is_known_to_work_elsewhere_or_not_to() -> None:
    elsewhere_too = {"tell", "recall", "preflight", "lesson", "people", "catalogue", "ranking", "import"}
    needs_nothing = {"settings", "serve"}  # serving is always meant on this machine

    assert COMMANDS.keys() == elsewhere_too | needs_nothing | {each.split()[0] for each in HERE_ONLY}


def _told(person: Person) -> Failure:
    telling = Telling(story="The queue filled up.", started_at=datetime(2026, 1, 5, tzinfo=UTC))
    return tell_failure(actor=person, telling=telling).failure
