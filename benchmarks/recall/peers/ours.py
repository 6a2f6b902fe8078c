"""failonce's own recall, as the app uses it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal

from benchmarks.recall.peers.shape import Found, Unavailable
from benchmarks.recall.sets import Document, Question
from failonce.recall import Index, Query, Text


class Ours:
    """An index with the weights that ship, or others for cross-validation."""

    name = "failonce recall"

    def __init__(self, weights: Any = None, embedder: Any = None) -> None:
        self._more = {"embedder": embedder} if embedder else {}
        self._weights = weights

    def build(self, documents: Sequence[Document]) -> None:
        """Put every document; its place in time is its time."""
        self._index = Index(self._weights, **self._more)
        self._index.put_many(
            Text(str(place), doc.title, doc.text, when=float(place), services=doc.services)
            for place, doc in enumerate(documents)
        )

    def ask(self, question: Question, limit: int) -> tuple[Found, float, float | None]:
        """The best hits; the probability is what decides."""
        kind: Literal["failure", "change"] = "change" if question.kind == "change" else "failure"
        query = Query(question.text, question.title, question.services, before=float(question.before), kind=kind)
        hits = self._index.search(query, limit=limit)
        found = [(int(hit.key), hit.score) for hit in hits]
        chance = max((hit.probability for hit in hits), default=0.0)
        return found, chance, hits[0].probability if hits else 0.0

    def put_times(self, documents: Iterable[Document]) -> list[float]:
        """How many milliseconds each further document takes to put."""
        took = []
        for doc in documents:
            began = time.perf_counter()
            self._index.put(Text(f"new-{doc.id}", doc.title, doc.text))
            took.append(1000 * (time.perf_counter() - began))
        return took

    def close(self) -> None:
        """Let go of the memory."""
        del self._index


class WithoutServices(Ours):
    """The same when nobody says which services are concerned."""

    name = "failonce recall, services unsaid"

    def build(self, documents: Sequence[Document]) -> None:
        """Put every document without its services."""
        super().build([replace(doc, services=()) for doc in documents])


class WithSemantic(Ours):
    """The same with the semantic extra on."""

    name = "failonce recall + semantic"

    def __init__(self, model: Any) -> None:
        if model is None:
            raise Unavailable("no model folder was given or the extra is not installed")
        super().__init__(embedder=model)
