"""Cuts text into the word pieces that a BERT model was trained on.

The rules are those of "BERT: Pre-training of Deep Bidirectional Transformers" (Devlin et al., 2019): clean, set
Chinese characters and punctuation apart, fold case and accents, then take the longest known piece from the left.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from failonce.recall.semantic.errors import ModelNotUsable
from failonce.recall.semantic.settings import read_json, read_json_if_there, read_text

# A longer "word" is base64, a hash or a row of equals signs; looking for pieces in it costs time and tells nothing.
LONGEST_WORD = 100
# So much text is looked at in one go: a story of megabytes costs no more than its beginning.
STRETCH = 8_192
# Words met before keep their pieces; the limit keeps a stream of random identifiers from filling memory.
REMEMBERED_WORDS = 50_000

# Where Unicode has the characters that Chinese, and partly Japanese and Korean, write without spaces.
IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)


class WordPieces:
    """Turns text into token numbers, [CLS] first and [SEP] last."""

    def __init__(
        self, vocabulary: dict[str, int], *, lowercase: bool = True, strip_accents: bool | None = None
    ) -> None:
        self._vocabulary = vocabulary
        self._lowercase = lowercase
        self._decompose = lowercase if strip_accents is None else strip_accents
        self._characters = _Characters(drop_accents=self._decompose)
        self._first, self._last, self._unknown = (_special(vocabulary, name) for name in ("[CLS]", "[SEP]", "[UNK]"))
        self._longest_piece = max(map(len, vocabulary))
        # One more than the highest number that can come out.
        self.size: int = 1 + max(vocabulary.values())
        self._remembered: dict[str, tuple[int, ...]] = {}

    def __call__(self, text: str, at_most: int) -> list[int]:
        """At most `at_most` token numbers, counting [CLS] and [SEP]; two when there is nothing to read."""
        tokens = [self._first]
        for word in self._words(text):
            tokens.extend(self._pieces(word))
            if len(tokens) >= at_most:
                break
        return [*tokens[: at_most - 1], self._last]

    def _words(self, text: str) -> Iterator[str]:
        for stretch in _stretches(text):
            if self._decompose:
                stretch = unicodedata.normalize("NFD", stretch)
            if self._lowercase:
                # Python alone lowers a final sigma differently; the model's vocabulary knows one sigma.
                stretch = stretch.replace("Σ", "σ").lower()
            yield from stretch.translate(self._characters).split()

    def _pieces(self, word: str) -> tuple[int, ...]:
        pieces = self._remembered.get(word)
        if pieces is None:
            pieces = self._cut(word)
            if len(self._remembered) >= REMEMBERED_WORDS:
                self._remembered = {}
            self._remembered[word] = pieces
        return pieces

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > LONGEST_WORD:
            return (self._unknown,)
        pieces: list[int] = []
        start = 0
        while start < len(word):
            for end in range(min(len(word), start + self._longest_piece), start, -1):
                piece = self._vocabulary.get(word[start:end] if start == 0 else f"##{word[start:end]}")
                if piece is not None:
                    break
            else:
                return (self._unknown,)
            pieces.append(piece)
            start = end
        return tuple(pieces)


class _Characters(dict[int, str | None]):
    """What becomes of each character, worked out when it is first met; None drops it."""

    def __init__(self, *, drop_accents: bool) -> None:
        super().__init__()
        self._drop_accents = drop_accents

    def __missing__(self, code: int) -> str | None:
        self[code] = becomes = self._becomes(code)
        return becomes

    def _becomes(self, code: int) -> str | None:
        character = chr(code)
        category = unicodedata.category(character)
        if character in "\t\n\r" or category in ("Zs", "Zl", "Zp"):
            return " "
        if category in ("Cc", "Cf", "Co", "Cs") or code == 0xFFFD or (self._drop_accents and category == "Mn"):
            return None
        if category[0] == "P" or (code < 128 and category[0] == "S") or _is_ideograph(code):
            return f" {character} "
        return character


def _is_ideograph(code: int) -> bool:
    return any(first <= code <= last for first, last in IDEOGRAPHS)


def _special(vocabulary: dict[str, int], name: str) -> int:
    try:
        return vocabulary[name]
    except KeyError:
        raise ModelNotUsable(f"The model's vocabulary has no {name}, so it is not a BERT model.") from None


# White space and the signs of ASCII: a word ends at each of them.
_END_OF_WORD = re.compile(r"[\s!-/:-@\[-`{-~]")


def _stretches(text: str) -> Iterator[str]:
    """The text piece by piece, cut where a word ends, so that reading can stop early."""
    start = 0
    while start < len(text):
        end = min(start + STRETCH, len(text))
        found = _END_OF_WORD.search(text, end, end + STRETCH)
        # Where no word ends for so long there is none left to protect.
        end = found.start() if found else min(end + STRETCH, len(text))
        yield text[start:end]
        start = end


def read_word_pieces(folder: Path) -> WordPieces:
    """The tokenizer of a model folder, from vocab.txt or else tokenizer.json.

    Raises ModelNotUsable when neither is there or the tokenizer is of another kind.
    """
    settings = read_json_if_there(folder / "tokenizer_config.json")
    return WordPieces(
        _vocabulary(folder),
        lowercase=settings.get("do_lower_case", True),
        strip_accents=settings.get("strip_accents"),
    )


def _vocabulary(folder: Path) -> dict[str, int]:
    if (folder / "vocab.txt").is_file():
        return {
            line.rstrip("\r"): number for number, line in enumerate(read_text(folder / "vocab.txt").split("\n")) if line
        }
    model = read_json(folder / "tokenizer.json").get("model", {})
    if not isinstance(model, dict) or model.get("type") != "WordPiece" or not model.get("vocab"):
        raise ModelNotUsable(f"{folder} has no WordPiece vocabulary. Use a BERT model such as all-MiniLM-L6-v2.")
    return dict(model["vocab"])
