"""Reads how a change is worded: cosmetic, guarded, bold, or reaching far."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import islice

from failonce.recall.paragraphs import paragraphs
from failonce.recall.stems import stem
from failonce.recall.tokens import readable

# Small words count here ("all", "without"), so terms, which leave them out, won't do.
_WORD = re.compile(r"[a-z][a-z'\-]+")
# What a change is about stands at its beginning; a long diff would only repeat its code.
_MOST_WORDS = 2_000
# In a line of three words one of a kind is no third of anything.
_FEWEST_WORDS = 12


def manner(text: str) -> dict[str, float]:
    """For each kind of wording, how many of ten words are of it."""
    found = islice(_WORD.finditer(readable(text).casefold()), _MOST_WORDS)
    words = [stem(word.group()) for word in found]
    many = max(len(words), _FEWEST_WORDS)
    counts = Counter(word for word in words)
    return {kind: 10 * sum(counts[word] for word in counts.keys() & theirs) / many for kind, theirs in _kinds().items()}


@cache
def _kinds() -> Mapping[str, frozenset[str]]:
    return {kind: frozenset(map(stem, words)) for kind, words in paragraphs("manner.txt").items()}
