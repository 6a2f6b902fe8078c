"""With an embedder, recall also finds what means the same in other words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from failonce.recall import Index, Query, Text, storage
from failonce.recall.meaning import passages
from failonce.recall.storage import StaleIndex

TOPICS = (
    ("certificate", "tls", "expired", "credential", "lapsed"),
    ("disk", "volume", "full", "storage", "capacity"),
    ("queue", "backlog", "workers", "jobs", "waiting"),
)


class Topics:
    """Counts words of a few topics: meaning, as far as these tests need it."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), 64), np.float32)
        for row, text in enumerate(texts):
            for at, words in enumerate(TOPICS):
                found = sum(text.lower().count(word) for word in words)
                rows[row, at * 20 : at * 20 + 20] = found
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


@pytest.fixture
def index() -> Index:
    memory = Index(embedder=Topics())
    memory.put(Text("F-1", "TLS down", "the certificate expired", when=1.0))
    memory.put(Text("F-2", "No room", "the disk was full", when=2.0))
    memory.put(Text("F-3", "Slow mail", "a backlog, workers stuck", when=3.0))
    return memory


def test_other_words_for_the_same_thing_are_found(index: Index) -> None:
    hits = index.search(Query("our storage capacity ended"))

    assert hits[0].key == "F-2"
    assert hits[0].because == ("alike in meaning, in other words",)
    assert dict(hits[0].signals)["meaning"] == pytest.approx(1.0, abs=0.02)


def test_a_word_too_far_down_to_quote_is_no_other_word(index: Index) -> None:
    filler = " ".join(f"filler{number}" for number in range(2_500))

    hits = index.search(Query(f"storage capacity {filler} disk"))

    assert hits[0].key == "F-2"
    assert dict(hits[0].signals)["meaning"] > 0
    assert hits[0].because == ()


def test_however_many_lessons_name_the_place(index: Index) -> None:
    index.put_many(Text(f"L-{n}", f"Lesson {n}", "", paths=("jobs/**",)) for n in range(150))
    index.put(Text("F-9", "", "the volume was full", when=9.0))

    hits = index.search(Query("our storage capacity ended", paths=("jobs/a.py",), kind="change"), limit=500)

    assert {"F-2", "F-9"} <= {hit.key for hit in hits}


@pytest.mark.parametrize("many", [59, 500, 4_500])
def test_copies_leave_room_for_what_means_nearly_the_same(many: int) -> None:
    copies = [Text(f"F-{n}", "Alert", "the disk was full", when=n // 3) for n in range(many)]
    other = Text("F-other", "", "our volume: no capacity, a backlog", when=9.0)
    built, followed = Index(embedder=Topics()), Index(embedder=Topics())
    built.put_many([*copies, other])
    followed.put_many([*copies, other])
    followed.put_many(copies[:40])

    question = Query("the storage ended")

    found = [hit.key for hit in built.search(question, limit=100)]
    assert found == [hit.key for hit in followed.search(question, limit=100)]
    assert sorted(found) == sorted([*(f"F-{n}" for n in range(10)), "F-other"])


def test_without_the_embedder_they_are_not() -> None:
    memory = Index()
    memory.put(Text("F-2", "No room", "the disk was full"))

    assert memory.search(Query("our storage capacity ended")) == []


def test_dropped_and_later_texts_stay_away(index: Index) -> None:
    index.drop("F-2")

    found = [hit.key for hit in index.search(Query("storage capacity", before=3.0))]

    assert "F-2" not in found
    assert "F-3" not in found


def test_a_text_without_a_word_comes_and_goes() -> None:
    memory = Index(embedder=Topics())
    memory.put(Text("F-1", "", ""))
    memory.put(Text("F-1", "", " "))
    memory.drop("F-1")

    assert memory.search(Query("storage capacity")) == []


def test_winning_room_back_keeps_what_all_share() -> None:
    memory, never = Index(embedder=Topics()), Index(embedder=Topics())
    for number in range(1_200):
        text = Text(f"F-{number}", "", f"{TOPICS[number % 3][0]} {TOPICS[number % 2][1]}", when=float(number % 7))
        memory.put(text)
        if number >= 1_100:
            never.put(text)
    for number in range(1_100):
        memory.drop(f"F-{number}")

    query = Query("a credential lapsed, volume full")
    wholes = [
        {hit.key: dict(hit.signals)["meaning_whole"] for hit in one.search(query, limit=100)} for one in (memory, never)
    ]

    assert wholes[0]
    assert wholes[0] == wholes[1]


def test_vectors_survive_the_disk(index: Index, tmp_path: Path) -> None:
    query = Query("a credential lapsed")
    index.save(tmp_path)

    again = Index.load(tmp_path, embedder=Topics())

    assert again.search(query) == index.search(query)
    again.put(Text("F-4", "", "volume full"))
    assert "F-4" in {hit.key for hit in again.search(Query("storage"))}


@pytest.mark.parametrize("is_wider", [True, False])
def test_vectors_of_another_model_are_not_read(tmp_path: Path, index: Index, is_wider: bool) -> None:
    class Other(Topics):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            rows = super().embed(texts)
            return np.repeat(rows, 2, axis=1) if is_wider else -rows

    index.save(tmp_path)

    with pytest.raises(StaleIndex):
        Index.load(tmp_path, embedder=Other())


def test_vectors_of_an_unnamed_model_are_not_read(tmp_path: Path, index: Index) -> None:
    index.save(tmp_path)
    numbers, words = storage.read(tmp_path)
    storage.write(
        tmp_path,
        {name: each for name, each in numbers.items() if name != "model"},
        {name: each for name, each in words.items() if name != "stamp"},
    )

    with pytest.raises(StaleIndex):
        Index.load(tmp_path, embedder=Topics())
    assert len(Index.load(tmp_path)) == 3


def test_last_digits_make_no_other_model(tmp_path: Path, index: Index) -> None:
    class Elsewhere(Topics):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return super().embed(texts) + np.float32(0.002)

    index.save(tmp_path)

    assert Index.load(tmp_path, embedder=Elsewhere()).search(Query("our storage capacity ended"))[0].key == "F-2"


def test_what_all_texts_share_is_no_likeness() -> None:
    alike, apart = Index(embedder=Topics()), Index(embedder=Topics())
    for number in range(300):
        alike.put(Text(f"F-{number}", "", f"certificate expired, disk full {number}", when=float(number)))
        apart.put(Text(f"F-{number}", "", f"{TOPICS[number % 3][0]} {number}", when=float(number)))
    for memory in (alike, apart):
        memory.put(Text("L-1", "", "certificate expired, disk full and a credential lapsed", when=400.0))

    query = Query("certificate expired, volume full")
    wholes = [dict(m.search(query, limit=1, only="L-")[0].signals)["meaning_whole"] for m in (alike, apart)]

    assert wholes[0] < wholes[1] - 0.5


@pytest.mark.parametrize("again", [False, True])
def test_a_text_that_went_leaves_no_trace_in_what_all_share(index: Index, tmp_path: Path, again: bool) -> None:
    never = Index(embedder=Topics())
    never.put(Text("F-3", "Slow mail", "a backlog, workers stuck", when=3.0))
    never.put(Text("F-1", "TLS down", "the certificate expired", when=1.0))
    index.drop("F-2")
    if again:
        index.save(tmp_path)
        index = Index.load(tmp_path, embedder=Topics())

    query = Query("a credential lapsed, jobs waiting")

    assert index.search(query) == never.search(query)


def test_an_index_kept_without_vectors_is_built_again(tmp_path: Path) -> None:
    Index().save(tmp_path)

    with pytest.raises(StaleIndex):
        Index.load(tmp_path, embedder=Topics())


def test_room_is_won_back_with_vectors() -> None:
    memory = Index(embedder=Topics())
    for _ in range(2):
        for number in range(1_100):
            memory.put(Text(f"F-{number}", "", TOPICS[number % 3][0]))

    assert memory.search(Query("storage"), limit=1)[0].key == "F-1"


@pytest.mark.parametrize("body", ["", "word " * 100_000, "x" * 1_000_000])
def test_passages_are_few_and_short(body: str) -> None:
    parts = passages("Title", body, 6)

    assert 1 <= len(parts) <= 6
    assert all(len(part) <= 1_500 for part in parts)
