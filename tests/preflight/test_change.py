"""What a change says, from a sentence to fifty megabytes of anything."""

import io
import time
import tracemalloc

import pytest

from failonce.preflight.change import LOOKED_AT, Change, decoded, read_change
from failonce.preflight.listing import lines_of, title_of
from failonce.recall import Query
from failonce.recall.reading import read_query

GIT = """\
From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001
Date: Mon, 4 May 2026 10:00:00 +0200
Subject: Raise the limit

diff --git a/config/pool.yaml b/config/pool.yaml
index 83db48f..bf269f4 100644
--- a/config/pool.yaml
+++ b/config/pool.yaml
@@ -1,4 +1,4 @@
-max: 10
+max: 100
"""


def read(text: str, size: int | None = None) -> Change:
    """Read a text in one piece, or in pieces of a size."""
    return read_change([text] if size is None else (text[at : at + size] for at in range(0, len(text), size)))


PATHS = [
    ("Just words about a/b.py and --- dashes.", (), "prose names no paths"),
    (GIT, ("config/pool.yaml",), "a path is found once, without git's letters"),
    ("--- a/old.sql\n+++ /dev/null\n", ("old.sql",), "a removed file counts, /dev/null doesn't"),
    ("--- /dev/null\n+++ b/new.sql\n", ("new.sql",), "a new file counts"),
    ("--- src/a.py\t2026-01-01\n+++ src/a.py\t2026-01-02\n", ("src/a.py",), "plain diff -u has times, no letters"),
    ("--- db/a.sql\n+++ db/b.sql\n", ("db/a.sql", "db/b.sql"), "a folder of two letters is no git prefix"),
    ("--- i/a.sql\n+++ w/a.sql\n", ("a.sql",), "git's mnemonic letters go as well"),
    ("diff --git a/logo.png b/logo.png\nBinary files differ\n", ("logo.png",), "a binary file has a head only"),
    ("diff --git a/a b.txt b/a b.txt\nold mode 100644\n", ("a b.txt",), "a path with a space"),
    ("diff --git x/run x/run\nnew mode 100755\n", ("run",), "letters are any two"),
    ("diff --git a/x b/y\nrename from x\nrename to y\n", ("x", "y"), "a rename names both"),
    ("diff --cc db/schema.sql\n", ("db/schema.sql",), "a merge"),
    ('--- "a/caf\\303\\251 \\"x\\".txt"\n+++ "b/caf\\303\\251 \\"x\\".txt"\n', ('café "x".txt',), "git's quoting"),
    ("@@ -1 +1 @@\n--- drop table users\n+SELECT 1\n", (), "a removed SQL comment is no path"),
    ("diff --git a/a.py b/a.py\r\n--- a/a.py\r\n+++ b/a.py\r\n", ("a.py",), "lines may end as on Windows"),
]


@pytest.mark.parametrize(("text", "paths", "why"), PATHS, ids=[why for _, _, why in PATHS])
@pytest.mark.parametrize("size", [None, 1, 7])
def test_paths_are_found_however_it_arrives(text, paths, why, size):
    assert read(text, size).paths == paths


SAME = [
    ("\n".join(f"\x1b[1;32m{line}\x1b[m" for line in GIT.splitlines()), "a terminal's colours"),
    (GIT.replace("83db48f..bf269f4", "aaaaaaa..bbbbbbb"), "blobs of a rebase"),
    (GIT.replace("-1,4 +1,4", "-11,4 +12,4"), "lines that moved"),
    (GIT.replace("Mon, 4 May", "Tue, 5 May"), "another day"),
    (GIT.replace("0123456789abcdef", "fedcba9876543210"), "another commit id"),
    (GIT.replace("\n", "\r\n"), "a browser's line ends"),
    (GIT + "\n\n", "blank lines at the end"),
]


@pytest.mark.parametrize(("text", "why"), SAME, ids=[why for _, why in SAME])
def test_the_same_change_asked_again_is_recognised(text, why):
    assert read(text).digest == read(GIT).digest


@pytest.mark.parametrize("text", [GIT.replace("100\n", "101\n"), GIT.replace("pool", "tool"), "max: 100", ""])
def test_another_change_is_another(text):
    assert read(text).digest != read(GIT).digest


def test_a_change_cut_by_a_client_is_the_same_on_the_server():
    whole = "word " * LOOKED_AT + GIT
    sent = read(whole)

    received = read_change([sent.text], sent.paths)

    assert received.digest == sent.digest
    assert received.paths == ("config/pool.yaml",)
    assert received.text == sent.text


def test_two_long_changes_with_one_beginning_stay_two():
    beginning = "word " * LOOKED_AT

    assert read(beginning + "one").digest != read(beginning + "two").digest


def test_the_beginning_ends_with_a_whole_line_and_says_how_much_is_left():
    change = read("a line of a log\n" * 50_000)

    kept, _, rest = change.text.rpartition("\n[")
    assert kept.endswith("a line of a log\n")
    assert rest.startswith(f"{800_000 - len(kept):,} more characters")
    assert "first 200,000 characters" in change.notices[0]


@pytest.mark.parametrize(
    ("piece", "why"),
    [
        (b"+some added line of a vendored file\n", "a vendored tree"),
        (b"diff --git a/v/x.js b/v/x.js\n--- a/v/x.js\n+++ b/v/x.js\n", "the head of a file, over and over"),
        (b"\x00\xff\xfe\x00binary", "binary junk without a line end"),
        (b"\n", "nothing but line ends"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_fifty_megabytes_take_little_time(piece, why):
    last = b"\n--- a/last/of/all.sql\n+++ b/last/of/all.sql\n"
    stream = io.BytesIO(piece * (50_000_000 // len(piece)) + last)
    begun = time.process_time()

    change = read_change(decoded(stream))

    assert time.process_time() - begun < 10
    assert change.paths[-1] == "last/of/all.sql"
    assert len(change.text) < LOOKED_AT + 1_000


def test_what_is_read_is_not_kept():
    stream = io.BytesIO(b"+some added line of a vendored file\n" * 800_000)
    tracemalloc.start()

    read_change(decoded(stream))

    assert tracemalloc.get_traced_memory()[1] < 15_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(("folder", "many"), [("v", 2_000), ("v" * 95, 500)], ids=["short", "long"])
def test_ten_thousand_paths_are_bounded_and_that_is_said(folder, many):
    change = read("".join(f"--- a/{folder}/{n:04}\n+++ b/{folder}/{n:04}\n" for n in range(10_000)))

    assert len(change.paths) == many
    assert f"more than {many:,} paths" in " ".join(change.notices)
    compared = read_query(Query(change.text, paths=change.paths, kind="change")).paths
    assert compared == change.paths, "as many as it says"


@pytest.mark.parametrize("size", [None, 1, 7])
def test_colours_hide_no_path_however_it_arrives(size):
    lines = "".join(f"\x1b[1m{line}\x1b[m\n" for line in GIT.splitlines())

    change = read(lines, size)

    assert change.text == GIT
    assert change.paths == ("config/pool.yaml",)


def test_a_path_nobody_could_type_is_left_out():
    assert read(f"--- a/{'x' * 2_000}\n+++ b/{'x' * 2_000}\n").paths == ()


def test_bytes_that_are_no_text_are_shown_as_such():
    change = read_change(decoded(io.BytesIO(b"caf\xc3\xa9 \xff \x00 caf\xc3")))

    assert change.text == "café \ufffd \ufffd caf\ufffd"


@pytest.mark.parametrize("text", ["", " \n\t\n ", "\r\n"])
def test_nothing_is_nothing_to_look_at(text):
    assert read(text).is_empty


CALLED = [
    ("Lower the limit\n\nBecause.", "Lower the limit", "a commit message is called by its subject"),
    (GIT, "Raise the limit", "and so is a mailed patch"),
    ("commit 0123456\nAuthor: A <a@b.c>\nDate:   today\n\n    Raise it\n", "Raise it", "and a log entry"),
    ("diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n", "x.py", "a bare diff by the first path it touches"),
    ("diff --git\n", "diff --git", "anything else by its first line"),
    ("## Why\n\nOrders wait.\n", "Orders wait.", "a filled-in template by what stands under its first heading"),
    ("## What does this do?\n\nIt waits.\n", "It waits.", "a template that asks by its first answer"),
    ("# Upgrade Redis to 7\n\nSoon.\n", "Upgrade Redis to 7", "a heading that says something by that"),
    ("#1234: fewer retries", "#1234: fewer retries", "and a number by itself"),
    ("## Why\n", "## Why", "a heading alone by itself"),
    (" \n", "", "nothing by nothing"),
]


@pytest.mark.parametrize(("text", "title", "why"), CALLED, ids=[why for _, _, why in CALLED])
def test_a_change_has_a_name_for_lists(text, title, why):
    assert title_of(text) == title


def test_a_list_behind_a_diff_is_none_of_its_lines():
    hunk = "@@ -1,2 +1,2 @@\n-max: 10\n+max: 100\n end\n"
    for diff in (hunk, f"--- a.yaml\n+++ a.yaml\n{hunk}", f"diff --git a/a.yaml b/a.yaml\n{hunk}"):
        kinds = {line: kind for kind, line in lines_of(f"{diff}\n- a step\n+ another\n")}

        assert (kinds["-max: 10"], kinds["+max: 100"], kinds["@@ -1,2 +1,2 @@"]) == ("removed", "added", "where")
        assert kinds["- a step"] == kinds["+ another"] == ""


# What stands below "--- x.yml" and "+++ x.yml", and which of its lines were removed and added.
HUNKS = [
    ('@@ -1,3 +1,3 @@\n "a\u2028b\x0cc"\n-old\n+new\n end', ["-old"], ["+new"], "line ends that git doesn't know"),
    ("@@ -1,20 +1,20 @@\n a\n...\n-old\n+new", ["-old"], ["+new"], "a hunk shortened by hand"),
    ("@@ -1,2 +1,2 @@\n ...\n-old\n+new\n- a step", ["-old"], ["+new"], "dots that are there, a list behind it"),
    ("@@ -1 +1 @@\n-a\n+b\n-old\n+new", ["-a", "-old"], ["+b", "+new"], "a hunk that says too little"),
    (f"@@ -1,{'9' * 5000} +1,2 @@\n-old\n+new", ["-old"], ["+new"], "a number that is none"),
    (
        "@@@ -1,2 -1,2 +1,2 @@@\n- old\n -x\n++y\n +z\n\n- a",
        ["- old", " -x"],
        ["++y", " +z"],
        "a merge, a list behind it",
    ),
    ("+new", [], ["+new"], "an excerpt without a hunk"),
    ("GIT binary patch\nliteral 9\n+cmYL\n\n- a step", [], ["+cmYL"], "a binary file, and a list behind it"),
]


@pytest.mark.parametrize(("hunk", "removed", "added", "why"), HUNKS, ids=[why for *_, why in HUNKS])
def test_lines_of_any_hunk_are_told_apart(hunk, removed, added, why):
    lines = lines_of(f"--- x.yml\n+++ x.yml\n{hunk}\n")

    assert [line for kind, line in lines if kind == "removed"] == removed
    assert [line for kind, line in lines if kind == "added"] == added


def test_one_name_is_enough_for_what_was_changed_below_it():
    assert [kind for kind, _ in lines_of("+++ b/x.yml\n+a: 1\n")] == ["where", "added"]
    assert [kind for kind, _ in lines_of("--- Steps\n- one\n")] == ["", ""]


def test_lines_are_told_apart_and_prose_stays_prose():
    log = "- a dash in prose\n" + GIT + "commit 0123456\n\n    - another dash\n"

    kinds = {line: kind for kind, line in lines_of(log)}

    assert (kinds["-max: 10"], kinds["+max: 100"], kinds["--- a/config/pool.yaml"]) == ("removed", "added", "where")
    assert kinds["- a dash in prose"] == kinds["    - another dash"] == ""
    assert [kind for kind, _ in lines_of("- a list\n+ of words")] == ["", ""]
