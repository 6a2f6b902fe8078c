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
    """How the forms of an English word begin: "failed" gives fail, "retries" retry and retrie; other words stay.

    One with `short_forms` stays too: much else begins as they do.
    """
    if len(word) < 4 or not word.isascii() or not word.isalpha() or short_forms(word):
        return {word}
    plain = _singular(word)
    # What begins so is found, not only what is the same, so less may go than in a stem: "based" isn't "basket".
    root = plain if plain.endswith("eed") else _without_tense(plain)
    endings = {"e": "ing", "y": "ie"}
    return {root, root[:-1] + endings[root[-1]]} if root[-1] in endings else {root}


def short_forms(word: str) -> set[str]:
    """The other forms of an English word whose root has three letters or fewer: "moved" gives move, moves, moving.

    What begins with the word itself is left out. Some are no words; nobody writes those, so they find nothing.
    """
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return set()
    forms = set().union(*map(_forms, _short_bases(_singular(word))))
    return {form for form in forms if not form.startswith(word)}


def _short_bases(plain: str) -> set[str]:
    if len(plain) <= 3:
        return {plain}
    rest = plain[:-3] if plain.endswith("ing") else plain[:-2] if plain.endswith("ed") else ""
    if len(rest) < 2 or not _VOWELS.intersection(rest):
        return set()
    if len(rest) == 4 and rest[2] == rest[3] and rest[3] not in "lsz":
        return {rest[:3]}  # logged
    if len(rest) == 3:
        rest = rest[:2] + "y" if plain.endswith("ied") else rest
        return {rest + "e"} if _doubles(rest) else {rest, rest + "e"}  # moved; asked, urged
    if len(rest) == 2 and rest[0] in _VOWELS:
        return {rest + "e"}  # used
    return {rest[0] + "ie"} if rest[1:] in ("i", "y") else set()  # died, dying


def _forms(base: str) -> set[str]:
    if base.endswith("ie"):
        return {base, base + "s", base + "d", base[:-2] + "ying"}
    if base.endswith("e") and base[-2] != "e" and _VOWELS.intersection(base[:-1]):
        return {base, base + "s", base + "d", base[:-1] + "ing"}
    if base.endswith("y") and base[-2] not in _VOWELS:
        return {base, base[:-1] + "ies", base[:-1] + "ied", base + "ing"}
    long = base + base[-1] if _doubles(base) else base
    return {base, base + ("es" if base[-1] in "hsxz" else "s"), long + "ed", long + "ing"}


def _doubles(base: str) -> bool:
    """Whether the last letter is doubled before an ending: log, run and set, not ask, fix and see."""
    return len(base) == 3 and base[0] not in _VOWELS and base[1] in _VOWELS and base[2] not in "aeiouwxy"


# Of three letters most that end in s are no plurals ("has", "TLS"); of four, few.
_PLURALS_OF_TWO_LETTERS = frozenset({"dbs", "ids", "ips", "prs", "vms"})
_NO_PLURALS = frozenset({"does", "lens", "news"})


def _singular(word: str) -> str:
    if word in _NO_PLURALS or (len(word) == 3 and word not in _PLURALS_OF_TWO_LETTERS):
        return word
    return word[:-2] if word.endswith("uses") and (len(word) > 6 or word == "buses") else _without_plural(word)


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
