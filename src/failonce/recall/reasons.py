"""Says in words why a text was found, in the words of the one who asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from failonce.recall.facts import Shared
from failonce.recall.in_common import Common
from failonce.recall.paragraphs import paragraphs
from failonce.recall.shapes import Query
from failonce.recall.tokens import places, readable, terms

MOST_PHRASES = 4
_LONGEST_PHRASE = 60
_MOST_TERMS_READ = 2_000
# A diff writes every path twice, as a/… and b/…; nobody speaks of files by those names.
_DIFF_SIDES = re.compile(r"(?<![\w./-])[ab]/(?=[\w.-])")
# Small words may stand between shared ones: "ran out of connections", "out-of-memory".
_BETWEEN = re.compile(r"[ \t]+(?:[a-z]{1,4}[ \t]+){0,2}|-(?:[a-z]{1,4}-){1,2}|[-_./\\:@]*")


class Reasons:
    """Reads a query once and explains each of its hits."""

    def __init__(self, query: Query) -> None:
        text = readable(query.title + "\n" + query.text)
        self._text = _DIFF_SIDES.sub("", text) if query.kind == "change" else text
        self._places = places(self._text, _MOST_TERMS_READ)

    def because(self, common: Common, shared: Shared, means_alike: bool) -> tuple[str, ...]:
        """The reasons as short clauses, most telling first; that it means the same when no word can be shown."""
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
        elif shared.technologies:  # what one service is made of, all of its failures have in common
            reasons.append(f"same technology: {', '.join(sorted(shared.technologies))}")
        if shared.kinds:
            reasons.append(f"same kind of change: {', '.join(sorted(shared.kinds))}")
        if not reasons and not common.worth and means_alike:
            reasons.append("alike in meaning, in other words")
        return tuple(reasons)

    def _phrases(self, common: Common) -> list[str]:
        """The stretches of the query that matched, none repeating another; of words of every day when all are."""
        worth: dict[str, float] = {}
        found = self._stretches(common)
        for stretch in [one for one in found if one.terms - _everyday()] or found:
            phrase = " ".join(self._text[stretch.start : stretch.end].split())
            worth[phrase] = max(worth.get(phrase, 0.0), stretch.worth)
        best: list[str] = []
        for phrase in sorted(worth, key=lambda p: (-worth[p], p)):
            if not any(_repeats(phrase.lower(), seen.lower()) for seen in best):
                best.append(phrase)
            if len(best) == MOST_PHRASES:
                break
        return best

    def _stretches(self, common: Common) -> list[_Stretch]:
        """Where words stand together in both texts."""
        found: list[_Stretch] = []
        before, since, worth = "", 0, common.worth.get
        for term, start, end in self._places:
            value = worth(term)
            if not value:
                continue
            is_whole = start <= since < end  # a name after its parts
            near = (before, term) in common.together
            if not found or not (is_whole or self._continues(found[-1], start, end, near)):
                found.append(_Stretch(start, end))
            found[-1].take(term, start, end, value)
            before, since = term, start
        return found

    def _continues(self, stretch: _Stretch, start: int, end: int, near: bool) -> bool:
        gap = self._text[stretch.end : start]
        return near and end - stretch.start <= _LONGEST_PHRASE and len(gap) < 14 and bool(_BETWEEN.fullmatch(gap))


@dataclass(slots=True)
class _Stretch:
    """A piece of the query whose words stand together in both texts, and what they add up to."""

    start: int
    end: int
    worth: float = 0.0
    terms: set[str] = field(default_factory=set)

    def take(self, term: str, start: int, end: int, worth: float) -> None:
        """Reach as far as this term; said again it adds nothing."""
        self.start, self.end = min(self.start, start), max(self.end, end)
        if term not in self.terms:
            self.terms.add(term)
            self.worth += worth


@cache
def _everyday() -> frozenset[str]:
    return frozenset(term for words in paragraphs("everyday.txt").values() for term in terms(" ".join(words)))


def _repeats(one: str, other: str) -> bool:
    return one in other or other in one
