"""tantivy's BM25, as Elasticsearch and OpenSearch rank "more like this"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks.recall.peers.shape import Found, Unavailable
from benchmarks.recall.sets import Document, Question

_WORD = re.compile(r"\w+")


class Tantivy:
    """English stems, title boosted twice, any word of the query may match."""

    name = "tantivy BM25"

    def __init__(self, most_words: int | None = None) -> None:
        try:
            import tantivy
        except ImportError as problem:
            raise Unavailable("tantivy is not installed") from problem
        self._tantivy: Any = tantivy
        self._most_words = most_words

    def build(self, documents: Sequence[Document]) -> None:
        """Index all documents in memory and count words for choosing them."""
        schema = self._tantivy.SchemaBuilder()
        schema.add_integer_field("place", stored=True, indexed=True, fast=True)
        schema.add_text_field("title", tokenizer_name="en_stem")
        schema.add_text_field("body", tokenizer_name="en_stem")
        self._schema = schema.build()
        self._index = self._tantivy.Index(self._schema)
        writer = self._index.writer(128_000_000, 1)
        self._often: Counter[str] = Counter()
        for place, doc in enumerate(documents):
            writer.add_document(self._tantivy.Document(place=place, title=doc.title, body=doc.text))
            if self._most_words:
                self._often.update(set(_WORD.findall(doc.text.lower())))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._texts = len(documents)

    def ask(self, question: Question, limit: int) -> tuple[Found, float, float | None]:
        """The best matches of any of the query's words."""
        words = list(dict.fromkeys(_WORD.findall(f"{question.title} {question.text}".lower())))
        if self._most_words:
            words = [w for w in words if self._often[w] < self._texts * 0.5]
            words = sorted(words, key=lambda w: self._often[w])[: self._most_words]
        if not words:
            return [], 0.0, None
        searcher = self._index.searcher()
        query = self._index.parse_query(" ".join(words[:1000]), ["title", "body"], field_boosts={"title": 2.0})
        if question.before < self._texts:
            earlier = self._tantivy.Query.range_query(
                self._schema, "place", self._tantivy.FieldType.Integer,
                0, question.before, include_upper=False,
            )  # fmt: skip
            must = self._tantivy.Occur.Must
            query = self._tantivy.Query.boolean_query(
                [
                    (must, query),
                    (must, self._tantivy.Query.const_score_query(earlier, 0.0)),
                ]
            )
        hits = searcher.search(query, limit).hits
        found = [(searcher.doc(at)["place"][0], score) for score, at in hits]
        return found, found[0][1] if found else 0.0, None

    def close(self) -> None:
        """Let go of the memory."""
        del self._index
