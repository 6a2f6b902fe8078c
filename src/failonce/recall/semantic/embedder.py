"""Turns texts into rows of numbers that lie close together when the texts mean the same."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from failonce.recall.semantic.cores import CORES
from failonce.recall.semantic.errors import ModelNotUsable
from failonce.recall.semantic.network import WORDS, Network
from failonce.recall.semantic.settings import read_settings
from failonce.recall.semantic.tensors import Array, read_tensors
from failonce.recall.semantic.wordpiece import read_word_pieces

# So many tokens go through the network together: enough to keep the processor busy, at about 15 KB each.
BATCH_TOKENS = 1_024
# [CLS] and [SEP], which stand around every text.
MARKS = 2


class Embedder:
    """A sentence-embedding model from a local folder, run by NumPy alone; threads may share one."""

    def __init__(self, folder: Path) -> None:
        """Read the model. Raises ModelNotUsable, in words for a person, when failonce cannot run it."""
        settings = read_settings(folder)
        self._pieces = read_word_pieces(folder)
        self._network = Network(
            _tensors(folder / "model.safetensors"),
            heads=settings.heads,
            epsilon=settings.epsilon,
            pooling=settings.pooling,
        )
        if self._pieces.size > self._network.words:
            raise ModelNotUsable(f"The vocabulary in {folder} belongs to another model than its weights.")
        self.width = self._network.width
        self.longest = min(settings.longest, self._network.longest)

    def embed(self, texts: Sequence[str]) -> Array:
        """One row of unit length per text, in their order; the product of two rows is their likeness, -1 to 1.

        A text is read up to its first `longest` word pieces. A text with nothing to read gets a row of zeros,
        which is like nothing. The same text gives the same row up to the last digits, which depend on the texts
        beside it. Any str is accepted.
        """
        read = [tuple(self._pieces(text, max(self.longest, MARKS))) for text in texts]
        # Passages repeat: greetings, signatures, stack frames. Each is worked out once.
        different = sorted({tokens for tokens in read if len(tokens) > MARKS}, key=len)
        known = {tokens: number for number, tokens in enumerate(different)}
        rows = np.zeros((len(different) + 1, self.width), dtype=np.float32)

        def work_out(part: slice) -> None:
            rows[part] = self._network.rows(different[part])

        CORES.each(work_out, list(_batches(different)))
        _to_unit_length(rows)
        # The last row stayed empty for the texts without anything to read.
        return rows[[known.get(tokens, -1) for tokens in read]]


def _tensors(path: Path) -> dict[str, Array]:
    """The network copies all but the words; these are mapped apart, so that the rest of the file is let go of."""
    words = {name: tensor for name, tensor in read_tensors(path).items() if name.endswith(WORDS)}
    return read_tensors(path) | words


def _batches(texts: Sequence[Sequence[int]]) -> Iterator[slice]:
    """Neighbours of about BATCH_TOKENS together."""
    first = tokens = 0
    for number, text in enumerate(texts):
        if tokens and tokens + len(text) > BATCH_TOKENS:
            yield slice(first, number)
            first, tokens = number, 0
        tokens += len(text)
    if tokens:
        yield slice(first, len(texts))


def _to_unit_length(rows: Array) -> None:
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    np.divide(rows, lengths, out=rows, where=lengths > 0)
