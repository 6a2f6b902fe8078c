"""Matches paths against globs as people know them from .gitignore."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

_LONGEST_GLOB = 300
_NO_CHARACTER = 0x110000
# So many letters' places are remembered, which is an alphabet or two; of long paths each takes 60 KB.
_MOST_LETTERS = 80


@lru_cache(maxsize=4096)
def _pieces(glob: str) -> tuple[str, ...]:
    """A glob as its wildcards and single characters; one without a slash matches at any depth."""
    glob = re.sub(r"\*{3,}", "**", glob[:_LONGEST_GLOB].strip())
    anywhere = "/" not in glob.rstrip("/")
    glob = glob.removeprefix("/") + ("**" if glob.endswith("/") else "")
    return (("**/",) if anywhere else ()) + tuple(re.findall(r"\*\*/|/\*\*(?!/)|\*\*|.", glob, re.DOTALL))


def names_a_place(glob: str) -> bool:
    """Whether a glob says more than a kind of file: "db/**" and "**/*cert*" do, "*.sql" and "**/*.py" don't."""
    parts = (re.sub(r"\*+", "*", part) for part in glob.strip().split("/"))
    return any(re.sub(r"^\*\..*$|[*?]", "", part).strip(".") for part in parts)


def first_match(glob: str, paths: tuple[str, ...]) -> str | None:
    """The first path a glob matches, or None."""
    return _paths(paths).first_match(_pieces(glob)) if glob.strip() and paths else None


class _Paths:
    """Paths, all matched at once: bit n stands before character n of all of them, one after the other.

    An expression would try each way to share a path out among the wildcards,
    which takes minutes for a glob with many. This takes a few steps for each
    piece of the glob, whatever it says.
    """

    def __init__(self, paths: tuple[str, ...]) -> None:
        self._paths = paths
        self._ends = [end - 1 for end in accumulate(len(path.removeprefix("/")) + 1 for path in paths)]
        text = "".join(path.removeprefix("/") + "\0" for path in paths)
        self._characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).copy()
        self._characters[self._ends] = _NO_CHARACTER
        ends = self._characters == _NO_CHARACTER
        self._are: dict[str, int] = {}
        self._found: dict[tuple[str, ...], str | None] = {}
        self._starts = _bits(np.roll(ends, 1))
        self._ending = _bits(ends)
        self._inside = _bits(~ends)
        self._named = self._inside & ~self._all("/")

    def first_match(self, pieces: tuple[str, ...]) -> str | None:
        """The first path that these pieces match as a whole, or as a folder it is in; asked again for each part."""
        if pieces not in self._found:
            self._found[pieces] = self._first_match(pieces)
        return self._found[pieces]

    def _first_match(self, pieces: tuple[str, ...]) -> str | None:
        at = self._starts
        for piece in pieces:
            if not at:
                return None
            at = self._after(piece, at)
        at &= self._ending | self._all("/")
        return self._paths[bisect_left(self._ends, (at & -at).bit_length() - 1)] if at else None

    def _after(self, piece: str, at: int) -> int:
        """Where one may stand after a piece, from where one may stand before it."""
        if piece == "*":
            return _onwards(at, self._named)
        if piece == "**":
            return _onwards(at, self._inside)
        if piece == "**/":
            return at | (_onwards(at, self._inside) & self._all("/")) << 1
        if piece == "/**":
            return _onwards((at & self._all("/")) << 1, self._inside)
        return (at & (self._named if piece == "?" else self._all(piece))) << 1

    def _all(self, character: str) -> int:
        if (known := self._are.get(character)) is not None:
            return known
        found = _bits(self._characters == ord(character))
        if len(self._are) < _MOST_LETTERS:
            self._are[character] = found
        return found


# A question asks about the same paths for every lesson.
_paths = lru_cache(maxsize=2)(_Paths)


def _bits(which: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(which, bitorder="little").tobytes(), "little")


def _onwards(at: int, through: int) -> int:
    """From each place on through any number of these characters: the sum carries a bit to the end of its run."""
    return (((at & through) + through) ^ through) | at
