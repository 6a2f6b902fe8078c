"""Saying how far a long command is."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

import click

from failonce.cli.opening import say

STOPPED = 130  # what shells say of a program that Ctrl-C ended
_LONG_TO_READ = 2_000  # failures and lessons; fewer are read within a second
_WORTH_SAYING = 100  # of fewer, the end is there before one has read the line


class Reports(Protocol):
    """What can say in a sentence how far it came."""

    def summary(self) -> str:
        """Return the sentence."""


@contextmanager
def goes_on_when_repeated(report: Reports) -> Iterator[None]:
    """Say how far an import came when it is stopped or the database has no room, and that repeating it goes on."""
    from django.db import OperationalError

    try:
        yield
    except KeyboardInterrupt as stop:
        say(f"Stopped. {report.summary()} Repeat the command to go on.")
        raise click.exceptions.Exit(STOPPED) from stop
    except OperationalError as error:
        raise click.ClickException(
            f"The database can't take more right now ({error}). {report.summary()} Repeat the command to go on."
        ) from error


@contextmanager
def while_recall_reads(*, in_lines: bool = False) -> Iterator[None]:
    """Say how far recall is, should it have to read all failures anew: without a saved index, or far behind it."""
    from failonce.modes.memory import memory

    nobody = memory.tell
    with ExitStack() as until_then:
        shown: dict[bool, Progress] = {}  # with a model all is read twice: words serve while meaning is worked out

        def tell(done: int, total: int, has_meaning: bool) -> None:
            if total < _LONG_TO_READ:
                return
            if has_meaning not in shown:
                until_then.close()
                what = "their meaning" if has_meaning else "recall"
                progress = Progress(total, f"failures and lessons read for {what}", "Remembering", in_lines=in_lines)
                shown[has_meaning] = until_then.enter_context(progress)
            shown[has_meaning].reach_of(done, total)

        memory.tell = tell
        try:
            yield
        finally:
            memory.tell = nobody


class Progress:
    """A bar where somebody watches; where nobody does, or if told so, a line for every tenth that is done."""

    def __init__(self, total: int, unit: str, label: str = "Importing", *, in_lines: bool = False) -> None:
        self._stderr = sys.stderr
        self._total = max(total, 1)
        self._done = 0
        self._unit = unit
        self._bar: Any = None
        if self._stderr.isatty() and not in_lines:
            self._bar = click.progressbar(length=self._total, label=label, file=self._stderr)

    def __enter__(self) -> "Progress":
        if self._bar:
            self._bar.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        if self._bar:
            self._bar.__exit__(*error)

    def reach_of(self, done: int, total: int) -> None:
        """Say that so many are done of a total that wasn't known at first."""
        self._total = max(total, 1)
        if self._bar:
            self._bar.length = self._total
        self.reach(done)

    def advance(self, count: int) -> None:
        """Count so many more as done."""
        self.reach(self._done + count)

    def reach(self, done: int) -> None:
        """Say that so many are done now."""
        done, before = min(done, self._total), self._done
        self._done = done
        if self._bar:
            self._bar.update(done - before)
        elif self._total >= _WORTH_SAYING and 10 * done // self._total > 10 * before // self._total:
            say(f"{done:,} of {self._total:,} {self._unit}")
