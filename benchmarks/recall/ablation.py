"""What each signal is worth: python -m benchmarks.recall.ablation --data FOLDER [--model FOLDER].

One signal is left out at a time, everything else learnt anew, and each source answered with weights from the others.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recall.figures import Pairs, auc, calibration_error, hit_at, mean, recognised
from benchmarks.recall.fitting import Row, answered
from benchmarks.recall.learn import asked_of, crossed, source, stakes_of
from benchmarks.recall.peers.minilm import embedder
from benchmarks.recall.sets import Set, read_sets
from benchmarks.recall.stakes import Stakes

# One level of alarms hangs on two or three novel questions, and so would what a signal seems worth.
_ALARMS = [percent / 100 for percent in range(1, 11)]
_HEAD = ("R@1", "R@3", "R@5", "AUC", "told up to 10 %", "calibration error")
_ALONE = "likeness"


def main() -> None:
    """Print a table for failures and one for changes, and both with meaning where there is a model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--changes", type=Path, default=Path(__file__).parent / "changes")
    parser.add_argument("--model", type=Path)
    wants = parser.parse_args()
    for embeds in (None, embedder(wants.model)) if wants.model else (None,):
        for change in (False, True):
            every = read_sets(wants.data, wants.changes, False)
            sets = [one for one in every if one.questions and one.teaches and one.about_changes is change]
            if sets:
                kind, meaning = "changes" if change else "failures", " with meaning" if embeds else ""
                print(f"| {kind}{meaning}, mean over {len(sets)} sets | {' | '.join(_HEAD)} |")
                print("|---" * (len(_HEAD) + 1) + "|")
                for name, found in ablated(sets, embeds):
                    cells = " | ".join("-" if value is None else f"{value:.3f}".lstrip("0") for value in found)
                    print(f"| {name} | {cells} |", flush=True)


def ablated(sets: Sequence[Set], embeds: Any) -> Iterator[tuple[str, list[float | None]]]:
    """With all signals, with likeness alone, and without each that tells anything here: the means over the sets."""
    names, tables = asked_of(sets, embeds)
    told = np.concatenate([row.signals for rows in tables for row in rows]).std(0) > 0
    used = [name for name, is_told in zip(names, told.tolist(), strict=True) if is_told]
    stakes = stakes_of(sets, tables)  # once, as they hang on the words alone
    variants = {"all": names, f"{_ALONE} alone": [_ALONE]}
    variants |= {f"without {name}": [kept for kept in names if kept != name] for name in used}
    for variant, kept in variants.items():
        columns = [names.index(name) for name in kept]
        fewer = [[_of(row, columns) for row in rows] for rows in tables]
        yield variant, _figures(sets, fewer, kept, stakes if "stakes" in kept else None)


def _figures(
    sets: Sequence[Set], tables: Sequence[list[Row]], kept: Sequence[str], stakes: Stakes | None
) -> list[float | None]:
    of_sets = []
    for one, rows, fits in crossed(sets, tables, kept, stakes):
        pairs = [(row.question, answered(row, fits[source(one, row)])) for row in rows]
        of_sets.append(_of_set(one, pairs))
    return [mean([value for value in column if value is not None]) for column in zip(*of_sets, strict=True)]


def _of(row: Row, columns: Sequence[int]) -> Row:
    return Row(row.question, row.places, row.signals[:, columns], row.right)


def _of_set(one: Set, pairs: Pairs) -> list[float | None]:
    rates = [mean([float(hit_at(q, a, most)) for q, a in pairs if q.answers]) for most in (1, 3, 5)]
    levels = [[a.level for q, a in pairs if bool(q.answers) is repeats] for repeats in (True, False)]
    told = [recognised(pairs, share, one.within) for share in _ALARMS]
    up_to = mean([value for value in told if value is not None])
    return [*rates, auc(levels[0], levels[1]), up_to, calibration_error(pairs)]


if __name__ == "__main__":
    main()
