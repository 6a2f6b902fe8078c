"""Tables come in with a column map; a broken row is said by its line and the others come in."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from failonce.failures.models import Failure
from tests.doors import run_cli

pytestmark = pytest.mark.django_db

TRACKER = (
    "Summary,Issue id,Created,Description\r\n"
    '"Disk, full",17,2020-01-02 17:14:21+00:00,"The disk\r\nfilled ""up""."\r\n'
    "Slow mail,18,02.01.2020 18:30,Mail was slow.\r\n"
)
MAPS = ("--map", "title=Summary", "--map", "story=Description", "--map", "started_at=Created", "--map", "id=Issue id")


def table(tmp_path: Path, data: str | bytes, name: str = "tracker.csv") -> str:
    """Write a table and return its path."""
    file = tmp_path / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(file)


def refusals(answer) -> list[tuple[int, str]]:
    """Return line and reason of every refusal."""
    return [(each["line"], each["why"]) for each in json.loads(answer.stdout)["refused"]]


def test_a_table_comes_in_by_its_map(root, tmp_path):
    answer = run_cli(root, "import", *MAPS, "--source", "tracker", table(tmp_path, TRACKER))

    first, second = Failure.objects.order_by("pk")
    assert answer.exit_code == 0
    assert (first.title, first.story, first.imported_as) == ("Disk, full", 'The disk\r\nfilled "up".', "tracker:17")
    assert first.started_at == datetime(2020, 1, 2, 17, 14, 21, tzinfo=UTC)
    assert second.started_at == datetime(2020, 1, 2, 18, 30, tzinfo=UTC)


SHAPES: dict[str, str | bytes] = {
    "semicolons": "Title;Text;Date\nFull;The disk filled up;2020-01-02\n",
    "tabs": "Title\tText\tDate\nFull\tThe disk filled up\t2020-01-02\n",
    "a byte order mark": b"\xef\xbb\xbfTitle,Text,Date\nFull,The disk filled up,2020-01-02\n",
    "UTF-16": "Title,Text,Date\nFull,The disk filled up,2020-01-02\n".encode("utf-16"),
    "a separator line": "sep=;\nTitle;Text;Date\nFull;The disk filled up;2020-01-02\n",
    "empty lines": "\n\nTitle,Text,Date\n\nFull,The disk filled up,2020-01-02\n\n",
    "other spellings": "Issue-Title,short_description,Description,Created At\n-,Full,The disk filled up,2020-01-02\n",
    "backslashes": 'Title,Text,Date\nFull,"The \\"disk\\" filled up",2020-01-02\n',
}


@pytest.mark.parametrize("shape", SHAPES)
def test_tables_of_many_shapes_are_understood(root, tmp_path, shape):
    answer = run_cli(root, "import", table(tmp_path, SHAPES[shape]))

    failure = Failure.objects.get()
    assert answer.exit_code == 0
    assert (failure.title, failure.story.replace('"', "")) == ("Full", "The disk filled up")
    assert failure.started_at == datetime(2020, 1, 2, tzinfo=UTC)


def test_a_code_page_is_read_when_it_is_named(root, tmp_path):
    path = table(tmp_path, "Title,Text\nCafé,Die Straße war gesperrt\nPlain,Plain\n".encode("cp1252"))

    unnamed = run_cli(root, "import", "--json", path)
    named = run_cli(root, "import", "--encoding", "cp1252", path)

    assert refusals(unnamed) == [
        (2, "This row isn't UTF-8. Save the file as UTF-8, or say --encoding cp1252."),
    ]
    assert named.exit_code == 0
    assert Failure.objects.filter(story="Die Straße war gesperrt").exists()


def test_broken_rows_are_said_by_line_and_the_others_come_in(root, tmp_path):
    broken = (
        "Title,Text\n"
        "One,First\n"
        "Two\n"
        "Three,Third,too much\n"
        'Four,"Fourth" and more\n'
        "Five,a\x00b\n"
        "Six,\n"
        '"Seven,"never\nclosed\n'
        "Eight,Eighth\n"
    )

    answer = run_cli(root, "import", "--json", table(tmp_path, broken))

    assert answer.exit_code == 3
    assert list(Failure.objects.order_by("pk").values_list("title", flat=True)) == ["One", "Eight"]
    assert [line for line, _ in refusals(answer)] == [3, 4, 5, 6, 7, 8, 9]
    assert "The row has 1 columns, the header 2" in refusals(answer)[0][1]
    assert "Is a quote missing?" in refusals(answer)[2][1]


def test_an_open_quote_costs_its_row_and_not_the_rest(root, tmp_path):
    rows = "".join(f"Row {number},Story {number}\n" for number in range(3, 30))

    answer = run_cli(root, "import", "--json", table(tmp_path, 'Title,Text\n"Open,Story\n' + rows))

    assert Failure.objects.count() == 27
    assert [line for line, _ in refusals(answer)] == [2]


def test_a_table_of_broken_quotes_ends_in_an_answer(root, tmp_path):
    answer = run_cli(root, "import", "--json", table(tmp_path, "Title,Text\n" + '"a"b,c\n' * 5000))

    assert len(refusals(answer)) == 51
    assert "Too many rows are broken" in refusals(answer)[-1][1]


def test_a_table_that_does_not_say_what_happened_is_refused_with_its_columns(root, tmp_path):
    answer = run_cli(root, "import", table(tmp_path, "Assignee,Priority\nsomebody,high\n"))

    assert answer.exit_code == 3
    assert "Say which: --map story=COLUMN. Its columns: Assignee, Priority." in answer.stderr


def test_a_mapped_column_that_is_not_there_is_said(root, tmp_path):
    answer = run_cli(root, "import", "--map", "story=Storry", table(tmp_path, "Title,Story\na,b\n"))

    assert answer.exit_code == 3
    assert "has no column 'Storry'. Its columns: Title, Story." in answer.stderr
    assert Failure.objects.count() == 0


def test_columns_of_one_name_are_taken_together(root, tmp_path):
    run_cli(root, "import", table(tmp_path, "Title,Text,Component,Component\nFull,It failed,Mail,Queue\n"))

    assert {service.name for service in Failure.objects.get().services.all()} == {"Mail", "Queue"}


def test_an_empty_table_brings_nothing(root, tmp_path):
    answer = run_cli(root, "import", table(tmp_path, ""))

    assert answer.exit_code == 0
    assert answer.stdout.strip() == "0 failures kept, 0 here already, 0 refused."
