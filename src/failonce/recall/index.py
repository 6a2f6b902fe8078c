"""Keeps what can be recalled and answers "has this happened before?"."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from failonce.recall import storage
from failonce.recall.candidates import ask, candidates
from failonce.recall.facts import Facts, Known, Shared
from failonce.recall.found import Found, behind, calmed, chance, likeliest, weighted
from failonce.recall.meaning import Embeds, Meaning
from failonce.recall.postings import Ints, Postings
from failonce.recall.reading import MOST_TITLE_TERMS, ReadQuery, parts, read_query
from failonce.recall.reasons import Reasons
from failonce.recall.shapes import Hit, Query, Text
from failonce.recall.signals import Compared, compare
from failonce.recall.tokens import terms
from failonce.recall.weights import Weights

# Winning room back when a third is wasted keeps replacing cheap on average.
_WASTE_WORTH_MOVING = 0.34
_FEWEST_WORTH_MOVING = 1_000
# Bug reports repeat those of the last days; what an organisation repeats may be years old.
_SOON = 200
# Of a change in four words, sharing three is no likeness yet; it's read as if it had more to say.
_FEWEST_TERMS = 8

_NUMBER = re.compile(r"[0-9]{1,18}\Z")  # as many digits as 64 bits hold

Vectors = NDArray[np.int8]
_NOTHING = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How many hits are asked for, and of which kind."""

    limit: int | None  # None for all that were compared
    only: str
    at_least: float
    weights: Weights

    def has(self, key: str, chance: float) -> bool:
        return key.startswith(self.only) and chance >= self.at_least


class Index:
    """An in-memory index; what is put is found at once, from any thread.

    It is derived data: it can be thrown away and built again from the texts.
    With an `embedder` it also finds what means the same in other words.
    """

    def __init__(self, weights: Weights | None = None, *, embedder: Embeds | None = None) -> None:
        self.weights = weights or Weights()
        self._lock = RLock()
        self._postings = Postings()
        self._facts = Facts()
        self._meaning = Meaning(embedder) if embedder else None
        self._numbers: dict[str, int] = {}
        self._keys: list[str | None] = []
        self._alive = bytearray()
        self._when = array("d")
        self._ends_in = array("q")
        self._known_span: tuple[float, float, int] | None = None

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, key: str) -> bool:
        return key in self._numbers

    def put(self, text: Text) -> None:
        """Add a text, or replace the one with its key; visible at once."""
        title, body = terms(text.title, MOST_TITLE_TERMS), terms(text.body)
        vectors = self._meaning.embed(text) if self._meaning else None
        with self._lock:
            self.drop(text.key)
            number = self._postings.add(title, body)
            self._numbers[text.key] = number
            self._keys.append(text.key)
            self._alive.append(1)
            self._when.append(-math.inf if text.when is None else text.when)
            self._ends_in.append(_number_of(text.key))
            self._facts.put(number, text)
            if self._meaning and vectors is not None:
                self._meaning.put(number, vectors)

    def put_many(self, texts: Iterable[Text]) -> None:
        """Put each text."""
        for text in texts:
            self.put(text)

    def put_facts(self, texts: Iterable[Text]) -> None:
        """Replace the facts of each of these texts and leave its words; one that is not there is no error."""
        with self._lock:
            for text in texts:
                number = self._numbers.get(text.key)
                if number is not None:
                    self._facts.drop(number)
                    self._facts.put(number, text)

    def drop(self, key: str) -> None:
        """Forget a text; a key that is not there is no error."""
        with self._lock:
            self._known_span = None
            number = self._numbers.pop(key, None)
            if number is not None:
                self._keys[number] = None
                self._alive[number] = 0
                self._postings.retire(number)
                self._facts.drop(number)
                if self._meaning:
                    self._meaning.drop(number)
                self._win_room_back()

    def search(
        self,
        query: Query,
        *,
        limit: int = 10,
        without: Collection[str] = (),
        only: str = "",
        at_least: float = 0.0,
        weights: Weights | None = None,
        in_parts: bool = True,
        why: Literal["all", "said"] = "all",
    ) -> list[Hit]:
        """The texts most like a query, best first, without those named.

        `only` keeps those whose keys begin so, `at_least` those with such a chance; `weights` are gone by
        instead of the index's own. A change that says much is asked in parts as well, and its hits stand in order
        of chance, unless `in_parts` is False. Reasons cost the most: they are worked out for no more hits than
        are returned, or for those alone that are said.
        """
        if limit <= 0:
            return []
        whole = read_query(query)
        reads = [whole, *(parts(whole) if in_parts else ())]
        # The likeliest of several questions needn't be among the most alike of each.
        wanted = _Wanted(limit if len(reads) == 1 else None, only, at_least, weights or self.weights)
        asked = self._meaning.ask([each.query for each in reads]) if self._meaning else [None] * len(reads)
        found = []
        for each in zip(reads, asked, strict=True):
            with self._lock:  # anew for each part, so that a long change keeps nobody waiting
                found.append(self._found(*each, without, wanted))
        level = wanted.weights.level(query.kind)
        explained_from = level if why == "said" else 0.0
        reasons = cache(lambda of: Reasons(reads[of].query))
        return [
            _hit(one, level, reasons(of) if one.probability >= explained_from else None)
            for one, of in likeliest(found, limit)
        ]

    def _found(self, read: ReadQuery, asked: Vectors | None, without: Collection[str], wanted: _Wanted) -> list[Found]:
        is_change = read.query.kind == "change"
        fewest_terms = _FEWEST_TERMS if is_change else 0
        question = ask(self._postings, read.title, read.body, len(self._numbers), fewest_terms=fewest_terms)
        allowed = self._allowed(read.query, without)
        named = self._facts.texts_for(read.paths)
        # Copies, as views would keep the arrays from growing for as long as anybody holds one.
        turns = np.array(self._when), np.array(self._ends_in)
        near = self._meaning.nearest(asked, allowed, turns) if self._meaning and asked is not None else _NOTHING
        numbers = candidates(self._postings, question, allowed, turns, named, near)
        if not len(numbers):
            return []
        change = f"{read.query.title}\n{read.query.text}" if is_change else None
        compared = compare(self._postings, question, numbers, change)
        signals = compared.signals
        signals["recency"] = self._recency(numbers, read.query.before)
        if self._meaning and asked is not None:
            signals |= self._meaning.likeness(numbers, asked)
            if not is_change:  # what a few words mean is judged well as it is
                signals["terse"] = np.zeros(len(numbers))
        facts = [self._facts.shared(n, read.query, read.paths, read.kinds) for n in numbers.tolist()]
        signals["service"] = np.array([self._facts.tells(f.services) for f in facts], float)
        signals["technology"] = np.array([bool(f.technologies) for f in facts], float)
        signals["kind"] = np.array([bool(f.kinds) for f in facts], float)
        signals["path"] = np.array([f.path_counts for f in facts], float)
        return self._ranked(read.query.kind, compared, facts, wanted)

    def _ranked(self, kind: str, compared: Compared, facts: list[Shared], wanted: _Wanted) -> list[Found]:
        model = wanted.weights.model(kind, self._meaning is not None)
        # Sums differ in the last digits with the order of the terms.
        scores = np.round(weighted(compared.signals, model.rank), 6)
        compared.signals["behind"] = behind(scores)
        odds = weighted(compared.signals, model.decide) + model.start
        chances = np.round(chance(calmed(odds, compared.signals["terse"])), 6)
        # Whoever named a place for a lesson asked to be reminded there, in whatever words the change is told.
        in_place = np.array([shared.in_place for shared in facts], bool)
        chances[in_place] = np.maximum(chances[in_place], wanted.weights.level(kind))
        alike = np.zeros(len(scores), bool)
        for name in ("likeness", "service", "technology", "path", "meaning"):
            alike |= compared.signals.get(name, alike) > 0
        keys = [self._keys[number] or "" for number in compared.numbers.tolist()]
        order = sorted(np.flatnonzero(alike).tolist(), key=lambda at: (-scores[at], keys[at]))
        return [
            Found(
                key=keys[at],
                score=float(scores[at]),
                probability=float(chances[at]),
                signals=tuple((name, round(float(values[at]), 6)) for name, values in compared.signals.items()),
                facts=facts[at],
                commons=compared.commons,
                row=at,
            )
            for at in islice((at for at in order if wanted.has(keys[at], chances[at])), wanted.limit)
        ]

    def _span(self) -> tuple[float, float, int]:
        """The first and the last known time, and how many are known."""
        if self._known_span is None:
            when = np.array(self._when)
            known = when[np.isfinite(when) & (np.frombuffer(self._alive, np.uint8) > 0)]
            ends = (known.min(), known.max()) if len(known) else (0.0, 0.0)
            self._known_span = (float(ends[0]), float(ends[1]), len(known))
        return self._known_span

    def _recency(self, numbers: Ints, before: float | None) -> NDArray[np.float64]:
        """The logarithm of how many texts came since, were they told evenly, beyond the last two hundred.

        Among those, which one came later says nothing: an organisation repeats what it told a year ago.
        """
        first, last, many = self._span()
        if last <= first:
            return np.zeros(len(numbers))
        theirs = np.array([self._when[n] for n in numbers.tolist()])
        now = last if before is None else before
        usual = (last - first) / many
        theirs = np.where(np.isfinite(theirs), theirs, first)
        return np.asarray(np.log(np.maximum((now - theirs) / usual / _SOON, 1.0)))

    def _allowed(self, query: Query, without: Collection[str]) -> NDArray[np.bool_]:
        # Views are let go at once: an array can't grow while one is alive.
        allowed = np.frombuffer(self._alive, np.uint8) > 0
        if query.before is not None:
            allowed &= np.frombuffer(self._when) < query.before
        for key in without:
            number = self._numbers.get(key)
            if number is not None:
                allowed[number] = False
        return allowed

    def _win_room_back(self) -> None:
        wasted = len(self._keys) - len(self._numbers)
        if wasted < max(_FEWEST_WORTH_MOVING, _WASTE_WORTH_MOVING * len(self._keys)):
            return
        kept = [number for number, key in enumerate(self._keys) if key is not None]
        self._postings = self._postings.only(kept)
        moved = {old: new for new, old in enumerate(kept)}
        self._facts = self._facts.renumbered(moved)
        self._when = array("d", (self._when[old] for old in kept))
        self._ends_in = array("q", (self._ends_in[old] for old in kept))
        self._keys = [self._keys[old] for old in kept]
        self._alive = bytearray(b"\x01" * len(kept))
        if self._meaning:
            self._meaning = self._meaning.renumbered(moved)
        self._numbers = {key: moved[old] for key, old in self._numbers.items()}

    def save(self, folder: Path) -> None:
        """Write the index to a folder; a reader sees the old one or the new, and nobody waits for the disk."""
        model = {"model": self._meaning.model()} if self._meaning else {}
        with self._lock:
            known: dict[Known, list[int]] = {}
            for number, facts in self._facts.known.items():
                known.setdefault(facts, []).append(number)
            words = {
                "keys": list(self._keys),
                "facts": [[asdict(facts), who] for facts, who in known.items()],
                "vocabulary": list(self._postings.vocabulary),
            }
            turns = {"when": np.array(self._when), "ends_in": np.array(self._ends_in)}
            numbers = {**turns, **self._postings.arrays(), **model}
            if self._meaning:
                numbers |= self._meaning.arrays()
        storage.write(folder, numbers, words)

    @classmethod
    def load(
        cls,
        folder: Path,
        weights: Weights | None = None,
        *,
        embedder: Embeds | None = None,
    ) -> Index:
        """Read what `save` wrote; StaleIndex when it has to be built again, as with another model's vectors."""
        numbers, words = storage.read(folder)
        index = cls(weights, embedder=embedder)
        index._keys = words["keys"]
        index._numbers = {k: n for n, k in enumerate(words["keys"]) if k is not None}
        index._alive = bytearray(key is not None for key in words["keys"])
        if index._meaning:
            if "model" not in numbers or not index._meaning.is_by(numbers["model"]):
                raise storage.StaleIndex(storage.StaleIndex.message)
            alive = np.array(index._alive, bool)
            index._meaning.fill(numbers["vectors"], numbers["owners"], alive)
        index._when = array("d", numbers.pop("when").tobytes())
        index._ends_in = array("q", numbers.pop("ends_in").tobytes())
        index._postings = Postings.of(numbers, words["vocabulary"])
        for number in np.flatnonzero(np.frombuffer(index._alive, np.uint8) == 0).tolist():
            index._postings.retire(number)
        for facts, who in words["facts"]:
            text = _with_facts(facts)
            for number in who:
                index._facts.put(number, text)
        return index


def _number_of(key: str) -> int:
    """The number a key ends in, as 12 of "F-12", and -1 of one that ends in none."""
    digits = _NUMBER.search(key)
    return int(digits[0]) if digits else -1


def _with_facts(facts: dict[str, Any]) -> Text:
    return Text("", "", "", None, **{name: tuple(v) for name, v in facts.items()})


def _hit(one: Found, level: float, reasons: Reasons | None) -> Hit:
    return Hit(
        key=one.key,
        score=one.score,
        probability=one.probability,
        because=reasons.because(one.commons.of(one.row), one.facts, one.means_alike) if reasons else (),
        said=one.probability >= level,
        signals=one.signals,
    )
