"""scikit-learn's TF-IDF cosine, as related-incident features compute it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from benchmarks.recall.peers.shape import Found, Unavailable
from benchmarks.recall.sets import Document, Question


class TFIDF:
    """Sub-linear counts, English stop words, the title repeated."""

    name = "scikit-learn TF-IDF"

    def __init__(self) -> None:
        try:
            text: Any = import_module("sklearn.feature_extraction.text")
        except ImportError as problem:
            raise Unavailable("scikit-learn is not installed") from problem
        self._words: Any = text.TfidfVectorizer(sublinear_tf=True, stop_words="english")

    def build(self, documents: Sequence[Document]) -> None:
        """Learn the words and weigh all documents."""
        texts = (f"{d.title}\n{d.title}\n{d.text}" for d in documents)
        try:
            self._matrix = self._words.fit_transform(texts)
        except ValueError:  # not one of them has a word
            self._matrix = None

    def ask(self, question: Question, limit: int) -> tuple[Found, float, float | None]:
        """The nearest by cosine."""
        if self._matrix is None:
            return [], 0.0, None
        text = f"{question.title}\n{question.title}\n{question.text}"
        weights = self._words.transform([text])
        scores = (self._matrix @ weights.T).toarray().ravel()[: question.before]
        best = (-scores).argsort(kind="stable")[:limit]
        found = [(int(at), float(scores[at])) for at in best if scores[at] > 0]
        return found, found[0][1] if found else 0.0, None

    def close(self) -> None:
        """Let go of the memory."""
        del self._matrix
