"""Path globs as people know them from .gitignore, and what is wrong with one."""

import re

from failonce.failures.telling import without_nul

GLOB_LIMIT = 300
_EVERYTHING = re.compile(r"[/*]+")


def tidy_glob(glob: str) -> str:
    """Return the glob without blanks around it, and with / for a leading ./, which .gitignore doesn't know."""
    return re.sub(r"^(?:\./+)+\s*", "/", without_nul(glob).strip())


def glob_problem(glob: str) -> str:
    """Return what is wrong with a glob and what to write instead, or nothing."""
    # Imported here: `failonce lesson --help` need not wait for it.
    from pathspec import GitIgnoreSpec

    shown = glob if len(glob) <= 40 else f"{glob[:40]}…"
    if len(glob) > GLOB_LIMIT:
        return f"{shown} has {len(glob):,} characters; up to {GLOB_LIMIT} fit. Name the folder instead."
    if glob.startswith(("!", "#")):
        return f"{shown} would match nothing: a path can't begin with {glob[0]}. Name the paths the lesson is about."
    if _EVERYTHING.fullmatch(glob):
        return f"{shown} matches every path. Leave the paths empty if the lesson is about any change."
    try:
        patterns = GitIgnoreSpec.from_lines([glob]).patterns
    except (ValueError, re.error):
        patterns = []
    if not patterns or patterns[0].include is None:
        return f"{shown} can't be read as a path. Write it as in .gitignore: db/**, *.sql or deploy/*.yaml."
    return ""
