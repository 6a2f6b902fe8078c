"""Learns what the words of a change are worth: of those that repeat a failure, and of innocent ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.recall.fitting import Row, descend
from benchmarks.recall.sets import Question
from failonce.recall.manner import stakes, telling_words

Lists = Mapping[str, Sequence[Row]]
Worth = dict[str, float]

# A word in fewer changes tells of those changes and not of the word.
_FEWEST_CHANGES = 4
_FEWEST_LISTS = 2
# So many of the lists that have a word must agree on it: of three lists two, of sixteen eleven.
_AGREED = 2 / 3
# Each side of a list counts as if it had so many more changes with the word among so many more changes, so that a few
# changes without it don't say "never". Set by hand.
_SEEN_BEFORE, _ASKED_BEFORE = 0.3, 0.6
# How strongly the worth of a word is held to nought. Chosen by cross-validation: held twice as strongly, words told
# the lists left out a little worse apart.
_STEADY = 0.12
# The start is all but free; held a little, it has one least value.
_STEADY_START = 1e-6
# What is worth less moves no chance that is shown, and would only make the list long.
_WORTH_KEEPING = 0.05


class Stakes:
    """Learns from some lists at a time, each choice of lists once."""

    def __init__(self, lists: Lists) -> None:
        self._lists = {name: [row.question for row in rows] for name, rows in lists.items()}
        self._known: dict[frozenset[str], Worth] = {}

    def learnt(self, without: Sequence[str] = ()) -> Worth:
        """What each word is worth, as all lists but some tell it."""
        names = frozenset(self._lists) - set(without)
        if names not in self._known:
            self._known[names] = learn_stakes([self._lists[name] for name in sorted(names)])
        return self._known[names]

    def told(self, rows: Sequence[Row], names: Sequence[str], without: Sequence[str]) -> list[Row]:
        """The rows as words worth what the lists other than some say of them."""
        worth = self.learnt(without)
        at = list(names).index("stakes")
        return [_with(row, at, stakes(row.question.text, worth)) for row in rows]


def _with(row: Row, at: int, value: float) -> Row:
    signals = row.signals.copy()
    signals[:, at] = value
    return Row(row.question, row.places, signals, row.right)


def learn_stakes(lists: Sequence[Sequence[Question]]) -> Worth:
    """A logistic regression of "does it repeat a failure?" on the words of a change.

    Kept are words that at least two lists have, and on which two in three of those agree: what
    one writer is fond of says nothing of a change.
    """
    worded = [[(telling_words(q.text), bool(q.answers)) for q in questions] for questions in lists]
    place = {word: at for at, word in enumerate(sorted(_agreed(worded)))}
    every = [one for each in worded for one in each]
    table = np.zeros((len(every), len(place)))
    for line, (words, _) in enumerate(every):
        table[line, [place[word] for word in words if word in place]] = max(len(words), 1) ** -0.5
    found = _fitted(table, np.array([risky for _, risky in every], float))
    return {word: round(float(found[at]), 2) for word, at in place.items() if abs(found[at]) >= _WORTH_KEEPING}


def _agreed(worded: Sequence[Sequence[tuple[frozenset[str], bool]]]) -> set[str]:
    often = Counter(word for each in worded for words, _ in each for word in words)
    signs: dict[str, list[bool]] = {}
    for each in worded:
        risky = Counter(word for words, is_risky in each if is_risky for word in words)
        innocent = Counter(word for words, is_risky in each if not is_risky for word in words)
        many = sum(is_risky for _, is_risky in each)
        for word in risky.keys() | innocent.keys():
            share = _share(risky[word], many)
            signs.setdefault(word, []).append(share > _share(innocent[word], len(each) - many))
    return {
        word
        for word, those in signs.items()
        if often[word] >= _FEWEST_CHANGES
        and len(those) >= _FEWEST_LISTS
        and max(sum(those), len(those) - sum(those)) >= _AGREED * len(those) - 1e-9
    }


def _share(seen: int, asked: int) -> float:
    return (seen + _SEEN_BEFORE) / (asked + _ASKED_BEFORE)


def _fitted(table: NDArray[np.float64], risky: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weight of each column; the last of the descent is where the odds start, and is left out."""
    table = np.column_stack([table, np.ones(len(table))])
    held = np.append(np.full(table.shape[1] - 1, _STEADY), _STEADY_START)

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = np.clip(table @ w, -30, 30)
        chance = 1 / (1 + np.exp(-odds))
        total = -float((risky * np.log(chance) + (1 - risky) * np.log(1 - chance)).sum())
        return total + float(held @ (w * w)), table.T @ (chance - risky) + 2 * held * w

    free = np.full(table.shape[1], np.inf)
    return np.asarray(descend(loss, (-free, free)))[:-1]
