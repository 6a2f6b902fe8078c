"""Several threads at once, and what is kept on disk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from failonce.recall import Index, Query, Text, storage
from failonce.recall.storage import StaleIndex


def _text(n: int) -> Text:
    return Text(
        f"F-{n}",
        f"Worker {n} died",
        f"queue{n} was full",
        when=float(n),
        services=("queue",),
        paths=(f"jobs/{n}/**",),
    )


def test_searching_while_putting_and_dropping_never_fails() -> None:
    index = Index()

    def put(n: int) -> None:
        index.put(_text(n % 50))
        index.drop(_text(n % 7).key)

    def search(n: int) -> int:
        return len(index.search(Query(f"queue{n % 50} full", paths=(f"jobs/{n}/a",))))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(put, range(400)))
        work = [threads.submit(act, n) for n in range(400) for act in (put, search)]
        assert all(one.exception() is None for one in work)


def test_a_saved_index_answers_the_same(tmp_path: Path) -> None:
    index = Index()
    index.put_many(_text(n) for n in range(30))
    index.drop("F-3")
    query = Query("worker 7 died, queue7", services=("queue",), paths=("jobs/7/a.py",))

    index.save(tmp_path)
    again = Index.load(tmp_path)

    assert again.search(query) == index.search(query)
    assert len(again) == 29
    again.put(_text(3))
    assert again.search(Query("queue3"))[0].key == "F-3"


@pytest.mark.parametrize("saved", [False, True])
def test_what_was_dropped_or_put_again_leaves_no_trace(tmp_path: Path, saved: bool) -> None:
    never, index = Index(), Index()
    texts = [_text(n) for n in range(30)]
    never.put_many(texts)
    index.put_many(_text(n) for n in range(60, 70))
    for _ in range(30):
        index.put_many(texts)
    for n in range(60, 70):
        index.drop(f"F-{n}")
    if saved:
        index.save(tmp_path)
        index = Index.load(tmp_path)

    # Beside what few texts have and all, what only dropped ones had, which counts as new.
    for query in (Query("worker 7 died, queue7"), Query("queue65 was full"), Query("worker queue65", kind="change")):
        assert index.search(query) == never.search(query)


def test_nobody_waits_while_an_index_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index()
    index.put(_text(7))
    found: list[str] = []

    def write(*_: object) -> None:
        other = Thread(target=lambda: found.extend(hit.key for hit in index.search(Query("queue7"))))
        other.start()
        other.join(timeout=5)
        assert not other.is_alive()

    monkeypatch.setattr(storage, "write", write)

    index.save(tmp_path)

    assert found == ["F-7"]


def test_two_that_save_at_once_leave_a_whole_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Index(), Index()
    first.put(_text(7))
    second.put_many([_text(8), _text(9)])
    plainly = np.savez

    def after_the_other(file: Any, **arrays: Any) -> None:
        monkeypatch.setattr(np, "savez", plainly)
        second.save(tmp_path)
        plainly(file, **arrays)

    monkeypatch.setattr(np, "savez", after_the_other)
    first.save(tmp_path)

    assert [hit.key for hit in Index.load(tmp_path).search(Query("queue7 queue8"))] == ["F-7"]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("harm", ["missing", "cut", "older"])
def test_a_damaged_folder_asks_to_be_built_again(tmp_path: Path, harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index()
    index.put(_text(1))
    index.save(tmp_path)
    [file] = tmp_path.iterdir()
    if harm == "missing":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(file.read_bytes()[:100])
    else:
        monkeypatch.setattr(storage, "FORMAT", storage.FORMAT + 1)

    with pytest.raises(StaleIndex):
        Index.load(tmp_path)


def test_nothing_is_left_of_what_could_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)

    with pytest.raises(OSError, match="No space left"):
        Index().save(tmp_path)

    assert list(tmp_path.iterdir()) == []
