"""Learns the shipped weights and tests them on sources they were not learnt from.

python -m benchmarks.recall.learn --data FOLDER --changes FOLDER [--out FILE] [--stakes FILE]
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recall.answering import with_answers
from benchmarks.recall.figures import Answer, figures
from benchmarks.recall.fitting import Fitted, Group, Row, answered, fit, model
from benchmarks.recall.peers.minilm import embedder
from benchmarks.recall.sets import Set, read_sets
from benchmarks.recall.stakes import Stakes
from failonce.recall import Index, Query, Text

# More than are ever compared, so all of them: a choice by the weights that ship would bend what is learnt to them.
_ALL_COMPARED = 1_000
_SEED = 5


def rows_of(one: Set, embeds: Any) -> tuple[list[str], list[Row]]:
    """Every question of a set with all texts the engine compares it with, in order of place, and their signals."""
    index = Index(embedder=embeds)
    index.put_many(
        Text(str(n), d.title, d.text, when=float(n), services=d.services) for n, d in enumerate(one.documents)
    )
    names: list[str] = []
    rows = []
    for question in one.questions:
        kind: Any = question.kind
        query = Query(question.text, question.title, question.services, before=float(question.before), kind=kind)
        # Weights are learnt from what one text was asked; which of its parts was likest would depend on the weights.
        hits = index.search(query, limit=_ALL_COMPARED, in_parts=False)
        hits.sort(key=lambda hit: int(hit.key))
        names = names or [name for name, _ in hits[0].signals] if hits else names
        places = tuple(int(hit.key) for hit in hits)
        table = np.array([[v for _, v in hit.signals] for hit in hits], float)
        right = np.array([place in question.answers for place in places], bool)
        rows.append(Row(question, places, table, right))
    for row in rows:
        row.signals = row.signals.reshape(len(row.places), len(names))
    return names, rows


def grouped(one: Set, rows: Iterable[Row]) -> dict[str, Group]:
    """Rows by source; a bug tracker is one source, a project's reports another."""
    groups: dict[str, Group] = {}
    for row in rows:
        groups.setdefault(source(one, row), []).append(row)
    return groups


def source(one: Set, row: Row) -> str:
    """Where a question comes from: its organisation, or else its tracker or list."""
    return row.question.source if one.by_organisation else one.name


def teaching(asked: Iterable[tuple[Set, list[Row]]]) -> dict[str, Group]:
    """What there is to learn from, by source: what is left out with one is left out in each set it stands in."""
    groups: dict[str, Group] = {}
    for one, rows in asked:
        for name, group in grouped(one, rows).items() if one.teaches else ():
            groups.setdefault(name, []).extend(group)
    return groups


def main() -> None:
    """Cross-validate by source, print the table, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--changes", type=Path, default=Path(__file__).parent / "changes")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--out", type=Path, help="where the weights go, as recall ships them")
    parser.add_argument("--stakes", type=Path, help="where the worth of words goes")
    wants = parser.parse_args()
    shipped: dict[str, Any] = {}
    for suffix, embeds in (("", None), ("_with_meaning", embedder(wants.model))):
        if suffix and embeds is None:
            print("No model: the weights with meaning stay as they are.")
            continue
        for kind, change in (("failure", False), ("change", True)):
            every = read_sets(wants.data, wants.changes, False)
            sets = [one for one in every if one.questions and one.about_changes is change]
            if sets:
                print(f"{kind}s{suffix}, each source answered with weights from the others", flush=True)
                shipped[kind + suffix], worth = _cross(sets, embeds, change)
                if worth and wants.stakes:
                    wants.stakes.write_text(json.dumps(worth, indent=0, sort_keys=True) + "\n")
    if wants.out:
        before = json.loads(wants.out.read_text()) if wants.out.is_file() else {}
        wants.out.write_text(json.dumps(before | shipped, indent=1) + "\n")


def _cross(sets: Sequence[Set], embeds: Any, change: bool) -> tuple[dict[str, Any], dict[str, float]]:
    """Print each set as weights from the other sources answer it; the weights, and words' worth, learnt from all."""
    names, tables = asked_of(sets, embeds)
    stakes = stakes_of(sets, tables) if change else None
    for one, rows, fits in crossed(sets, tables, names, stakes):
        _print(one.name, figures(one, [answered(row, fits[source(one, row)]) for row in rows]))
        taught = _taught(one, rows, fits, names)
        print(
            f"    calibration error with people's answers {figures(one, taught)['calibration error']:.3f}", flush=True
        )
    groups = teaching(zip(sets, tables, strict=True))
    learnt = model(fit(_others(groups, "", names, stakes), names, change), change)
    return learnt, stakes.learnt() if stakes else {}


def asked_of(sets: Sequence[Set], embeds: Any) -> tuple[list[str], list[list[Row]]]:
    """The names of the signals, and for each set its questions as `rows_of` gives them."""
    every = [rows_of(one, embeds) for one in sets]
    return every[-1][0], [rows for _, rows in every]


def stakes_of(sets: Sequence[Set], tables: Sequence[list[Row]]) -> Stakes:
    """What the words of changes are worth, to be learnt from these sets."""
    return Stakes(teaching(zip(sets, tables, strict=True)))


def crossed(
    sets: Sequence[Set], tables: Sequence[list[Row]], names: Sequence[str], stakes: Stakes | None
) -> Iterator[tuple[Set, list[Row], dict[str, Fitted]]]:
    """Each set with its questions and, for each of its sources, weights learnt from the others.

    Each organisation, tracker or list in turn is left out of the learning. Nothing is given where one is all there is.
    """
    groups = teaching(zip(sets, tables, strict=True))
    if len(groups) < 2:
        print("  one source alone, so nothing to test its weights on")
        return
    fits: dict[str, Fitted] = {}
    for one, asked in zip(sets, tables, strict=True):
        for left in grouped(one, asked):
            if left not in fits:
                fits[left] = fit(_others(groups, left, names, stakes), names, one.about_changes)
        yield one, stakes.told(asked, names, [one.name]) if stakes else asked, fits


def _others(groups: dict[str, Group], left: str, names: Sequence[str], stakes: Stakes | None) -> list[Group]:
    """The groups to learn from; in each, words are worth what the rest says, or they would seem surer than they are."""
    kept = {name: group for name, group in groups.items() if name != left}
    if stakes is None:
        return list(kept.values())
    return [stakes.told(group, names, [name, left]) for name, group in kept.items()]


def _taught(one: Set, rows: list[Row], fits: dict[str, Fitted], names: Sequence[str]) -> list[Answer]:
    """What is answered when each source teaches as it goes, in order of time."""
    found: dict[int, Answer] = {}
    # Changes have no time, and stand in their lists with all risky ones first.
    ordered = random.Random(_SEED).sample(rows, len(rows)) if one.about_changes else rows
    for left, group in grouped(one, ordered).items():
        found |= {id(row): a for row, a in zip(group, with_answers(group, fits[left]), strict=True)}
    return [found[id(row)] for row in rows]


def _print(name: str, found: dict[str, Any]) -> None:
    shown = ("R@1", "R@3", "R@5", "R@10", "MRR", "AUC", "recognised", "recognised and right", "calibration error")
    cells = (f"{n} {found[n]:.3f}" for n in shown if found.get(n) is not None)
    print(f"  {name:22}", "  ".join(cells), flush=True)


if __name__ == "__main__":
    main()
