"""Says in words why a text was found, in the words of the one who asked."""

from __future__ import annotations

import re

from failonce.recall.common import Common
from failonce.recall.facts import Shared
from failonce.recall.shapes import Query
from failonce.recall.tokens import places, readable

MOST_PHRASES = 4
_LONGEST_PHRASE = 60
_MOST_TERMS_READ = 2_000
# A diff writes every path twice, as a/… and b/…; nobody speaks of files by those names.
_DIFF_SIDES = re.compile(r"(?<![\w./-])[ab]/(?=[\w.-])")
# Small words may stand between shared ones: "ran out of connections".
_BETWEEN = re.compile(r"[ \t]+(?:[a-z]{1,4}[ \t]+){0,2}")


class Reasons:
    """Reads a query once and explains each of its hits."""

    def __init__(self, query: Query) -> None:
        text = readable(query.title + "\n" + query.text)
        self._text = _DIFF_SIDES.sub("", text) if query.kind == "change" else text
        self._places = places(self._text, _MOST_TERMS_READ)

    def because(self, common: Common, shared: Shared) -> tuple[str, ...]:
        """The reasons as short clauses, most telling first."""
        reasons: list[str] = []
        if shared.path:
            changed, glob = shared.path
            reasons.append(f"touches {changed}, one of {glob}")
        if phrases := self._phrases(common):
            quoted = ", ".join(f"“{phrase}”" for phrase in phrases)
            reasons.append(f"both speak of {quoted}")
        if common.idea:
            reasons.append(f"both about {common.idea}")
        if shared.services:
            reasons.append(f"same service: {', '.join(sorted(shared.services))}")
        if shared.technologies:
            reasons.append(f"same technology: {', '.join(sorted(shared.technologies))}")
        if shared.kinds:
            reasons.append(f"same kind of change: {', '.join(sorted(shared.kinds))}")
        return tuple(reasons)

    def _phrases(self, common: Common) -> list[str]:
        """The stretches of the query that matched, none repeating another."""
        worth: dict[str, float] = {}
        for (start, end), value in self._stretches(common):
            phrase = " ".join(self._text[start:end].split())
            worth[phrase] = max(worth.get(phrase, 0.0), value)
        best: list[str] = []
        for phrase in sorted(worth, key=lambda p: (-worth[p], p)):
            if not any(_repeats(phrase.lower(), seen.lower()) for seen in best):
                best.append(phrase)
            if len(best) == MOST_PHRASES:
                break
        return best

    def _stretches(self, common: Common) -> list[tuple[tuple[int, int], float]]:
        """Where words stand together in both texts, and what they add up to."""
        found: list[tuple[tuple[int, int], float]] = []
        counted: set[str] = set()
        before, worth = "", common.worth.get
        for term, start, end in self._places:
            value = worth(term)
            if not value:
                continue
            near = (before, term) in common.together or (term, before) in common.together
            if found and self._continues(found[-1][0], start, end, near):
                (first, last), so_far = found[-1]
                added = 0.0 if term in counted else value
                found[-1] = ((first, max(end, last)), so_far + added)
                counted.add(term)
            else:
                found.append(((start, end), value))
                counted = {term}
            before = term
        return found

    def _continues(self, stretch: tuple[int, int], start: int, end: int, near: bool) -> bool:
        first, last = stretch
        if start < last:
            return True  # another term of the same written word
        gap = self._text[last:start]
        return near and end - first <= _LONGEST_PHRASE and len(gap) < 14 and bool(_BETWEEN.fullmatch(gap))


def _repeats(one: str, other: str) -> bool:
    return one in other or other in one
