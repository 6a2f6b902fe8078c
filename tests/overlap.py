"""Two transactions that overlap at chosen statements, which takes a database that lets several write at a time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

overlapping = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"),
]


@contextmanager
def at_statement(
    *words: str, before: Callable[[], None] | None = None, after: Callable[[], None] | None = None
) -> Iterator[None]:
    """Call these around the first statement of this connection that has all the words, in its values or before."""
    reached = False

    def around(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal reached
        is_it = not reached and all(word in f"{sql} {params}" for word in words)
        reached |= is_it
        if is_it and before:
            before()
        found = execute(sql, params, many, context)
        if is_it and after:
            after()
        return found

    with connection.execute_wrapper(around):
        yield


class Aside(threading.Thread):
    """Some work on a connection of its own, begun while somebody else is in the middle of a transaction."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__()
        self._work, self._reached = work, threading.Event()
        self._outcome: Any = None

    def run(self) -> None:
        """Do the work, and keep what it returns or raises."""
        try:
            self._outcome = self._work()
        except Exception as error:
            self._outcome = error
        finally:
            connection.close()
            self._reached.set()  # somebody who waits for what never came shall see why

    def reach(self) -> None:
        """Let whoever began the work go on; said within it."""
        self._reached.set()

    def begin(self) -> None:
        """Start, and return when the work has said that it is where it should be."""
        self.start()
        assert self._reached.wait(20)

    def outcome(self) -> Any:
        """Wait for the end, and return what came of it, or raise."""
        self.join(20)
        assert not self.is_alive()
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome
