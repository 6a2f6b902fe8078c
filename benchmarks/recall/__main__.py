"""Measures recall and its peers on a data folder: python -m benchmarks.recall."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.recall import speed, table
from benchmarks.recall.figures import FIRST, Answer, figures
from benchmarks.recall.peers.fts5 import FTS5
from benchmarks.recall.peers.minilm import MiniLM, embedder
from benchmarks.recall.peers.ours import Ours, WithoutServices, WithSemantic
from benchmarks.recall.peers.postgres import Postgres
from benchmarks.recall.peers.shape import Engine, Unavailable
from benchmarks.recall.peers.tantivy_bm25 import Tantivy
from benchmarks.recall.peers.tfidf import TFIDF
from benchmarks.recall.sets import Set, read_sets

_OWN_CHANGES = Path(__file__).parent / "changes"


def main() -> int:
    """Print one table per set and write every figure as JSON."""
    wants = _arguments()
    # Being told to stop must stop the database server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not wants.data.is_dir():
        print(f"There is no folder {wants.data}; nothing is measured.", file=sys.stderr)
        return 2
    everything: dict[str, Any] = {"sets": {}, "speed": {}, "skipped": {}}
    model = embedder(wants.model)
    for one in read_sets(wants.data, wants.changes, wants.all):
        if not one.questions:
            everything["skipped"][one.name] = "nothing is asked of it"
            continue
        everything["sets"][one.name] = measured(one, model, everything["skipped"])
        print(table.of_set(one, everything["sets"][one.name]), flush=True)
    if not everything["sets"]:
        print(f"{wants.data} holds none of the known sets.", file=sys.stderr)
    sizes = [int(size) for size in wants.sizes.split(",") if size.strip()]
    if sizes:
        up_to = speed.UpTo(wants.peers_up_to, wants.embeddings_up_to)
        everything["speed"] = speed.curves(wants.data, sizes, up_to, wants.model)
        print(table.of_speed(everything["speed"]))
    for name, why in everything["skipped"].items():
        print(f"Not measured: {name}, because {why}.")
    if wants.json:
        wants.json.write_text(json.dumps(everything, indent=1, default=str))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recall", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder with repeats/, duplicates/ …")
    add("--json", type=Path, help="write every figure to this file")
    add("--changes", type=Path, default=_OWN_CHANGES, help="folder of lists of changes, asked beside that of"
        " the data folder; archives/ and judged/ beside it are asked too")  # fmt: skip
    add("--model", type=Path, help="folder of a MiniLM model for the semantic rows; left out, the installed one")
    add("--all", action="store_true", help="ask every question of large sets")
    add(
        "--sizes",
        default="1000,10000,100000",
        help="sizes of the speed curve; empty: none",
    )
    add(
        "--peers-up-to",
        type=int,
        default=100_000,
        help="largest size peers are timed at; their questions stop after two minutes",
    )
    add(
        "--embeddings-up-to",
        type=int,
        default=1_000,
        help="largest size at which texts are embedded; ten thousand take some minutes",
    )
    return parser.parse_args()


def engines(model: Any, skipped: dict[str, str]) -> Iterator[Engine]:
    """Every engine that can run here; the others are noted with the reason."""
    makers: list[tuple[str, Callable[[], Engine]]] = [
        (FTS5.name, FTS5),
        (Postgres.name, Postgres),
        (Tantivy.name, Tantivy),
        (TFIDF.name, TFIDF),
        (MiniLM.name, lambda: MiniLM(model)),
        (Ours.name, Ours),
        (WithoutServices.name, WithoutServices),
        (WithSemantic.name, lambda: WithSemantic(model)),
    ]
    for name, make in makers:
        try:
            yield make()
        except Unavailable as why:
            skipped[name] = str(why)


def measured(one: Set, model: Any, skipped: dict[str, str]) -> dict[str, Any]:
    """The figures of every engine on one set."""
    found: dict[str, Any] = {}
    in_words = one.in_words()
    for engine in engines(model, skipped):
        if isinstance(engine, WithoutServices) and not one.names_services:
            continue
        asked = one if isinstance(engine, Ours) else in_words
        try:
            began = time.perf_counter()
            engine.build(asked.documents)
            built = time.perf_counter() - began
            answers = [answer(engine, question) for question in asked.questions]
        finally:
            engine.close()
        found[engine.name] = {"build s": built, **figures(one, answers)}
    return found


def answer(engine: Engine, question: Any) -> Answer:
    """Ask one engine one question and time it."""
    began = time.perf_counter()
    ranked, level, chance = engine.ask(question, FIRST)
    took = time.perf_counter() - began
    return Answer(tuple(place for place, _ in ranked), level, took, chance)


if __name__ == "__main__":
    sys.exit(main())
