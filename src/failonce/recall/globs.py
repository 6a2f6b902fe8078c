"""Matches paths against globs as people know them from .gitignore."""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST_GLOB = 300


@lru_cache(maxsize=4096)
def pattern(glob: str) -> re.Pattern[str]:
    """A glob as an expression; one without a slash matches at any depth."""
    glob = re.sub(r"\*{3,}", "**", glob[:_LONGEST_GLOB].strip())
    anywhere = "/" not in glob.rstrip("/")
    glob = glob.removeprefix("/") + ("**" if glob.endswith("/") else "")
    pieces = [_piece(piece) for piece in re.split(r"(\*\*/|/\*\*|\*\*|\*|\?)", glob)]
    return re.compile(("(?:.*/)?" if anywhere else "") + "".join(pieces) + "(?:/.*)?")


def names_a_place(glob: str) -> bool:
    """Whether a glob says more than a kind of file: "db/**" and "**/*cert*" do, "*.sql" and "**/*.py" don't."""
    parts = (re.sub(r"\*+", "*", part) for part in glob.strip().split("/"))
    return any(re.sub(r"^\*\..*$|[*?]", "", part).strip(".") for part in parts)


def _piece(piece: str) -> str:
    known = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return known.get(piece) or re.escape(piece)


def first_match(glob: str, paths: tuple[str, ...]) -> str | None:
    """The first path a glob matches, or None."""
    if not glob.strip():
        return None
    compiled = pattern(glob)
    return next((p for p in paths if compiled.fullmatch(p.removeprefix("/"))), None)
