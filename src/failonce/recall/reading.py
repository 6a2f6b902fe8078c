"""Reads a query: what is told, or what a change touches and does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from failonce.recall.diffs import with_files
from failonce.recall.paragraphs import paragraphs
from failonce.recall.shapes import Query
from failonce.recall.stems import stem
from failonce.recall.tokens import readable, terms

MOST_TITLE_TERMS = 400
# A change of ten thousand files is a vendored tree or a reformatting; the first ones tell as much as all of them.
# Whoever asks waits while each is compared with the places of every lesson.
_MOST_PATHS, _MOST_LETTERS_OF_PATHS = 2_000, 50_000
# A change of so many different terms says more than one thing, and one under headings or in items says so sooner; a
# part of it has so many at least, and there are so many parts at most, as each is a question of its own.
_SAYS_MUCH, _FEWEST_TERMS, _MOST_PARTS = 60, 12, 8
_SAYS_MUCH_UNDER_HEADINGS, _FEWEST_HEADINGS = 45, 3
_SAYS_MUCH_IN_ITEMS, _FEWEST_ITEMS = 30, 6
# What begins a part, beside a blank line and the next file of a diff.
_ITEM, _HEADING = re.compile(r" {0,3}(?:[-*+•]|\d+[.)])\s"), re.compile(r"#{1,6}\s")
_WORD = re.compile(r"[a-z][a-z0-9\-]*")
_HEADER = re.compile(
    r"^(?:diff --git a/\S+ b/(?P<git>\S+)|diff --(?:cc|combined) (?P<merged>\S+)"
    r"|(?:\+\+\+|---) (?:[ab]/)?(?P<file>(?!dev/null)\S+)"
    r"|rename (?:from|to) (?P<name>\S+))",
    re.MULTILINE,
)
# The machinery of a diff says nothing of what the change does.
_MACHINERY = re.compile(
    r"^(?:index [0-9a-f,]+\.\.[0-9a-f]+.*|@@+ .*? @@+|diff --(?:git|cc|combined) .*"
    r"|(?:---|\+\+\+) .*|(?:new|old|deleted)(?: file)? mode.*|similarity index.*"
    r"|(?:Signed-off-by|Co-authored-by|Reviewed-by|Change-Id):.*)$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class ReadQuery:
    """A query as terms, with the paths it touches."""

    query: Query
    title: list[str]
    body: list[str]
    paths: tuple[str, ...]
    kinds: frozenset[str] = frozenset()  # of change


def read_query(query: Query) -> ReadQuery:
    """The terms and paths of a query; a change's diff is read as one."""
    title = terms(query.title, MOST_TITLE_TERMS)
    if query.kind != "change":
        return ReadQuery(query, title, terms(query.text), _first(query.paths))
    text = readable(query.text)
    paths = _first(tuple(dict.fromkeys((*query.paths, *_paths(text)))))
    return ReadQuery(query, title, _change_terms(text), paths, kinds_of(query.title, text, paths))


def parts(read: ReadQuery) -> list[ReadQuery]:
    """The parts of a change that says much, each a question of its own; none of a shorter one, or of a failure.

    A plan of ten steps resembles nothing as a whole, and the one step that repeats a failure drowns in it; so does
    a change among the headings of a template. Which places a change touches, and its kind, hold for all of it.
    """
    distinct = len({*read.title, *read.body})
    if read.query.kind != "change" or distinct < _SAYS_MUCH_IN_ITEMS:
        return []
    passages = _passages(readable(read.query.text))
    if not _say_much(distinct, passages):
        return []
    found = list(_shared_out(passages))
    if len(found) == 1:
        return []
    return [
        replace(read, query=replace(read.query, text=text, title=""), title=[], body=_change_terms(text))
        for text in found
    ]


def _say_much(distinct: int, passages: list[str]) -> bool:
    headings = sum(bool(_HEADING.match(passage)) for passage in passages)
    items = sum(bool(_ITEM.match(passage)) for passage in passages)
    return (
        distinct >= _SAYS_MUCH
        or (distinct >= _SAYS_MUCH_UNDER_HEADINGS and headings >= _FEWEST_HEADINGS)
        or (distinct >= _SAYS_MUCH_IN_ITEMS and items >= _FEWEST_ITEMS)
    )


def _shared_out(passages: list[str]) -> Iterator[str]:
    """Passages in turn, put together to parts that say about as much as each other."""
    many = [len(set(terms(passage))) for passage in passages]
    enough = max(_FEWEST_TERMS, sum(many) / _MOST_PARTS)
    part: list[str] = []
    here, left = 0, sum(many)
    for passage, terms_in_it in zip(passages, many, strict=True):
        part.append(passage)
        here, left = here + terms_in_it, left - terms_in_it
        # What is left over and too little to be asked about stays with what it follows.
        if here >= enough and left >= _FEWEST_TERMS:
            yield "\n".join(part)
            part, here = [], 0
    yield "\n".join(part)


def _passages(text: str) -> list[str]:
    """A text taken apart where something else may begin; of a diff each file is a passage, whatever its lines say."""
    found: list[list[str]] = [[]]
    for line, begins_file, is_file in with_files(text):
        if begins_file or (not is_file and (not line.strip() or _ITEM.match(line) or _HEADING.match(line))):
            found.append([])
        if line.strip():
            found[-1].append(line)
    return ["\n".join(lines) for lines in found if lines]


def _change_terms(text: str) -> list[str]:
    """What a change says; of the machinery of its diff, only which files it touches."""
    return terms(_MACHINERY.sub("", text) + "\n" + " ".join(_paths(text)[:50]))


def kinds_of(title: str, text: str, paths: tuple[str, ...]) -> frozenset[str]:
    """The kinds of change that the first line and the paths speak of.

    The rest isn't read: a long description mentions all kinds of things.
    """
    first = title or text.lstrip().partition("\n")[0]
    named = "" if _MACHINERY.match(first) else first[:200]
    words = {stem(word) for word in _WORD.findall(" ".join((named, *paths[:50])).casefold())}
    return frozenset(kind for kind, theirs in _kinds().items() if words & theirs)


@cache
def _kinds() -> dict[str, frozenset[str]]:
    return {kind: frozenset(map(stem, words)) for kind, words in paragraphs("kinds.txt").items()}


def _first(paths: tuple[str, ...]) -> tuple[str, ...]:
    """As many of the first paths as are compared; one that alone is too long hides none behind it."""
    found, room = [], _MOST_LETTERS_OF_PATHS
    for path in paths:
        if len(path) <= room:
            found.append(path)
            room -= len(path)
        if len(found) == _MOST_PATHS:
            break
    return tuple(found)


def _paths(text: str) -> list[str]:
    found = (m["git"] or m["merged"] or m["file"] or m["name"] for m in _HEADER.finditer(text))
    return [path for path in dict.fromkeys(found) if "/" in path or "." in path]
