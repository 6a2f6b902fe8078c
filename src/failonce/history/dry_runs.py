"""Letting a dry run go the way of a write without keeping anybody from writing."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import transaction


def transaction_unless(dry_run: bool) -> AbstractContextManager[Any]:
    """Return a transaction, or for a dry run nothing: SQLite lets nobody else write from a transaction's beginning."""
    return nullcontext() if dry_run else transaction.atomic()
