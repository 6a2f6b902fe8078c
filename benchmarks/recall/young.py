"""How often recall speaks while few failures are told: python -m benchmarks.recall.young --data FOLDER."""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.recall.figures import auc
from benchmarks.recall.sets import Question, Set, read_sets
from failonce.recall import Hit, Index, Query, Text

_SIZES = (5, 15, 40, 100)
# So many archives are drawn for each repeat; of novel questions, so many a set, each with one archive.
_DRAWN, _MOST_NOVEL = 2, 100


def young(one: Set, size: int) -> Iterator[tuple[Question, Hit | None]]:
    """Questions, each asked of an archive of `size` earlier texts, and the first hit.

    An archive for a repeat holds one of the texts it repeats; all others are drawn.
    """
    chance = random.Random(size)
    novel = [question for question in one.novel if question.before >= size]
    repeats = [question for question in one.repeats if question.before >= size] * _DRAWN
    for question in repeats + chance.sample(novel, min(_MOST_NOVEL, len(novel))):
        index = Index()
        texts = [(n, one.documents[n]) for n in drawn(question, size, chance)]
        index.put_many(Text(str(n), d.title, d.text, when=float(n), services=d.services) for n, d in texts)
        query = Query(question.text, question.title, question.services)
        yield question, next(iter(index.search(query, limit=1)), None)


def drawn(question: Question, size: int, chance: random.Random) -> list[int]:
    """The places of so many texts earlier than a question, one of those it repeats among them."""
    meant = chance.sample(sorted(question.answers), min(1, len(question.answers)))
    others = sorted(set(range(question.before)) - question.answers)
    return sorted(meant + chance.sample(others, min(size - len(meant), len(others))))


def row(sets: Sequence[Set], size: int) -> str:
    """The figures of all sets together, their AUC one by one."""
    first = said_rightly = repeats = said_wrongly = novel = 0
    aucs = []
    for one in sets:
        levels: tuple[list[float], list[float]] = ([], [])
        for question, hit in young(one, size):
            is_repeat = bool(question.answers)
            is_right = hit is not None and int(hit.key) in question.answers
            is_said = hit is not None and hit.said
            levels[not is_repeat].append(hit.probability if hit else 0.0)
            repeats += is_repeat
            novel += not is_repeat
            first += is_right
            said_rightly += is_right and is_said
            said_wrongly += is_said and not is_repeat
        aucs.append(auc(*levels))
    shown = " ".join("-" if level is None else f"{level:.2f}" for level in aucs)
    shares = (first / max(repeats, 1), said_rightly / max(repeats, 1), said_wrongly / max(novel, 1))
    return f"{size:5} {shares[0]:8.2f} {shares[1]:13.2f} {shares[2]:13.2f}   {shown}"


def main() -> None:
    """Print one row for each size of archive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    wants = parser.parse_args()
    every = read_sets(wants.data, Path(__file__).parent / "changes", False)
    # Bug trackers are never young.
    sets = [one for one in every if one.teaches and not one.about_changes and not one.name.startswith("duplicates")]
    print(f"texts      R@1  said rightly  said wrongly   AUC of {', '.join(one.name for one in sets)}")
    for size in _SIZES:
        print(row(sets, size), flush=True)


if __name__ == "__main__":
    main()
