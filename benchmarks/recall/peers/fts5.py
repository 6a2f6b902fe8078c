"""SQLite's full text search, ranked by its own bm25()."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from benchmarks.recall.peers.shape import Found
from benchmarks.recall.sets import Document, Question

_WORD = re.compile(r"\w+")


class FTS5:
    """Porter stems, title weighing twice, any word of the query may match."""

    name = "SQLite FTS5 bm25"

    def __init__(self, most_words: int | None = None) -> None:
        self._most_words = most_words
        self._base = sqlite3.connect(":memory:")

    def build(self, documents: Sequence[Document]) -> None:
        """One row per document; its number is its place in time."""
        self._base.execute("create virtual table texts using fts5(title, body, tokenize='porter unicode61')")
        self._base.executemany(
            "insert into texts(rowid, title, body) values (?, ?, ?)",
            ((n, d.title, d.text) for n, d in enumerate(documents)),
        )
        self._base.execute("create virtual table words using fts5vocab(texts, row)")
        self._often = dict(self._base.execute("select term, doc from words"))
        self._half = len(documents) / 2

    def ask(self, question: Question, limit: int) -> tuple[Found, float, float | None]:
        """The best matches of any of the query's words."""
        words = dict.fromkeys(word.lower() for word in _WORD.findall(f"{question.title} {question.text}"))
        rare = sorted(words, key=lambda word: self._often.get(word, 1))
        chosen = [w for w in rare if self._often.get(w, 1) < self._half]
        chosen = chosen[: self._most_words or 300]
        if not chosen:
            return [], 0.0, None
        rows = self._base.execute(
            "select rowid, -bm25(texts, 2.0, 1.0) as score from texts"
            " where texts match ? and rowid < ? order by score desc limit ?",
            (" OR ".join(f'"{w}"' for w in chosen), question.before, limit),
        ).fetchall()
        return rows, rows[0][1] if rows else 0.0, None

    def close(self) -> None:
        """Let go of the memory."""
        self._base.close()
