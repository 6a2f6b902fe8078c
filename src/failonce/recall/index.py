"""Keeps what can be recalled and answers "has this happened before?"."""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Iterable
from dataclasses import asdict
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from failonce.recall import storage
from failonce.recall.facts import Facts, Known, Shared
from failonce.recall.likeness import Likeness, ask, candidates, compare
from failonce.recall.postings import Postings
from failonce.recall.reasons import Reasons
from failonce.recall.shapes import Hit, Query, Text
from failonce.recall.tokens import terms
from failonce.recall.weights import Weights

# Winning room back when a third is wasted keeps replacing cheap on average.
_WASTE_WORTH_MOVING = 0.34
_FEWEST_WORTH_MOVING = 1_000
_MOST_TITLE_TERMS = 400


class Index:
    """An in-memory index; what is put is found at once, from any thread.

    It is derived data: it can be thrown away and built again from the texts.
    """

    def __init__(self, weights: Weights | None = None) -> None:
        self.weights = weights or Weights()
        self._lock = RLock()
        self._postings = Postings()
        self._facts = Facts()
        self._numbers: dict[str, int] = {}
        self._keys: list[str | None] = []
        self._when = array("d")

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, key: str) -> bool:
        return key in self._numbers

    def put(self, text: Text) -> None:
        """Add a text, or replace the one with its key; visible at once."""
        title, body = terms(text.title, _MOST_TITLE_TERMS), terms(text.body)
        with self._lock:
            self.drop(text.key)
            number = self._postings.add(title, body)
            self._numbers[text.key] = number
            self._keys.append(text.key)
            self._when.append(-math.inf if text.when is None else text.when)
            self._facts.put(number, text)

    def put_many(self, texts: Iterable[Text]) -> None:
        """Put each text."""
        for text in texts:
            self.put(text)

    def drop(self, key: str) -> None:
        """Forget a text; a key that is not there is no error."""
        with self._lock:
            number = self._numbers.pop(key, None)
            if number is not None:
                self._keys[number] = None
                self._facts.drop(number)
                self._win_room_back()

    def search(
        self, query: Query, *, limit: int = 10, without: Collection[str] = ()
    ) -> list[Hit]:
        """The texts most like a query, best first, without those named."""
        if limit <= 0:
            return []
        with self._lock:
            found = self._found(query, without)[:limit]
            read = Reasons(query)
            return [self._hit(*one, read) for one in found]

    def _found(
        self, query: Query, without: Collection[str]
    ) -> list[tuple[float, str, Likeness, Shared]]:
        title, body = terms(query.title, _MOST_TITLE_TERMS), terms(query.text)
        question = ask(self._postings, title, body, len(self._numbers))
        named = self._facts.texts_for(query.paths)
        allowed = self._allowed(query, without)
        numbers = candidates(self._postings, question, allowed, named)
        found = []
        for one in compare(self._postings, question, numbers):
            shared = self._facts.shared(one.number, query, query.paths)
            # Sums differ in the last digits with the order of the terms.
            score = round(one.cosine + self._worth(shared), 6)
            if score > 0:
                found.append((score, self._keys[one.number] or "", one, shared))
        return sorted(found, key=lambda entry: (-entry[0], entry[1]))

    def _worth(self, shared: Shared) -> float:
        weights = self.weights
        return (
            weights.service * bool(shared.services)
            + weights.technology * bool(shared.technologies)
            + weights.path * bool(shared.path)
        )

    def _allowed(self, query: Query, without: Collection[str]) -> NDArray[np.bool_]:
        allowed = np.fromiter(
            (key is not None for key in self._keys), bool, len(self._keys)
        )
        if query.before is not None:
            allowed &= np.array(self._when) < query.before
        for key in without:
            number = self._numbers.get(key)
            if number is not None:
                allowed[number] = False
        return allowed

    def _hit(
        self,
        score: float,
        key: str,
        one: Likeness,
        shared: Shared,
        reasons: Reasons,
    ) -> Hit:
        weights = self.weights
        chance = 1 / (1 + math.exp(-weights.steepness * (score - weights.even_chance)))
        why = reasons.because(one.shared, shared)
        return Hit(key, score, chance, why, chance >= weights.speaks_at)

    def _win_room_back(self) -> None:
        wasted = len(self._keys) - len(self._numbers)
        if wasted < max(_FEWEST_WORTH_MOVING, _WASTE_WORTH_MOVING * len(self._keys)):
            return
        kept = [number for number, key in enumerate(self._keys) if key is not None]
        self._postings = self._postings.only(kept)
        moved = {old: new for new, old in enumerate(kept)}
        self._facts = self._facts.renumbered(moved)
        self._when = array("d", (self._when[old] for old in kept))
        self._keys = [self._keys[old] for old in kept]
        self._numbers = {key: moved[old] for key, old in self._numbers.items()}

    def save(self, folder: Path) -> None:
        """Write the index to a folder; a reader sees the old one or the new."""
        with self._lock:
            known: dict[Known, list[int]] = {}
            for number, facts in self._facts.known.items():
                known.setdefault(facts, []).append(number)
            words = {
                "keys": self._keys,
                "facts": [[asdict(facts), who] for facts, who in known.items()],
                "vocabulary": list(self._postings.vocabulary),
            }
            numbers = {"when": np.array(self._when), **self._postings.arrays()}
            storage.write(folder, numbers, words)

    @classmethod
    def load(cls, folder: Path, weights: Weights | None = None) -> Index:
        """Read what `save` wrote; StaleIndex when it has to be built again."""
        numbers, words = storage.read(folder)
        index = cls(weights)
        index._keys = words["keys"]
        index._numbers = {k: n for n, k in enumerate(words["keys"]) if k is not None}
        index._when = array("d", numbers.pop("when").tobytes())
        index._postings = Postings.of(numbers, words["vocabulary"])
        for facts, who in words["facts"]:
            text = _with_facts(facts)
            for number in who:
                index._facts.put(number, text)
        return index


def _with_facts(facts: dict[str, Any]) -> Text:
    return Text("", "", "", None, **{name: tuple(v) for name, v in facts.items()})
