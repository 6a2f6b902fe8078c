"""How a change about to go out is read."""

from __future__ import annotations

import pytest

from failonce.recall import Index, Query, Text
from failonce.recall.globs import names_a_place
from failonce.recall.reading import read_query

DIFF = """\
Raise the pool size

Signed-off-by: Ada <ada@example.org>
diff --git a/deploy/pool.yaml b/deploy/pool.yaml
index 83db48f..bf2a1c0 100644
--- a/deploy/pool.yaml
+++ b/deploy/pool.yaml
@@ -1,3 +1,3 @@
-max_connections: 100
+max_connections: 400
diff --git a/old.sql b/db/new.sql
similarity index 100%
rename from old.sql
rename to db/new.sql
"""


def test_the_paths_of_a_diff_are_found() -> None:
    read = read_query(Query(DIFF, kind="change", paths=("Makefile",)))

    assert read.paths == ("Makefile", "deploy/pool.yaml", "db/new.sql", "old.sql")


def test_the_machinery_of_a_diff_does_not_count() -> None:
    read = read_query(Query(DIFF, kind="change"))

    assert "ada" not in read.body
    assert "similar" not in read.body
    assert "maxconnect" in read.body


@pytest.mark.parametrize("glob", ["deploy/**", "*.sql", "pool.yaml", "/db/"])
def test_a_lesson_about_a_touched_path_is_found(glob: str) -> None:
    index = Index()
    index.put(Text("L-1", "When you change this", "ask first", paths=(glob,)))

    hits = index.search(Query(DIFF, kind="change"))

    assert [hit.key for hit in hits] == ["L-1"]
    assert hits[0].because[0].startswith("touches ")


@pytest.mark.parametrize("glob", ["docs/**", "*.py", "deploy/*.sql", "ool.yaml", ""])
def test_a_lesson_about_other_paths_is_not(glob: str) -> None:
    index = Index()
    index.put(Text("L-1", "When you change this", "ask first", paths=(glob,)))

    assert index.search(Query(DIFF, kind="change")) == []


def test_a_story_that_quotes_a_diff_touches_nothing() -> None:
    assert read_query(Query(DIFF)).paths == ()


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("Alter the orders table", ""),
        ("Add a migration for the orders table", "migration"),
        ("Bump the vendor library", "dependency"),
        ("diff --git a/infra/main.tf b/infra/main.tf\n", "infrastructure"),
        ("Grant the role to readers\n\nand a migration below", "access"),
    ],
)
def test_the_kind_of_a_change_is_read_from_its_first_line_and_paths(change: str, kind: str) -> None:
    read = read_query(Query(change, kind="change"))

    assert (kind in read.kinds) if kind else not read.kinds
    assert kind == "migration" or "migration" not in read.kinds


def test_of_two_lessons_alike_the_one_for_this_kind_comes_first() -> None:
    index = Index()
    index.put(Text("L-1", "When you touch orders", "look at the locks", kinds_of_change=("access",)))
    index.put(Text("L-2", "When you touch orders", "look at the locks", kinds_of_change=("migration",)))

    hits = index.search(Query("Migration of the orders table", kind="change"))

    assert [hit.key for hit in hits] == ["L-2", "L-1"]
    assert "same kind of change: migration" in hits[0].because


@pytest.mark.parametrize(
    ("glob", "place"),
    [
        ("*.c++", False),
        ("**/**.tar-gz", False),
        (".*", False),
        ("**/*", False),
        (".github/**", True),
        ("*_test.go", True),
    ],
)
def test_a_kind_of_file_is_no_place(glob: str, place: bool) -> None:
    assert names_a_place(glob) is place


@pytest.mark.parametrize("lamps", [0, 250])
@pytest.mark.parametrize(
    ("globs", "said"),
    [
        (("deploy/pool.yaml",), True),
        (("deploy/**",), True),
        (("**/pool*",), True),
        (("*.sql", "db/**"), True),
        (("*.sql",), False),
        (("**/*.sql",), False),
        (("/*.sql",), False),
        (("**.sql",), False),
        (("/deploy/**",), True),
    ],
)
def test_a_place_named_in_a_lesson_is_reason_enough_to_speak(globs: tuple[str, ...], said: bool, lamps: int) -> None:
    index = Index()
    index.put(Text("L-1", "When you touch a label", "say so in the documentation", paths=globs))
    index.put_many(Text(f"F-{n}", f"Lamp {n}", f"A lamp went out in hall {n}") for n in range(lamps))

    (hit,) = index.search(Query(DIFF, kind="change"), limit=1)

    assert hit.key == "L-1"
    assert hit.said is said
