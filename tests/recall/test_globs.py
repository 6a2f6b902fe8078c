"""Which paths a glob matches."""

from __future__ import annotations

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from failonce.recall.globs import _paths, _pieces, first_match

_MEANINGS = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_GLOBS = st.lists(st.sampled_from(["*", "**", "**/", "/**", "?", "/", "a", "b", "."]), max_size=7).map("".join)
_PATHS = st.lists(st.text("ab/.", max_size=8), max_size=4).map(tuple)


@settings(max_examples=500)
@given(_GLOBS, _PATHS)
@example("a/**/b", ("a/b", "a/a/a/b"))
@example("a**b", ("a", "a/b/a", "a/a/b"))
@example("b**/a", ("b/b", "ba", "b/a"))
@example("a?b/*b", ("a/b/b", "abb/a/b", "abb/ab/a"))
@example("*.sql", ("a/b.sql", "b.sql"))
@example("b", ("a", "ab", "a/b/a"))
def test_a_glob_means_what_the_expression_for_it_means(glob: str, paths: tuple[str, ...]) -> None:
    expected = next((path for path in paths if glob and _expression(glob).fullmatch(path.removeprefix("/"))), None)

    assert first_match(glob, paths) == expected


def _expression(glob: str) -> re.Pattern[str]:
    glob = re.sub(r"\*{3,}", "**", glob)
    anywhere = "(?:.*/)?" if "/" not in glob.rstrip("/") else ""
    glob = glob.removeprefix("/") + ("**" if glob.endswith("/") else "")
    pieces = re.split(r"(\*\*/|/\*\*(?!/)|\*\*|\*|\?)", glob)
    return re.compile(anywhere + "".join(_MEANINGS.get(piece) or re.escape(piece) for piece in pieces) + "(?:/.*)?")


def test_two_stars_between_slashes_are_any_folders_or_none() -> None:
    assert first_match("db/**/schema.sql", ("db/schema.sql",)) == "db/schema.sql"
    assert first_match("db/**/schema.sql", ("db/a/b/schema.sql",)) == "db/a/b/schema.sql"
    assert first_match("db/**/schema.sql", ("db/other_schema.sql", "dbschema.sql")) is None


def test_a_path_may_hold_any_character() -> None:
    assert first_match("*\0b", ("a", "b", "a\0b")) == "a\0b"
    assert first_match("?", ("", "\ud800")) == "\ud800"
    assert first_match("字/*", ("a/b", "字/b")) == "字/b"


def test_what_was_asked_about_these_paths_is_remembered_and_no_more() -> None:
    paths = tuple(f"{n}/a/b" for n in range(20))
    known = _paths(paths)
    for n in range(1_000):
        first_match(f"**{chr(0x4E00 + n)}**", paths)

    assert len(known._are) <= 80
    assert first_match("3/**", paths) == "3/a/b" == known._found[_pieces("3/**")]
