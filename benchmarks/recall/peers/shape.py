"""What every measured engine can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from benchmarks.recall.sets import Document, Question


class Unavailable(Exception):
    """The engine cannot run here; the message says why."""


Found = list[tuple[int, float]]  # place and score, best first


class Engine(Protocol):
    """Built once from documents in order of time, then asked."""

    name: str

    def build(self, documents: Sequence[Document]) -> None:
        """Take in all documents."""

    def ask(self, question: Question, limit: int) -> tuple[Found, float, float | None]:
        """The best, the level of certainty, and a probability if there is one."""

    def close(self) -> None:
        """Leave nothing behind."""
