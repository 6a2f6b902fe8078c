"""An import survives what happens to it: a stop half way, a busy database, input that nobody meant."""

import io
import json
from pathlib import Path

import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from failonce.failures.importing import FailureImport
from failonce.failures.models import Failure
from failonce.history.chain import verify
from failonce.intake.fields import FieldMap
from failonce.intake.jsonl import read_lines
from failonce.intake.report import Report
from failonce.intake.running import BATCH, import_records
from failonce.intake.understanding import Understanding
from failonce.people.models import Person
from tests.cast import make_person
from tests.doors import run_cli

pytestmark = pytest.mark.django_db


def many(tmp_path: Path, count: int) -> str:
    """Write so many small failures and return the path."""
    file = tmp_path / "many.jsonl"
    file.write_text(
        "".join(json.dumps({"id": number, "text": f"It failed {number}."}) + "\n" for number in range(count)),
        encoding="utf-8",
    )
    return str(file)


@pytest.mark.parametrize(
    ("happens", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Stopped. 400 failures kept, 0 here already, 0 refused. Repeat the command"),
        (OperationalError("database is locked"), 1, "The database can't take more right now (database is locked)"),
    ],
)
def test_an_import_that_was_stopped_goes_on_when_it_is_repeated(root, tmp_path, monkeypatch, happens, code, said):
    path = many(tmp_path, BATCH + 50)
    whole = FailureImport.take_in

    def first_batch_only(self, incoming):
        if len(incoming) < BATCH:
            raise happens
        return whole(self, incoming)

    monkeypatch.setattr(FailureImport, "take_in", first_batch_only)
    stopped = run_cli(root, "import", path)
    kept = Failure.objects.count()
    monkeypatch.undo()
    again = run_cli(root, "import", "--json", path)

    assert stopped.exit_code == code
    assert said in stopped.stderr
    assert kept == BATCH
    assert json.loads(again.stdout)["counts"]["failures"] == {"kept": 50, "here": BATCH, "refused": 0}
    assert list(verify()) == []


def test_a_batch_that_breaks_leaves_nothing_half_kept(root, tmp_path, monkeypatch):
    path = many(tmp_path, 10)

    def breaks(*args, **kwargs):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr("failonce.failures.importing.record_many", breaks)
    run_cli(root, "import", path)

    assert Failure.objects.count() == 0


def test_lines_from_a_pipe_come_in_once(root):
    lines = b'{"id": 1, "text": "It failed."}\n'

    first = run_cli(root, "import", "-", stdin=lines)
    second = run_cli(root, "import", "-", stdin=lines)

    assert first.stdout.startswith("1 failure kept")
    assert second.stdout.startswith("0 failures kept, 1 here already")


def test_progress_is_said_where_nobody_watches_a_bar(root, tmp_path):
    path = many(tmp_path, 3 * BATCH)

    answer = run_cli(root, "import", path)

    size = f"{Path(path).stat().st_size:,}"
    assert f"{size} of {size} bytes" in answer.stderr
    assert answer.stdout.strip() == "1,200 failures kept, 0 here already, 0 refused."


def test_an_export_that_finds_no_room_says_so(root, tmp_path, monkeypatch):
    def full(self, data):
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)

    answer = run_cli(root, "export", str(tmp_path / "out"))

    assert answer.exit_code == 1
    assert "No space left on device. The export is not whole" in answer.stderr


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["id", "source", "title", "text", "story", "created", "resolved", "kind", "services", "url", "impact", "summary"]
)


@given(records=st.lists(st.dictionaries(NAMES | st.text(max_size=5), ANYTHING, max_size=8), max_size=6))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_json_holds_is_kept_or_refused_with_a_reason(db, records):
    actor = Person.objects.filter(is_administrator=True).first() or make_person("Root", is_administrator=True)
    report = Report()
    lines = "\n".join(json.dumps(record) for record in records).encode()

    import_records(
        actor=actor,
        records=read_lines(io.BytesIO(lines), "any.jsonl", "any"),
        understanding=Understanding(actor=actor, fields=FieldMap()),
        report=report,
    )

    tally = report.tally("failures")
    assert tally.kept + tally.here + tally.refused == len(records)
    assert all(why for _, why in report.refused)
    assert json.dumps(report.as_data()).encode()
