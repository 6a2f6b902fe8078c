"""What a change says: the words of its beginning and the paths of all of it, in bounded memory.

Plain Python: the command line reads a change here before it knows whether it needs Django.
"""

import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import IncrementalNewlineDecoder
from typing import BinaryIO

LOOKED_AT = 200_000  # characters; what stands further back in a diff that long tells little more than its paths
# As many paths, and letters of them, as recall compares.
PATHS_KEPT, _LETTERS_OF_PATHS_KEPT = 2_000, 50_000
PATH_LIMIT = 1_000
_SLACK = 400  # room for the line about the rest: what was cut once, by a client, isn't cut again
_CHUNK = 1 << 20
_LONGEST_LINE = 8_192  # a longer one is data, not the head of a file's diff

_HEAD = re.compile(
    r"\n(?:diff --git ([^\n]+)|diff --(?:cc|combined) ([^\n]+)|rename (?:from|to) ([^\n]+)"
    # Both lines together: alone, a removed SQL comment looks like the head of a file.
    r"|--- ([^\n]+)\n\+\+\+ ([^\n]+))"
)
# `git diff --color=always` begins each line with one, and no line would look like one of a diff.
_COLOUR = re.compile(r"\x1b\[[0-9;:]{0,40}[mK]")
_COLOUR_BEGUN = re.compile(r"\x1b(?:\[[0-9;:]{0,40})?\Z")
_TWICE = re.compile(r'"?(?:[a-z]/)?(.+?)"? "?(?:[a-z]/)?\1"?')
_ESCAPE = re.compile(r"\\([0-7]{3}|.)")
# What differs when the same change is rebased, amended or asked about tomorrow.
_VOLATILE = re.compile(
    r"^(?:index [0-9a-f]+\.\.[0-9a-f]+.*|commit [0-9a-f]{7,}.*|From [0-9a-f]{40} .*|(?:\w*Date): .*)$"
    r"|(?<=^@@ )-[\d,]+ \+[\d,]+(?= @@)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A change about to go out: text, commit messages or a unified diff, as far as it was looked at."""

    text: str
    paths: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to look at."""
        return not self.text.strip()

    @property
    def digest(self) -> str:
        """What stays the same when the same change is asked about again."""
        lines = (line.rstrip() for line in _VOLATILE.sub("", self.text).splitlines())
        said = "\n".join([*filter(None, lines), "", *sorted(self.paths)])
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def read_change(chunks: Iterable[str], paths: Iterable[str] = ()) -> Change:
    """Read a change piece by piece; `paths` adds those a client found in a part it didn't send."""
    head, rest, found = _Head(), _Rest(), _Paths()
    for text in _plain(chunks):
        found.read(text)
        rest.read(head.read(text))
    found.read("\n", last=True)
    for path in paths:
        found.keep(path)
    return Change(_clean(head.text + rest.note()), tuple(map(_clean, found.kept)), (*rest.notices(), *found.notices()))


def _plain(chunks: Iterable[str]) -> Iterator[str]:
    """Yield the pieces of a text with plain line ends and without the colours of a terminal."""
    newlines, held = IncrementalNewlineDecoder(None, translate=True), ""
    for chunk in chunks:
        whole = _COLOUR.sub("", held + newlines.decode(chunk))
        cut = _COLOUR_BEGUN.search(whole)
        held = cut.group() if cut else ""
        yield whole.removesuffix(held)
    yield held + newlines.decode("", final=True)


def decoded(stream: BinaryIO) -> Iterator[str]:
    """Yield a stream of bytes as text, a piece at a time; bytes that aren't UTF-8 become U+FFFD."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    while data := stream.read(_CHUNK):
        yield decoder.decode(data)
    yield decoder.decode(b"", final=True)


class _Head:
    """Keeps the beginning and hands on what stands behind it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._room = LOOKED_AT + _SLACK

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def read(self, text: str) -> str:
        """Keep what fits; when it no longer does, keep whole lines and return the rest."""
        if len(text) <= self._room:
            self._pieces.append(text)
            self._room -= len(text)
            return ""
        if self._room == 0:
            return text
        whole = self.text + text[: self._room]
        end = whole.rfind("\n", LOOKED_AT // 2, LOOKED_AT) + 1 or LOOKED_AT
        self._pieces, behind, self._room = [whole[:end]], whole[end:] + text[self._room :], 0
        return behind


class _Rest:
    """Counts and digests what isn't kept, so that two long changes with one beginning stay two."""

    def __init__(self) -> None:
        self._length = 0
        self._sum = hashlib.sha256()

    def read(self, text: str) -> None:
        self._length += len(text)
        self._sum.update(text.encode("utf-8", "replace"))

    def note(self) -> str:
        if not self._length:
            return ""
        return f"\n[{self._length:,} more characters, read for their paths only: {self._sum.hexdigest()[:16]}]\n"

    def notices(self) -> list[str]:
        if not self._length:
            return []
        return [
            f"This change is long: its first {LOOKED_AT:,} characters were compared; behind them it was read for "
            "paths only. Ask in parts to have every line compared."
        ]


class _Paths:
    """Finds the paths that a diff names, each once, in the order they appear."""

    def __init__(self) -> None:
        self.kept: dict[str, None] = {}
        self._room = _LETTERS_OF_PATHS_KEPT
        self._are_more = False
        self._heads: set[str] = set()  # a log of many commits names the same files over and over
        self._carry = "\n"

    def read(self, text: str, *, last: bool = False) -> None:
        """Look through every whole line so far; once more paths are there than are kept, no further."""
        if self._are_more:
            return
        text = self._carry + text
        end = len(text) if last else self._end_of_whole(text)
        for match in _HEAD.finditer(text, 0, end):
            if match.group() not in self._heads:
                self._read_head(match)
        self._carry = text[end : end + _LONGEST_LINE]

    def _read_head(self, match: re.Match[str]) -> None:
        if len(self._heads) < 4 * PATHS_KEPT:
            self._heads.add(match.group())
        for path in _paths_in(*match.groups()):
            self.keep(path)

    def keep(self, path: str) -> None:
        """Keep a path unless it is known, no path at all, or one too many."""
        path = path.strip()
        if self._are_more or not path or path == "/dev/null" or len(path) > PATH_LIMIT or path in self.kept:
            return
        if len(self.kept) < PATHS_KEPT and len(path) <= self._room:
            self.kept[path] = None
            self._room -= len(path)
        else:
            self._are_more = True

    def notices(self) -> list[str]:
        if not self._are_more:
            return []
        many = f"{len(self.kept):,}"
        return [f"This change touches more than {many} paths; the first {many} were compared."]

    @staticmethod
    def _end_of_whole(text: str) -> int:
        end = max(text.rfind("\n"), 0)
        before = text.rfind("\n", 0, end)
        # The first of the two lines that only count together waits for the second.
        return before if before >= 0 and text.startswith("--- ", before + 1) else end


def _paths_in(both: str | None, one: str | None, renamed: str | None, old: str | None, new: str | None) -> list[str]:
    """Return the paths in the head of a file's diff, without the letters that git puts before them."""
    if both is not None:
        same = _TWICE.fullmatch(both.strip())
        return [_unquoted(same.group(1))] if same else []
    if old is None or new is None:
        return [_unquoted(path.strip()) for path in (one, renamed) if path]
    sides = [_unquoted(side.split("\t")[0].strip()) for side in (old, new)]
    has_letters = all(side == "/dev/null" or re.match(r"[a-z]/", side) for side in sides)
    return [side if side == "/dev/null" or not has_letters else side[2:] for side in sides]


def _unquoted(path: str) -> str:
    """Return a path as it is on disk: git writes those with special characters in quotes, bytes as octal."""
    if "\\" not in path:
        return path.strip('"')
    raw = _ESCAPE.sub(_unescaped, path.strip('"'))
    try:
        return raw.encode("latin-1").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return raw


def _unescaped(match: re.Match[str]) -> str:
    said = match.group(1)
    return chr(int(said, 8) & 0xFF) if len(said) == 3 else {"t": "\t", "n": "\n"}.get(said, said)


def _clean(text: str) -> str:
    # NUL and lone surrogates can't be kept in a database.
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
