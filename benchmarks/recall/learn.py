"""Learns the shipped weights and tests them on sources they were not learnt from.

python -m benchmarks.recall.learn --data FOLDER --changes FOLDER [--out FILE]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.recall.figures import Answer, figures
from benchmarks.recall.peers.minilm import embedder
from benchmarks.recall.sets import Question, Set, read_sets
from failonce.recall import Index, Query, Text

_COMPARED = 60
_TOUCHED = ("service", "technology", "kind", "path")
# What the sets cannot teach, as no report in them names its service: set by
# hand, small enough that words decide and large enough to part equals.
# A path is named by whoever wrote the lesson, to be reminded there.
_BY_HAND = {
    "failure": {"service": 0.5},
    "change": {"service": 0.5, "technology": 0.25, "kind": 0.5, "path": 4.0},
}
# Only ranking may look at the time, or at what both are about; see how-recall-ranks.
_NOT_FOR_DECIDING = ("recency", "ideas")
_NEVER_BELOW_ZERO = (
    "likeness", "saturated", "both_ways", "passage", "title_told",
    "title_letters", "ideas", "bold", "reaching", "meaning",
)  # fmt: skip
_NEVER_ABOVE_ZERO = ("neighbours", "recency", "cosmetic", "guarded")


@dataclass(slots=True)
class Row:
    """One question with the signals of its candidates."""

    question: Question
    places: tuple[int, ...]
    signals: NDArray[np.float64]
    right: NDArray[np.bool_]


Group = list[Row]


def rows_of(one: Set, model: Any) -> tuple[list[str], list[Row]]:
    """Every question of a set, answered by the engine with its signals."""
    index = Index(embedder=model)
    index.put_many(Text(str(n), d.title, d.text, when=float(n)) for n, d in enumerate(one.documents))
    names: list[str] = []
    rows = []
    for question in one.questions:
        kind: Any = question.kind
        query = Query(question.text, question.title, before=float(question.before), kind=kind)
        hits = index.search(query, limit=_COMPARED)
        names = names or [name for name, _ in hits[0].signals] if hits else names
        places = tuple(int(hit.key) for hit in hits)
        table = np.array([[v for _, v in hit.signals] for hit in hits], float)
        right = np.array([place in question.answers for place in places], bool)
        rows.append(Row(question, places, table, right))
    for row in rows:
        row.signals = row.signals.reshape(len(row.places), len(names))
    return names, rows


def bounds(names: Sequence[str]) -> list[tuple[float | None, float | None]]:
    """Which sign a weight may have; more alike must never count against."""
    return [(0.0 if n in _NEVER_BELOW_ZERO else None, 0.0 if n in _NEVER_ABOVE_ZERO else None) for n in names]


def fit_rank(groups: Sequence[Group], names: Sequence[str], steady: float) -> Any:
    """Weights under which right answers stand before wrong ones (softmax)."""
    minimize: Any = import_module("scipy.optimize").minimize
    data = [(row.signals, row.right, len(group) ** -0.7) for group in groups for row in group if row.right.any()]
    spread = np.concatenate([d[0] for d in data]).std(0) + 1e-6

    def loss(w: Any) -> Any:
        total, slope = 0.0, np.zeros_like(w)
        for signals, right, weight in data:
            x = signals / spread
            z = x @ w
            p = np.exp(z - z.max())
            p /= p.sum()
            good = float((p * right).sum()) + 1e-12
            total -= weight * np.log(good)
            slope -= weight * (x.T @ (p * right / good - p))
        held = steady * len(groups)
        return total + held * (w @ w), slope + 2 * held * w

    start = np.zeros(len(names))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds(names))
    return found.x / spread


def fit_decide(groups: Sequence[Group], names: Sequence[str], rank: Any, steady: float) -> tuple[Any, float]:
    """Weights and start of a logistic chance, learnt from the first three hits."""
    minimize: Any = import_module("scipy.optimize").minimize
    xs, ys, weights = [], [], []
    for group in groups:
        for row in group:
            best = np.argsort(-(row.signals @ rank), kind="stable")[:3]
            for n, at in enumerate(best):
                xs.append(row.signals[at])
                ys.append(float(row.right[at]))
                weights.append(len(group) ** -0.7 * (1.0 if n == 0 else 0.3))
    x, y, v = np.array(xs), np.array(ys), np.array(weights)
    used = np.array([n not in _NOT_FOR_DECIDING for n in names])
    middle, spread = x.mean(0), x.std(0) + 1e-6
    z = (x - middle) / spread * used
    v = v / v.sum() * len(groups)

    def loss(w: Any) -> Any:
        odds = z @ w[1:] + w[0]
        p = 1 / (1 + np.exp(-odds))
        total = -(v * (y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))).sum()
        off = v * (p - y)
        total += steady * len(groups) * (w[1:] @ w[1:])
        slope = np.append(off.sum(), z.T @ off + 2 * steady * len(groups) * w[1:])
        return total, slope

    limits = [(None, None), *bounds(names)]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=limits)
    w = found.x[1:] * used / spread
    return w, float(found.x[0] - w @ middle)


def answered(row: Row, rank: Any, decide: Any, start: float) -> Answer:
    """What the engine would answer with these weights."""
    if not len(row.places):
        return Answer((), 0.0, 0.0, 0.0)
    order = np.argsort(-(row.signals @ rank), kind="stable")
    chances = 1 / (1 + np.exp(-np.clip(row.signals @ decide + start, -30, 30)))
    ranked = tuple(row.places[at] for at in order)
    return Answer(ranked, float(chances[order[:10]].max()), 0.0, float(chances[order[0]]))


def grouped(one: Set, rows: Iterable[Row]) -> dict[str, Group]:
    """Rows by source; a bug tracker is one source, a project's reports another."""
    groups: dict[str, Group] = {}
    for row in rows:
        groups.setdefault(_group(one, row), []).append(row)
    return groups


def _group(one: Set, row: Row) -> str:
    return row.question.source if one.name == "repeats" else one.name


def main() -> None:
    """Cross-validate by source, print the table, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--changes", type=Path, default=Path(__file__).parent / "changes")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--out", type=Path)
    wants = parser.parse_args()
    shipped: dict[str, Any] = {}
    for name, model in (("", None), ("_with_meaning", embedder(wants.model))):
        if name and model is None:
            print("No model: the weights with meaning stay as they are.")
            continue
        shipped |= _learnt(wants, name, model)
    if wants.out:
        before = json.loads(wants.out.read_text()) if wants.out.is_file() else {}
        wants.out.write_text(json.dumps(before | shipped, indent=1) + "\n")


def _learnt(wants: argparse.Namespace, suffix: str, model: Any) -> dict[str, Any]:
    sets: dict[str, Set] = {}
    tables: dict[str, list[Row]] = {}
    names: list[str] = []
    names_of_changes: list[str] = []
    for one in read_sets(wants.data, wants.changes, False):
        named, tables[one.name] = rows_of(one, model)
        sets[one.name] = one
        if one.questions[0].kind == "change":
            names_of_changes = named
        else:
            names = named
    failures = {k: t for k, t in tables.items() if sets[k].questions[0].kind == "failure"}
    print(f"failures{suffix}, each source answered with weights from the others", flush=True)
    fitted = {f"failure{suffix}": _cross(failures, sets, names)}
    if changes := {k: t for k, t in tables.items() if k not in failures}:
        print(f"changes{suffix}, each list answered with weights from the others", flush=True)
        fitted[f"change{suffix}"] = _cross(changes, sets, names_of_changes, change=True)
    return fitted


def _cross(
    tables: dict[str, list[Row]], sets: dict[str, Set], names: Sequence[str], change: bool = False
) -> dict[str, Any]:
    """Print each set as weights from the other sources answer it; the model of all."""
    groups: dict[str, Group] = {}
    for key, rows in tables.items():
        groups |= grouped(sets[key], rows)
    for key, rows in tables.items():
        # Each organisation, tracker or list in turn is left out of the learning.
        left_out = grouped(sets[key], rows)
        fits = {left: _fit([g for n, g in groups.items() if n != left], names, change) for left in left_out}
        answers = [answered(row, *fits[_group(sets[key], row)]) for row in rows]
        _print(key, figures(sets[key], answers))
    return _model(_fit(list(groups.values()), names, change), names, change)


def _fit(groups: list[Group], names: Sequence[str], change: bool = False) -> tuple[Any, Any, float]:
    steady = 0.002 if change else 0.02
    rank = fit_rank(groups, names, steady)
    if change:
        # The public failures' dates say nothing of when a change was made.
        rank[list(names).index("recency")] = 0.0
    decide, start = fit_decide(groups, names, rank, 0.01)
    return rank, decide, start


def _model(fitted: tuple[Any, Any, float], names: Sequence[str], change: bool) -> dict[str, Any]:
    rank, decide, start = fitted
    by_hand = _BY_HAND["change" if change else "failure"]
    return {
        "rank": _rounded(names, rank) | by_hand, "decide": _rounded(names, decide) | by_hand,
        "start": round(start, 4),
    }  # fmt: skip


def _rounded(names: Sequence[str], weights: Any) -> dict[str, float]:
    found = {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)}
    return {n: w for n, w in found.items() if w and n not in _TOUCHED}


def _print(name: str, found: dict[str, Any]) -> None:
    shown = ("R@1", "R@3", "R@5", "R@10", "MRR", "AUC", "recognised", "recognised and right", "calibration error")
    cells = (f"{n} {found[n]:.3f}" for n in shown if found.get(n) is not None)
    print(f"  {name:22}", "  ".join(cells), flush=True)


if __name__ == "__main__":
    main()
