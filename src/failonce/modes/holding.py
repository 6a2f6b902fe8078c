"""One lock for everything that changes modes, so that each change sees what the one before it left."""

from django.db import connection

AT_ONCE = 50  # answers, or modes and links, in one transaction; everybody else's answers wait for it
_MODES = 0x6D6F6465  # PostgreSQL's locks go by numbers, shared with whatever else uses the database


def hold_modes() -> None:
    """Wait until nobody else changes modes, and keep others waiting until the commit.

    Call it in a transaction and before everything else there: whoever held a failure or the head of history
    already would wait for somebody who waits for that. SQLite lets one transaction write at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MODES])
