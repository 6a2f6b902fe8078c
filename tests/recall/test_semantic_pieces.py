"""How text becomes the word pieces of a model."""

import pytest

from failonce.recall.semantic import ModelNotUsable
from failonce.recall.semantic.wordpiece import LONGEST_WORD, STRETCH, WordPieces

WORDS = [
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]"),
    *("data", "##base", "##s", "disk", "cafe", "full", "a", "b", "##c", "c"),
    *(".", ",", "-", "[", "]", "$", "_", "東", "京", "σ", "##σ", "€", "##5", "5", "sep"),
]
VOCABULARY = {word: number for number, word in enumerate(WORDS)}


def pieces_of(text: str, *, at_most: int = 64, **options: bool) -> str:
    """The pieces between the marks at both ends, as one reads them."""
    tokens = WordPieces(VOCABULARY, **options)(text, at_most)
    assert (tokens[0], tokens[-1]) == (VOCABULARY["[CLS]"], VOCABULARY["[SEP]"])
    return " ".join(WORDS[token] for token in tokens[1:-1])


@pytest.mark.parametrize(
    ("text", "pieces", "because"),
    [
        ("", "", "there is nothing to read"),
        (" \t\r\n\u00a0\u2028 ", "", "white space of every kind parts words and is none"),
        ("disk full", "disk full", "words are known whole"),
        ("databases", "data ##base ##s", "the longest known piece from the left comes first"),
        ("bc", "b ##c", "what continues a word is another piece"),
        ("bd", "[UNK]", "one unknown part makes the whole word unknown"),
        ("DISK Full", "disk full", "case is folded"),
        ("Café", "cafe", "accents are dropped"),
        ("Cafe\u0301", "cafe", "also those written as a mark of their own"),
        ("ΣΣ", "σ ##σ", "a sigma at the end is a sigma"),
        ("disk.full,a-b", "disk . full , a - b", "punctuation stands alone"),
        ("a_b$c", "a _ b $ c", "so do the other signs of ASCII"),
        ("€5", "€ ##5", "other signs belong to their word"),
        ("東京", "東 京", "ideographs stand alone"),
        ("a東b", "a 東 b", "also within a word"),
        ("da\x00ta", "data", "NUL is dropped"),
        ("da\ufffdta\u200b", "data", "so are replacement characters and what cannot be seen"),
        ("\ud800data", "data", "and half of a surrogate pair"),
        ("[SEP] a", "[ sep ] a", "nobody's words can end the text for the model"),
        ("a" * LONGEST_WORD + "c", "[UNK]", "a longer word is not a word"),
        ("\U0010ffff", "[UNK]", "unassigned characters are unknown words"),
    ],
)
def test_text_is_cut_into_pieces(text, pieces, because):
    assert pieces_of(text) == pieces, because


def test_a_model_that_knows_case_keeps_it():
    assert pieces_of("disk Disk", lowercase=False) == "disk [UNK]"
    assert pieces_of("café", lowercase=False) == "[UNK]"
    assert pieces_of("café", lowercase=False, strip_accents=True) == "cafe"


def test_reading_stops_at_the_limit_with_the_end_mark():
    assert pieces_of("databases full", at_most=5) == "data ##base ##s"
    assert pieces_of("databases full", at_most=4) == "data ##base"


def test_only_the_beginning_of_a_long_text_is_read():
    class Watched(str):
        read = 0

        def __getitem__(self, part):
            Watched.read = max(Watched.read, part.stop)
            return super().__getitem__(part)

    pieces = WordPieces(VOCABULARY)(Watched("disk full. " * 500_000), 256)

    assert len(pieces) == 256
    assert Watched.read < 3 * STRETCH


@pytest.mark.parametrize("gap", [" ", "\n", "."])
@pytest.mark.parametrize("before", range(STRETCH - 3, STRETCH + 3))
def test_no_word_is_cut_where_one_stretch_ends(before, gap):
    text = "\x00" * before + gap + "databases" + gap + "\x00" * STRETCH + gap + "full"

    assert pieces_of(text).replace(". ", "") == "data ##base ##s full"


def test_words_met_before_are_cut_the_same_way(monkeypatch):
    monkeypatch.setattr("failonce.recall.semantic.wordpiece.REMEMBERED_WORDS", 2)
    cut = WordPieces(VOCABULARY)

    first = cut("databases disk full a b bc databases", 64)

    assert cut("databases disk full a b bc databases", 64) == first


def test_a_vocabulary_without_marks_is_refused():
    with pytest.raises(ModelNotUsable, match=r"no \[SEP\]"):
        WordPieces({"[CLS]": 0, "[UNK]": 1})
