"""A change as a person reads it: what to call it; what was added, what was removed, where."""

import re

from failonce.preflight.change import read_change
from failonce.recall.diffs import with_files

_HEAD = 40  # lines to look for a subject in
_OF_A_MAIL = ("commit ", "From ", "From: ", "Author: ", "AuthorDate: ", "Commit: ", "CommitDate: ", "Date: ", "Merge: ")
_WHERE = ("diff ", "index ", "--- ", "+++ ", "@@", "rename ", "new file ", "deleted file ", "similarity ")
_DIFF = ("diff --", "--- ", "+++ ", "@@ ")
# A template's first heading, "## Why" or "## What does this change?", says nothing of the change below it.
_BARE_HEADING, _HEADING = re.compile(r"#{2,6} (?:\S+|.*\?)"), re.compile(r"^#{1,6} ")


def title_of(change: str) -> str:
    """Return what to call a change: its subject, its first line of prose, or the first path it touches."""
    lines = [line.strip() for line in change.splitlines() if line.strip()]
    for line in lines[:_HEAD]:
        if line.startswith(_DIFF):
            break
        if not line.startswith(_OF_A_MAIL) and not _BARE_HEADING.fullmatch(line):
            return _HEADING.sub("", line).removeprefix("Subject: ").removeprefix("[PATCH] ")
    paths = read_change([change]).paths
    return paths[0] if paths else (lines[0] if lines else "")


def is_diff(change: str) -> bool:
    """Tell whether any of it is a diff."""
    return any(line.startswith(_DIFF) for line in change.splitlines())


def lines_of(change: str) -> list[tuple[str, str]]:
    """Return each line with what it is: added, removed, where, or nothing in particular."""
    kinds: list[tuple[str, str]] = []
    sides = 1  # of the change before; a merge has several, and a column of signs for each
    for line, begins, is_file in with_files(change.rstrip("\n")):
        if begins or line.startswith("@@"):
            sides = max(len(line) - len(line.lstrip("@")) - 1, 1)
        kinds.append((_kind(line, sides) if is_file else "", line))
    return kinds


def _kind(line: str, sides: int) -> str:
    if line.startswith(_WHERE):
        return "where"
    signs = line[:sides]
    return "added" if "+" in signs else "removed" if "-" in signs else ""
