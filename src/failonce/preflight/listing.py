"""A change as lines that a person reads: what was added, what was removed, where."""

_WHERE = ("diff ", "index ", "--- ", "+++ ", "@@ ", "rename ", "new file ", "deleted file ", "similarity ")
_DIFF = ("diff --", "--- ", "+++ ", "@@ ")


def is_diff(change: str) -> bool:
    """Tell whether any of it is a diff."""
    return any(line.startswith(_DIFF) for line in change.splitlines())


def lines_of(change: str) -> list[tuple[str, str]]:
    """Return each line with what it is: added, removed, where, or nothing in particular."""
    lines = change.splitlines()
    if not is_diff(change):
        return [("", line) for line in lines]
    in_diff, read = False, []
    for line in lines:
        in_diff = in_diff or line.startswith(_DIFF)
        # A commit message between two diffs is prose again, and may well begin a line with a dash.
        in_diff = in_diff and not line.startswith("commit ")
        read.append((_kind(line) if in_diff else "", line))
    return read


def _kind(line: str) -> str:
    if line.startswith(_WHERE):
        return "where"
    return {"+": "added", "-": "removed"}.get(line[:1], "")
