"""Which paths a glob matches."""

from __future__ import annotations

import re
import tracemalloc

from hypothesis import example, given, settings
from hypothesis import strategies as st

from failonce.recall.globs import first_match

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


def test_what_is_remembered_of_paths_is_bounded() -> None:
    letters = [chr(0x4E00 + n) for n in range(1_000)]
    paths = tuple(f"a/{n}/{''.join(letters)}" for n in range(48))  # 6 KB for the places of each letter
    first_match("a/**", paths)
    tracemalloc.start()

    for letter in letters:
        first_match(f"**{letter}**", paths)

    assert tracemalloc.get_traced_memory()[0] < 2_000_000
    tracemalloc.stop()
    assert first_match("a/**", paths) == paths[0]
