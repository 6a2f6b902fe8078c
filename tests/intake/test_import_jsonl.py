"""JSON Lines come in through every door, once, and every line that doesn't says why."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from failonce.catalogue.models import Service
from failonce.failures.models import STORY_LIMIT, Failure
from failonce.history.chain import verify
from failonce.history.models import Entry
from failonce.modes.resemblance import resembling_text
from tests.doors import run_cli

pytestmark = pytest.mark.django_db

FULL = {
    "id": "pager:17",
    "source": "pager",
    "title": "Queue filled up",
    "text": "The queue filled up because nobody consumed it.",
    "created": "2025-03-04 05:06:07+01:00",
    "resolved": "2025-03-04T06:00:00Z",
    "services": ["Queue broker", {"name": "Mail"}],
    "url": "https://status.example.org/17",
    "kind": "failed rollout",
    "severity": "minor",
}


def lines(tmp_path: Path, *records: object) -> str:
    """Write records, or raw lines, as one file and return its path."""
    file = tmp_path / "pager.jsonl"
    written = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in records]
    file.write_bytes(b"\n".join(written) + b"\n")
    return str(file)


def counts(answer) -> tuple[int, int, int]:
    """Return how many failures were kept, here already, and refused."""
    said = json.loads(answer.stdout)["counts"]["failures"]
    return said["kept"], said["here"], said["refused"]


def test_a_full_record_keeps_everything_that_has_a_place(root, tmp_path):
    answer = run_cli(root, "import", "--json", lines(tmp_path, FULL))

    failure = Failure.objects.get()
    assert answer.exit_code == 0
    assert failure.imported_as == "pager:pager:17"
    assert failure.title == "Queue filled up"
    assert failure.story == "The queue filled up because nobody consumed it."
    assert failure.kind == "failed_deployment"
    assert failure.source == "https://status.example.org/17"
    assert failure.started_at == datetime(2025, 3, 4, 4, 6, 7, tzinfo=UTC)
    assert failure.ended_at == datetime(2025, 3, 4, 6, tzinfo=UTC)
    assert failure.told_at == failure.started_at
    assert failure.told_by == root
    assert {service.name for service in failure.services.all()} == {"Queue broker", "Mail"}
    assert "read as failed deployment" in answer.stderr
    assert "Not in the catalogue yet, and kept as names: Queue broker, Mail." in answer.stderr
    assert "'severity' has no place here" in answer.stderr


def test_a_title_and_a_text_are_enough(root, tmp_path):
    with time_machine.travel("2026-05-01T10:00:00Z", tick=False):
        answer = run_cli(root, "import", lines(tmp_path, {"title": "Slow", "text": "Everything was slow."}))

    failure = Failure.objects.get()
    assert answer.exit_code == 0
    assert failure.started_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert "counts as started when it was imported" in answer.stderr
    assert Service.objects.count() == 0


def test_an_import_repeated_changes_nothing_and_says_so(root, tmp_path):
    path = lines(tmp_path, FULL, {"title": "Slow", "text": "Everything was slow."}, FULL)
    first = run_cli(root, "import", "--json", path)
    entries = Entry.objects.count()

    second = run_cli(root, "import", "--json", path)

    assert counts(first) == (2, 1, 0)
    assert counts(second) == (0, 3, 0)
    assert (Failure.objects.count(), Entry.objects.count()) == (2, entries)
    assert "0 failures kept, 3 here already" in json.loads(second.stdout)["summary"]


def test_what_was_edited_here_stays_as_it_is(root, tmp_path):
    path = lines(tmp_path, FULL)
    run_cli(root, "import", path)
    Failure.objects.update(title="Named better")

    run_cli(root, "import", path)

    assert Failure.objects.get().title == "Named better"


def test_a_dry_run_reports_the_same_and_keeps_nothing(root, tmp_path):
    path = lines(tmp_path, FULL, FULL, {"title": "Nothing said"})

    dry = run_cli(root, "import", "--json", "--dry-run", path)

    assert Failure.objects.count() == Service.objects.count() == Entry.objects.count() == 0
    wet = run_cli(root, "import", "--json", path)
    assert counts(dry) == counts(wet) == (1, 1, 1)
    assert json.loads(dry.stdout)["refused"] == json.loads(wet.stdout)["refused"]


BAD = [
    (b'{"title": "Half', "This isn't JSON"),
    (b'["a list"]', "A failure is an object"),
    (b"17", "A failure is an object"),
    (b'{"title": "Latin", "text": "caf\xe9"}', "isn't UTF-8 (byte 32)"),
    (b'{"title": "Nul", "text": "a\x00b"}', "NUL"),
    ({"title": "Empty", "text": "   "}, "Tell what happened"),
    ({"title": "Silent"}, "Tell what happened"),
    ({"title": "Big", "text": "x" * (STORY_LIMIT + 1)}, "failonce keeps up to 1,000,000"),
    ({"title": "Soon", "text": "It will fail.", "created": "2999-01-01T00:00:00Z"}, "lies in the future"),
    ({"title": "Long ago", "text": "A ship sank.", "created": "0628-08-10T16:00:00Z"}, "before the year 1000"),
    ({"title": "When", "text": "It failed.", "created": "some time in spring"}, "isn't a time such as"),
    ({"title": "Either", "text": "It failed.", "created": "03/04/2025"}, "may be two different days"),
    ({"title": "Where", "text": "It failed.", "impact": [{"offering": "nobody-knows"}]}, "no offering called"),
    ({"title": "Many", "text": "It failed.", "services": [str(n) for n in range(60)]}, "at most 50"),
]


@pytest.mark.parametrize(("bad", "why"), BAD, ids=[why for _, why in BAD])
def test_a_bad_line_says_why_and_the_others_come_in(root, tmp_path, bad, why):
    good = {"title": "Good", "text": "The disk filled up."}

    answer = run_cli(root, "import", "--json", lines(tmp_path, good, bad, {**good, "title": "Good too"}))

    refused = json.loads(answer.stdout)["refused"]
    assert answer.exit_code == 3
    assert counts(answer) == (2, 0, 1)
    assert why in refused[0]["why"]
    assert refused[0]["line"] == 2
    assert f"pager.jsonl:2: {refused[0]['why']}" in answer.stderr


def test_an_end_that_cannot_be_one_is_left_out_and_said(root, tmp_path):
    early = {"text": "It failed.", "created": "2025-03-04T10:00:00Z", "resolved": "2025-03-04T09:00:00Z"}
    future = {"text": "It fails.", "created": "2025-03-04T10:00:00Z", "resolved": "2999-01-01T00:00:00Z"}

    answer = run_cli(root, "import", lines(tmp_path, early, future))

    assert [failure.ended_at for failure in Failure.objects.all()] == [None, None]
    assert "ends before it starts; the end is left out" in answer.stderr
    assert "ends in the future; the end is left out" in answer.stderr


def test_text_that_no_database_holds_is_kept_in_what_can_be_shown(root, tmp_path):
    odd = {"title": "Odd\u0000", "text": "a \ud800 b \u0000 c", "kind": "\ud800", "id": "\ud800\u0000", "x\ud800": 1}

    answer = run_cli(root, "import", lines(tmp_path, odd))

    assert answer.exit_code == 0
    assert Failure.objects.get().story == "a ? b \ufffd c"


def test_fields_can_be_named_and_lie_deeper(root, tmp_path):
    issue = {"key": "OPS-1", "fields": {"summary": "Full disk", "description": "The disk filled up."}}

    answer = run_cli(
        root, "import", "--map", "title=fields.summary", "--map", "story=fields.description", "--source", "jira",
        lines(tmp_path, issue),
    )  # fmt: skip

    failure = Failure.objects.get()
    assert answer.exit_code == 0
    assert (failure.title, failure.story, failure.imported_as) == ("Full disk", "The disk filled up.", "jira:OPS-1")


def test_a_mapping_of_a_field_we_do_not_have_is_refused_in_words(root, tmp_path):
    answer = run_cli(root, "import", "--map", "blame=Assignee", lines(tmp_path, FULL))

    assert answer.exit_code == 1
    assert "'blame=Assignee' isn't a mapping such as title=Summary" in answer.stderr


def test_one_json_list_is_read_like_lines(root, tmp_path):
    file = tmp_path / "all.json"
    file.write_text(json.dumps([FULL, {"title": "No story"}], indent=1), encoding="utf-8")

    answer = run_cli(root, "import", "--json", str(file))

    assert counts(answer) == (1, 0, 1)
    assert json.loads(answer.stdout)["refused"][0]["file"].endswith("all.json, entry 2")


def test_what_was_private_elsewhere_stays_so(root, ada, tmp_path):
    run_cli(root, "import", lines(tmp_path, {"text": "A secret failed.", "visibility": "Confidential"}))

    assert Failure.objects.get().visibility == "restricted"
    assert not Failure.objects.visible_to(ada).exists()


def test_recall_knows_what_was_imported_and_history_holds(root, tmp_path):
    run_cli(root, "import", lines(tmp_path, FULL, {"text": "A certificate expired on the mail relay."}))

    found = resembling_text(root, story="The certificate of the mail relay had expired.")
    assert "certificate" in found[0].failure.story
    assert list(verify()) == []


def test_only_administrators_import(ada, tmp_path):
    answer = run_cli(ada, "import", lines(tmp_path, FULL))

    assert answer.exit_code == 1
    assert "This isn't yours to do" in answer.stderr
    assert Failure.objects.count() == 0


def test_the_whole_report_goes_into_a_file(root, tmp_path):
    file = tmp_path / "report.json"

    run_cli(root, "import", "--report", str(file), lines(tmp_path, FULL, {"title": "No story"}))

    assert [each["line"] for each in json.loads(file.read_text(encoding="utf-8"))["refused"]] == [2]


def test_a_path_that_is_not_there_is_said(root, tmp_path):
    answer = run_cli(root, "import", str(tmp_path / "nowhere.jsonl"))

    assert answer.exit_code == 1
    assert "nowhere.jsonl isn't there." in answer.stderr
