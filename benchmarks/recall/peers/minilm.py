"""MiniLM sentence embeddings and cosine, as "similar incidents" features use."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recall.peers.shape import Found, Unavailable
from benchmarks.recall.sets import Document, Question

_FIRST_CHARACTERS = 2_000


def embedder(folder: Path | None) -> Any:
    """The semantic extra's embedder, each text computed once; None without a model.

    Where no folder is named, that of an installed package.
    """
    try:
        semantic: Any = import_module("failonce.recall.semantic")
    except ImportError:
        return None
    folder = folder or semantic.find_model()
    return _Remembering(semantic.Embedder(folder)) if folder else None


class _Remembering:
    """Embeds each text once in a run: several engines ask for the same ones."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._known: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def embed(self, texts: Sequence[str]) -> Any:
        missing = [t for t in dict.fromkeys(texts) if t not in self._known]
        if missing:
            vectors = self._inner.embed(missing)
            self._known.update(zip(missing, vectors, strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32)


class MiniLM:
    """One vector for the beginning of each text."""

    name = "MiniLM cosine"

    def __init__(self, model: Any) -> None:
        if model is None:
            raise Unavailable("no model folder was given or the extra is not installed")
        self._model = model

    def build(self, documents: Sequence[Document]) -> None:
        """Embed all documents."""
        self._vectors = self._model.embed([f"{d.title}\n{d.text}"[:_FIRST_CHARACTERS] for d in documents])

    def ask(self, question: Question, limit: int) -> tuple[Found, float, float | None]:
        """The nearest by cosine."""
        text = f"{question.title}\n{question.text}".strip()[:_FIRST_CHARACTERS]
        scores = (self._vectors @ self._model.embed([text])[0])[: question.before]
        best = (-scores).argsort(kind="stable")[:limit]
        found = [(int(at), float(scores[at])) for at in best]
        return found, found[0][1] if found else 0.0, None

    def close(self) -> None:
        """Let go of the memory."""
        del self._vectors
