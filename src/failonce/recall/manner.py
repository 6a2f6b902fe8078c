"""Reads how a change is worded: cosmetic, guarded or bold, and what its words have been worth."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import islice
from pathlib import Path

from failonce.recall.paragraphs import paragraphs
from failonce.recall.stems import STOP_WORDS, stem
from failonce.recall.tokens import readable

# Small words count here ("all", "without"), so terms, which leave them out, won't do.
_WORD = re.compile(r"[a-z][a-z'\-]+")
# What a change is about stands at its beginning; a long diff would only repeat its code.
_MOST_WORDS = 2_000
# Who speaks, and of which day, tells of the writer and not of the change.
_OF_THE_WRITER = """
    one two three people someone anyone somebody nobody that's we'd we'll ago day week month year
    today yesterday monday tuesday wednesday thursday friday saturday sunday
"""
_UNTELLING = frozenset(map(stem, (*STOP_WORDS, *_OF_THE_WRITER.split())))
# In a line of three words one of a kind is no third of anything.
_FEWEST_WORDS = 12


def manner(text: str) -> dict[str, float]:
    """For each kind of wording, how many of ten words are of it."""
    words = _words(text)
    many = max(len(words), _FEWEST_WORDS)
    counts = Counter(word for word in words)
    return {kind: 10 * sum(counts[word] for word in counts.keys() & theirs) / many for kind, theirs in _kinds().items()}


def telling_words(text: str) -> frozenset[str]:
    """The distinct words of a change that say something of it, whoever wrote it and on whichever day."""
    return frozenset(word for word in _words(text) if len(word) > 2) - _UNTELLING


def stakes(text: str, worth: Mapping[str, float] | None = None) -> float:
    """How much seems to stand on a change, by what each of its words was worth in changes before.

    `worth` is what `benchmarks.recall.stakes` learnt; left out, what ships in `stakes.json`. A word nobody
    learnt is worth nothing; above nought, more than in a usual change.
    """
    worth = _shipped_worth() if worth is None else worth
    words = telling_words(text)
    return sum(worth[word] for word in sorted(words & worth.keys())) / math.sqrt(max(len(words), 1))


def _words(text: str) -> list[str]:
    return [stem(word.group()) for word in islice(_WORD.finditer(readable(text).casefold()), _MOST_WORDS)]


@cache
def _shipped_worth() -> Mapping[str, float]:
    worth: dict[str, float] = json.loads(Path(__file__).with_name("stakes.json").read_text(encoding="utf-8"))
    return worth


@cache
def _kinds() -> Mapping[str, frozenset[str]]:
    return {kind: frozenset(map(stem, words)) for kind, words in paragraphs("manner.txt").items()}
