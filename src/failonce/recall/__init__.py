"""Finds the past failures and lessons a text resembles, and says why."""

from __future__ import annotations

from collections.abc import Iterable

from failonce.recall.index import Index
from failonce.recall.shapes import Hit, Query, Text
from failonce.recall.weights import Weights

__all__ = ["Hit", "Index", "Query", "Text", "Weights", "rank"]


def rank(query: str, texts: Iterable[Text]) -> list[Hit]:
    """The texts that resemble a query, best first; for a handful of texts."""
    index = Index()
    index.put_many(texts)
    return index.search(Query(query), limit=max(1, len(index)))
