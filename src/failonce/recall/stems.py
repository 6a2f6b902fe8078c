"""Brings English word forms together, so that "restarted" meets "restarts"."""

from __future__ import annotations

_STOP_WORDS = """
    a about above after again against all also am an and any are aren't as at be
    because been before being below between both but by can can't cannot could
    couldn't did didn't do does doesn't doing don't down during each etc few for
    from further get got had hadn't has hasn't have haven't having he her here hers
    him his how however i i'm i've if in into is isn't it it's its itself just let
    like may me might more most must my no nor not now of off on once only or other
    our ours out over own same she should shouldn't since so some such than that
    that's the their theirs them then there these they this those through thus to
    too under until up us very via was wasn't we we're we've were weren't what when
    where which while who whom why will with within without won't would wouldn't
    yet you your yours
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

_VOWELS = frozenset("aeiouy")
# Longest first; the second number is how many letters must stay, or short
# words such as "nation" and "comment" would be cut to nothing.
_ENDINGS = (
    ("ization", 4), ("isation", 4), ("ability", 4), ("ibility", 4), ("ations", 5),
    ("ation", 5), ("ness", 4), ("ment", 4), ("able", 4), ("ible", 4), ("ally", 4),
    ("ity", 4), ("ion", 4), ("ive", 4), ("ize", 4), ("ise", 5), ("ful", 4),
    ("ate", 4), ("ure", 4), ("al", 4), ("er", 4), ("or", 5), ("ly", 4),
)  # fmt: skip


def stem(word: str) -> str:
    """The part of an English word that its forms share; other words stay."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    word = _without_tense(_without_plural(word))
    for ending, kept in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= kept:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] in "ey" else word


def beginnings(word: str) -> set[str]:
    """How the forms of an English word begin: "failed" gives fail, "retries" retry and retrie; other words stay."""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return {word}
    plain = word[:-2] if word.endswith("uses") and len(word) > 6 else _without_plural(word)
    # What begins so is found, not only what is the same, so less may go than in a stem: "based" isn't "basket".
    root = _without_tense(plain)
    if plain.endswith("eed"):
        root = plain
    elif len(root) < 4 and root != plain:
        short = root[:-1] + "ie" if root.endswith("y") else plain[: len(root) + 1]
        return {short, root if root.endswith("y") else root + "e"}
    endings = {"e": "ing", "y": "ie"}
    return {root, root[:-1] + endings[root[-1]]} if root[-1] in endings else {root}


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_tense(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= 3 and _VOWELS.intersection(rest):
            doubled = rest[-1] == rest[-2] and rest[-1] not in "lsz"
            return rest[:-1] if doubled else rest
    return word
