"""How time and memory grow with the number of texts, each engine in its own process."""

from __future__ import annotations

import json
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.recall.peers.fts5 import FTS5
from benchmarks.recall.peers.minilm import MiniLM
from benchmarks.recall.peers.ours import Ours, WithSemantic
from benchmarks.recall.peers.postgres import Postgres
from benchmarks.recall.peers.shape import Engine, Unavailable
from benchmarks.recall.peers.tantivy_bm25 import Tantivy
from benchmarks.recall.peers.tfidf import TFIDF
from benchmarks.recall.sets import Document, Question, read_sets
from failonce.recall import semantic

_WORDS = 120
_QUERIES = 200
# An engine that takes seconds for an answer is asked less often: its curve shows well enough after these.
_FEWEST_QUERIES, _LONGEST_ASKED = 20, 120.0
# Peers are asked for the 25 most telling words, as "more like this" does by
# default; asked for whole texts they take seconds at these sizes.
_MOST_WORDS = 25
# Made with the folder of a model, or with "" for the one that is found.
_ENGINES: dict[str, Callable[[str], Engine]] = {
    Ours.name: lambda _: Ours(),
    FTS5.name: lambda _: FTS5(_MOST_WORDS),
    Postgres.name: lambda _: Postgres(_MOST_WORDS),
    Tantivy.name: lambda _: Tantivy(_MOST_WORDS),
    TFIDF.name: lambda _: TFIDF(),
    MiniLM.name: lambda model: MiniLM(semantic.load(model)),
    WithSemantic.name: lambda model: WithSemantic(semantic.load(model)),
}


@dataclass(frozen=True, slots=True)
class UpTo:
    """The largest size at which other engines than ours are timed, and any that embeds."""

    peers: int
    embeddings: int

    def times(self, name: str, size: int) -> bool:
        """Whether an engine is timed at a size."""
        if name in (MiniLM.name, WithSemantic.name):
            return size <= self.embeddings
        return name == Ours.name or size <= self.peers


def curves(data: Path, sizes: list[int], up_to: UpTo, model: Path | None) -> dict[str, Any]:
    """Every engine at every size, one process each so that memory is its own."""
    found: dict[str, Any] = {}
    for name in _ENGINES:
        for size in sizes:
            if not up_to.times(name, size):
                continue
            command = [sys.executable, "-m", "benchmarks.recall.speed",
                       str(data), name, str(size), str(model or "")]  # fmt: skip
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                last = done.stderr.strip().splitlines()[-1:]
                found.setdefault(name, {})[size] = {"note": " ".join(last)}
            else:
                found.setdefault(name, {})[size] = json.loads(done.stdout)
    return found


def texts(data: Path, count: int, seed: int) -> Iterator[Document]:
    """Texts of about 120 words, stitched from sentences of real ones.

    Each also names a host or a job of its own, as real reports do; otherwise
    the number of distinct words would stop growing, which it never does.
    """
    sentences = _sentences(data)
    chance = random.Random(seed)
    for number in range(count):
        title = chance.choice(sentences)[:80]
        parts, words = [f"host{chance.randrange(count // 5 + 10)}x"], 0
        while words < _WORDS:
            part = chance.choice(sentences)
            parts.append(part)
            words += part.count(" ") + 1
        yield Document(str(number), title, ". ".join(parts), "made")


def _sentences(data: Path) -> list[str]:
    found = []
    for one in read_sets(data, None, False):
        for doc in one.documents:
            for part in re.split(r"(?<=[.!?])\s+|\n+|\s{3,}", doc.text):
                words = part.split()
                if 4 <= len(words) <= 40:
                    found.append(" ".join(words))
    return found


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def one(data: Path, name: str, size: int, model: str) -> dict[str, float]:
    """Build, ask, add; memory is what the process grew by."""
    engine = _ENGINES[name](model)
    try:
        # The texts come one by one; keeping them would count as index memory.
        documents: Any = texts(data, size, 1) if name != Postgres.name else list(texts(data, size, 1))
        next(texts(data, 1, 5))
        before, began = _resident(), time.perf_counter()
        engine.build(_Counted(documents, size))
        built = time.perf_counter() - began
        grown = _resident() - before
        took = sorted(_times(engine, texts(data, _QUERIES, 2), size))
        row = {"build s": built, "bytes": grown / size, "questions": len(took),
               "p50 ms": took[len(took) // 2], "p99 ms": took[int(len(took) * 0.99)]}  # fmt: skip
        if isinstance(engine, Ours):
            row["put ms"] = max(engine.put_times(texts(data, 200, 3)))
        return row
    finally:
        engine.close()


class _Counted(Sequence[Document]):
    """A stream of documents whose number is known."""

    def __init__(self, items: Any, count: int) -> None:
        self._items, self._count = items, count

    def __iter__(self) -> Iterator[Document]:
        return iter(self._items)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: Any) -> Any:
        raise TypeError("These texts can only be read once, in order.")


def _times(engine: Engine, documents: Iterator[Document], size: int) -> list[float]:
    """How many milliseconds each question takes; of a slow engine, fewer questions."""
    until = time.perf_counter() + _LONGEST_ASKED
    took: list[float] = []
    for doc in documents:
        took.append(_timed(engine, doc, size))
        if len(took) >= _FEWEST_QUERIES and time.perf_counter() > until:
            break
    return took


def _timed(engine: Engine, doc: Document, size: int) -> float:
    question = Question(doc.title, doc.text, size, frozenset(), "made")
    began = time.perf_counter()
    engine.ask(question, 10)
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    # Being told to stop must stop the database server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        print(json.dumps(one(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), "".join(sys.argv[4:]))))
    except Unavailable as why:
        sys.exit(str(why))
