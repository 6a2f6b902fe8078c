"""Letting others write while something long is being written in many short transactions."""

import time

from django.db import connection

HELD = 0.4  # seconds of writing after which others get their turn
TURN = 0.11  # seconds: SQLite lets somebody who waits look only every tenth of one


class Turns:
    """Counts how long one has been writing, and makes room in time.

    Whoever waits for SQLite isn't queued: it looks now and then whether the database is free. Between two
    transactions that follow each other at once it would hardly ever be, however short they are.
    """

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def give(self) -> None:
        """Pause if it is time; call it between two transactions. PostgreSQL's writers don't need it."""
        if connection.vendor != "sqlite" or connection.in_atomic_block or time.monotonic() - self._begun < HELD:
            return
        time.sleep(TURN)
        self._begun = time.monotonic()
