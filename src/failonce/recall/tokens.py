"""Turns what people really write, prose, logs, code and paths, into comparable terms."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice, pairwise

from failonce.recall.stems import STOP_WORDS, stem

# Longer texts are read at both ends: a story begins with what happened and a
# log ends with why. Without a bound, one pasted dump would stall every reader.
MAX_CHARACTERS = 160_000
KEPT_FROM_THE_END = 40_000
MAX_TERMS = 4_000
# Words beyond this length are hashes, base64 or minified code, never language.
LONGEST_WORD = 40
LONGEST_CHUNK = 400

# Marks that join letters into words in Indic, Hebrew, Arabic, Thai, Lao,
# Burmese and Khmer writing are not \w for Python; without them every such
# word would fall apart.
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d\u17b4-\u17d3\u17dd"
)
# A long number may be written with commas between its thousands. "80,443" and "500,503,504" are lists of short ones.
_CHUNK = re.compile(rf"\d{{1,2}}(?:,\d{{3}}){{2,4}}(?!,?\w)|\w[\w{_MARKS}.\-/:\\@+#$~']*")
_SEGMENT = re.compile(r"[^/\\:@]+")
_PART = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_a-zA-Z]+")
_EDGES = ".-/:\\@+#$~'"
_AROUND = ".-+#$~'_"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_RUN = re.compile(rf"([{_UNSPACED}]+)|[^{_UNSPACED}]+")
_LETTER = re.compile(rf"[^\W_][{_MARKS}]*")
_VOLATILE = re.compile(
    r"""^(?:
      [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}  # uuid
    | 0x[0-9a-f]+                                                   # address
    | (?=[a-f]*[0-9])[0-9a-f]{7,}                                   # hash
    | \d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d+)?                           # IPv4
    | \d{4}-\d\d?-\d\d?(?:t[\d:.+\-z]*)?                            # date
    | \d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?:am|pm|z)?                # time
    | [\d.,:+\-/%]+(?:ms|s|m|h|d|am|pm|st|nd|rd|th|k|kb|mb|gb|tb|x)?  # measure
    )$""",
    re.VERBOSE,
)
# Codes, ports and limits; of longer numbers those at which counters end. The others are somebody's ids.
_NUMBER_WORTH_KEEPING = re.compile(r"^(?:[3-5]\d\d|(?!19|20)\d{4,6}|214748364[78]|429496729[56])$")

# A term, and where what it stands for begins and ends.
Placed = tuple[str, int, int]

_memo: dict[str, tuple[str, ...]] = {}
_MEMO_LIMIT = 200_000


def terms(text: str, limit: int = MAX_TERMS) -> list[str]:
    """The terms of a text in reading order, at most `limit` of them."""
    found: list[str] = []
    for chunk in _CHUNK.finditer(readable(text)):
        found.extend(_terms_of(chunk.group()))
        if len(found) >= limit:
            return found[:limit]
    return found


def places(text: str, limit: int = MAX_TERMS) -> list[Placed]:
    """Each term with the place of its word in `text`, which is readable already.

    Of a name in parts that is the part, and the whole comes last.
    """
    found = (
        (term, chunk.start() + start, chunk.start() + end)
        for chunk in _CHUNK.finditer(text)
        for term, start, end in _placed(chunk.group())
    )
    return list(islice(found, limit))


def readable(text: str) -> str:
    """A text as it is read here: bounded in length, one form per character."""
    text = _both_ends(text)
    # One character may become eighteen.
    return text if text.isascii() else _both_ends(unicodedata.normalize("NFKC", text))


def _both_ends(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    return text[: MAX_CHARACTERS - KEPT_FROM_THE_END - 1] + "\n" + text[-KEPT_FROM_THE_END:]


def _terms_of(chunk: str) -> tuple[str, ...]:
    known = _memo.get(chunk)
    if known is None:
        known = tuple(term for term, _, _ in _read(chunk))
        if len(_memo) >= _MEMO_LIMIT:
            _memo.clear()
        if len(chunk) <= LONGEST_WORD:
            _memo[chunk] = known
    return known


def _placed(chunk: str) -> list[Placed]:
    known = _terms_of(chunk)
    if not known:
        return []
    word = chunk.rstrip(_EDGES)
    # Nearly every chunk is one plain word, known from before; only names in parts are read again.
    plain = len(known) == 1 and _PART.fullmatch(word) and _RUN.fullmatch(word)
    return [(known[0], 0, len(word))] if plain else _read(chunk)


def _read(chunk: str) -> list[Placed]:
    """Names stand among Chinese or Japanese without a space: "nginx返回502" says nginx, 返回 and 502."""
    return [
        placed
        for run in _RUN.finditer(chunk[:LONGEST_CHUNK])
        for placed in (_pairs_of_letters if run[1] else _spaced)(run[0], run.start())
    ]


def _spaced(run: str, start: int) -> list[Placed]:
    start += len(run) - len(run.lstrip(_EDGES))
    run = run.strip(_EDGES)
    number = run.replace(",", "")
    if _NUMBER_WORTH_KEEPING.match(number):
        return [(number, start, start + len(run))]
    if _VOLATILE.match(run.lower()):
        return []
    return [placed for found in _SEGMENT.finditer(run) for placed in _segment(found.group(), start + found.start())]


def _segment(segment: str, start: int) -> list[Placed]:
    """The parts of one name, and last the whole when it has several: "time-out" meets "timeout", "GitHub" "github"."""
    start += len(segment) - len(segment.lstrip(_AROUND))
    segment = segment.strip(_AROUND)
    if _VOLATILE.match(segment.lower()) and not _NUMBER_WORTH_KEEPING.match(segment):
        return []
    words = [(word, part.start() + at) for part in _PART.finditer(segment) for word, at in _words(part.group())]
    found = [(term, start + at, start + at + len(word)) for word, at in words if (term := _term(word))]
    whole = re.sub(r"[^\w.]", "", segment).replace("_", "")
    if len(words) > 1 and found and 2 < len(whole) <= LONGEST_WORD and "'" not in segment and (term := _term(whole)):
        found.append((term, start, start + len(segment)))
    return found


def _words(part: str) -> list[tuple[str, int]]:
    """The words of a part, and where each begins."""
    if len(part) > LONGEST_WORD:
        return []
    # "s3", "k8s" and "utf8" are names; taking them apart would lose them.
    if len(part) <= 4 or not part.isascii() or part.islower() or part.isdigit():
        return [(part, 0)]
    return [(word.group(), word.start()) for word in _CAMEL.finditer(part)] or [(part, 0)]


def _term(word: str) -> str:
    word = word.casefold()
    if word.isdigit():
        return word if _NUMBER_WORTH_KEEPING.match(word) else ""
    if len(word) < 2 or word in STOP_WORDS:
        return ""
    return stem(word)


def _pairs_of_letters(run: str, start: int) -> list[Placed]:
    """Scripts without spaces are compared by neighbouring letters, each with its marks."""
    letters = [(letter[0], start + letter.start(), start + letter.end()) for letter in _LETTER.finditer(run)]
    if len(letters) == 1:
        return letters
    return [(one + other, begin, end) for (one, begin, _), (other, _, end) in pairwise(letters)]
