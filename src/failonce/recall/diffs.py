"""Tells the files of a diff from the text around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

_FILE = re.compile(r"diff --(?:git|cc|combined) ")
_HEAD = re.compile(
    r"(?:index|old mode|new mode|new file mode|deleted file mode|(?:dis)?similarity index|rename|copy"
    r"|Binary files|GIT binary patch|---|\+\+\+) "
)
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_SIGNS = (" ", "+", "-", "\\", "@")


def with_files(lines: Iterable[str]) -> Iterator[tuple[str, bool, bool]]:
    """Each line, whether a file of a diff begins with it, and whether it stands in one."""
    file: _File | None = None
    for line, following in pairwise(chain(lines, [""])):
        is_pair = line.startswith("--- ") and following.startswith("+++ ")
        begins = bool(_FILE.match(line)) or (is_pair and not (file and (file.in_head or file.in_hunk)))
        if file is None and _HUNK.match(line):  # an excerpt
            begins, file = True, _File()
            file.goes_on(line)
        elif begins:
            file = _File()
        elif file and not file.goes_on(line):
            file = None
        yield line, begins, file is not None


@dataclass(slots=True)
class _File:
    """How far a file of a diff was read.

    A hunk says how long it is, or a list behind it would be taken for lines it removes. Of an excerpt without
    hunks, whatever looks like a line of a diff is one.
    """

    in_head: bool = True
    had_hunk: bool = False
    old: int = 0  # lines of the hunk to come, before the change and after it
    new: int = 0

    @property
    def in_hunk(self) -> bool:
        return self.old > 0 or self.new > 0

    def goes_on(self, line: str) -> bool:
        """Read one more line; False when it isn't the file's."""
        if self.in_hunk:
            self.old -= not line.startswith(("+", "\\"))
            self.new -= not line.startswith(("-", "\\"))
            return not line or line.startswith(_SIGNS)  # some tools cut the blank off an empty line
        if hunk := _HUNK.match(line):
            self.in_head, self.had_hunk = False, True
            self.old, self.new = int(hunk[1] or 1), int(hunk[2] or 1)
            return True
        if self.had_hunk:
            return line.startswith("\\")
        return line.startswith(_SIGNS) or bool(_HEAD.match(line))
