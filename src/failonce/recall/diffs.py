"""Tells the files of a diff from the text around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

_FILE = re.compile(r"diff --(?:git|cc|combined) ")
_HEAD = re.compile(
    r"(?:index|old mode|new mode|new file mode|deleted file mode|(?:dis)?similarity index|rename|copy"
    r"|Binary files|---|\+\+\+) |GIT binary patch"
)
# No more digits than a file has lines; what has thousands of them is no number of lines, and int() refuses it.
_HUNK = re.compile(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_SIGNS = (" ", "+", "-", "\\", "@")
_LEFT_OUT = re.compile(r"[ \[(]*(?:\.\.\.|…)[ \])]*")
_ITEM = re.compile(r" *[+-] ")


def with_files(text: str) -> Iterator[tuple[str, bool, bool]]:
    """Each line, whether a file of a diff begins with it, and whether it stands in one.

    Lines end as git ends them: a form feed or a lone carriage return within one would make it two, and a hunk that
    says how many it has would seem to be over.
    """
    file: _File | None = None
    for line, following in pairwise(chain(re.split(r"\r?\n", text), [""])):
        begins = bool(_FILE.match(line)) or (_names_a_file(line, following) and not (file and file.expects_names))
        if file is None and _HUNK.match(line):  # an excerpt
            begins, file = True, _File()
            file.goes_on(line)
        elif begins:
            file = _File()
        elif file and not file.goes_on(line):
            file = None
        yield line, begins, file is not None


def _names_a_file(line: str, following: str) -> bool:
    """Whether a file begins so without a line of git's: both of its names, or one and at once what was changed."""
    if not line.startswith(("--- ", "+++ ")):
        return False
    is_pair = line.startswith("---") and following.startswith("+++ ")
    return is_pair or bool(_HUNK.match(following)) or (following.startswith(("+", "-")) and not _ITEM.match(following))


@dataclass(slots=True)
class _File:
    """How far a file of a diff was read.

    A hunk says how long it is, or a list behind it would be taken for lines it removes. Where it was shortened by
    hand, and in an excerpt without hunks, whatever looks like a line of a diff is one.
    """

    in_head: bool = True
    was_counted: bool = False  # the hunk before; what follows and reads like an item of a list is one
    is_binary: bool = False
    old: int = 0  # lines of the hunk to come, before the change and after it
    new: int = 0

    @property
    def expects_names(self) -> bool:
        """Whether "--- " and "+++ " belong to this file: to its head, or as lines that were dashes and pluses."""
        return self.in_head or self.old > 0 or self.new > 0

    def goes_on(self, line: str) -> bool:
        """Read one more line; False when it isn't the file's."""
        if self.is_binary:
            return bool(line)
        if self.old > 0 or self.new > 0:
            return self._counted(line)
        if hunk := _HUNK.match(line):
            self.in_head, self.was_counted = False, True
            self.old, self.new = int(hunk[1] or 1), int(hunk[2] or 1)
            return True
        if self.in_head and _HEAD.match(line):
            self.is_binary = line.startswith("GIT")
            return True
        self.in_head = False
        return line.startswith(_SIGNS) and not (self.was_counted and _ITEM.match(line))

    def _counted(self, line: str) -> bool:
        if not line.startswith(" ") and _LEFT_OUT.fullmatch(line):
            self.old = self.new = 0
            self.was_counted = False
            return True
        self.old -= not line.startswith(("+", "\\"))
        self.new -= not line.startswith(("-", "\\"))
        return not line or line.startswith(_SIGNS)  # some tools cut the blank off an empty line
