"""A change as a person reads it: what to call it; what was added, what was removed, where."""

import re

from failonce.preflight.change import read_change
from failonce.recall.diffs import with_files

_HEAD = 40  # lines to look for a subject in
_OF_A_MAIL = ("commit ", "From ", "From: ", "Author: ", "AuthorDate: ", "Commit: ", "CommitDate: ", "Date: ", "Merge: ")
_WHERE = ("diff ", "index ", "--- ", "+++ ", "@@ ", "rename ", "new file ", "deleted file ", "similarity ")
_DIFF = ("diff --", "--- ", "+++ ", "@@ ")
# A template's first heading, "## Why", says nothing of the change below it.
_BARE_HEADING, _HEADING = re.compile(r"#{2,6} \S+"), re.compile(r"^#{1,6} ")


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
    return [(_kind(line) if is_file else "", line) for line, _, is_file in with_files(change.rstrip("\n"))]


def _kind(line: str) -> str:
    if line.startswith(_WHERE):
        return "where"
    return {"+": "added", "-": "removed"}.get(line[:1], "")
