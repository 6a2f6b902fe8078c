"""Runs a BERT encoder with NumPy: token numbers in, one row per text out.

Texts are laid end to end instead of padded to one length, so no arithmetic is spent on padding; only attention,
where tokens meet, takes the texts of one length at a time.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from failonce.recall.semantic.errors import ModelNotUsable
from failonce.recall.semantic.settings import Pooling
from failonce.recall.semantic.tensors import Array

# The largest tensor by far, and the only one that is used as it lies in the file.
WORDS = "embeddings.word_embeddings.weight"
# The widest layer is worked through so many tokens at a time, so that its numbers stay in the processor's cache.
WIDE_ROWS = 256
# Attention holds the scores of so many pairs of tokens at once: 4 bytes each, so 1 MB.
PAIRS = 262_144


class Network:
    """The layers of one model. Calls change nothing, so threads may share it."""

    def __init__(self, tensors: Mapping[str, Array], *, heads: int, epsilon: float, pooling: Pooling = "mean") -> None:
        """Raises ModelNotUsable when `tensors` are not those of a BERT encoder."""
        named = {name.removeprefix("bert."): tensor for name, tensor in tensors.items()}
        try:
            self._build(named, heads, epsilon)
        except KeyError as missing:
            raise ModelNotUsable(f"The model has no weights named {missing}, so it is not a BERT encoder.") from missing
        except ValueError as error:
            raise ModelNotUsable(f"The model's weights do not fit together ({error}).") from error
        self._pooling = pooling

    def _build(self, named: Mapping[str, Array], heads: int, epsilon: float) -> None:
        self._words = named[WORDS]
        # Every token is of the first type, as a text is never compared with a second one in the same run.
        self._places = (
            named["embeddings.position_embeddings.weight"] + named["embeddings.token_type_embeddings.weight"][0]
        )
        self._normalise = _Normalise.read(named, "embeddings.LayerNorm", epsilon)
        self._layers = [_Layer(named, f"encoder.layer.{number}.", heads, epsilon) for number in range(_count(named))]
        self.words, self.width = self._words.shape
        self.longest: int = len(self._places)
        if not self._layers or self._places.shape[1] != self.width:
            raise ValueError("it has no layers, or places and words differ in width")

    def rows(self, texts: Sequence[Sequence[int]]) -> Array:
        """One row per text, not yet of unit length. No text may be empty or longer than `longest`.

        Texts of one length should be neighbours: attention takes them together.
        """
        lengths = [len(text) for text in texts]
        starts = np.cumsum([0, *lengths[:-1]])
        tokens = self._words[np.concatenate([np.asarray(text, dtype=np.intp) for text in texts])]
        tokens += self._places[np.concatenate([np.arange(length) for length in lengths])]
        self._normalise(tokens)
        for layer in self._layers:
            tokens = layer(tokens, lengths)
        if self._pooling == "cls":
            return np.take(tokens, starts, axis=0)
        rows: Array = np.add.reduceat(tokens, starts, axis=0)
        rows /= np.array(lengths, dtype=np.float32)[:, None]
        return rows


@dataclass(frozen=True, slots=True)
class _Dense:
    """A layer of weights, laid out for the multiplication: a row per input, a column per output."""

    weight: Array
    bias: Array

    @classmethod
    def read(cls, named: Mapping[str, Array], *names: str, scale: float = 1.0) -> "_Dense":
        """The dense layers of these names side by side, so that one multiplication serves them all."""
        weight = np.concatenate([named[f"{name}.weight"] for name in names]).T * np.float32(scale)
        bias = np.concatenate([named[f"{name}.bias"] for name in names])
        if bias.shape != weight.shape[1:]:
            raise ValueError(f"{names[0]} has weights and biases of different sizes")
        return cls(np.ascontiguousarray(weight), bias.copy())

    def __call__(self, rows: Array) -> Array:
        result: Array = rows @ self.weight
        result += self.bias
        return result


@dataclass(frozen=True, slots=True)
class _Normalise:
    """Brings each row to mean 0 and variance 1, then scales and shifts it; in place."""

    scale: Array
    shift: Array
    epsilon: float

    @classmethod
    def read(cls, named: Mapping[str, Array], name: str, epsilon: float) -> "_Normalise":
        return cls(named[f"{name}.weight"].copy(), named[f"{name}.bias"].copy(), epsilon)

    def __call__(self, rows: Array) -> None:
        rows -= rows.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
        rows *= (1.0 / np.sqrt(variance + np.float32(self.epsilon)))[:, None]
        rows *= self.scale
        rows += self.shift


class _Layer:
    def __init__(self, named: Mapping[str, Array], name: str, heads: int, epsilon: float) -> None:
        parts = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]
        self._heads = heads
        self._query_key_value = _Dense.read(named, *parts)
        width = self._query_key_value.weight.shape[0]
        if width % heads:
            raise ValueError(f"{width} numbers cannot be shared by {heads} heads")
        # Attention divides by the root of a head's width; done to the weights once, it costs nothing later.
        self._query_key_value.weight[:, :width] /= np.sqrt(width / heads)
        self._query_key_value.bias[:width] /= np.sqrt(width / heads)
        self._attended = _Dense.read(named, f"{name}attention.output.dense")
        self._normalise_attended = _Normalise.read(named, f"{name}attention.output.LayerNorm", epsilon)
        self._widen = _Dense.read(named, f"{name}intermediate.dense")
        # Takes the half that _twice_gelu leaves out.
        self._narrow = _Dense.read(named, f"{name}output.dense", scale=0.5)
        self._normalise_output = _Normalise.read(named, f"{name}output.LayerNorm", epsilon)

    def __call__(self, tokens: Array, lengths: Sequence[int]) -> Array:
        attended = self._attended(self._attend(self._query_key_value(tokens), lengths))
        attended += tokens
        self._normalise_attended(attended)
        output = np.empty_like(attended)
        for start in range(0, len(attended), WIDE_ROWS):
            rows = attended[start : start + WIDE_ROWS]
            output[start : start + WIDE_ROWS] = self._narrow(_twice_gelu(self._widen(rows)))
        output += attended
        self._normalise_output(output)
        return output

    def _attend(self, projected: Array, lengths: Sequence[int]) -> Array:
        width = projected.shape[1] // 3
        result = np.empty((len(projected), width), dtype=np.float32)
        for start, count, length in _blocks(lengths, self._heads):
            block = slice(start, start + count * length)
            shape = (count, length, 3, self._heads, width // self._heads)
            query, key, value = projected[block].reshape(shape).transpose(2, 0, 3, 1, 4)
            scores = query @ key.swapaxes(2, 3)
            # The largest score becomes exp(0), so that no score overflows.
            scores -= scores.max(axis=3, keepdims=True)
            np.exp(scores, out=scores)
            into = result[block].reshape(count, length, self._heads, -1).transpose(0, 2, 1, 3)
            np.matmul(scores, value, out=into)
            into /= scores.sum(axis=3, keepdims=True)
        return result


def _count(named: Mapping[str, Array]) -> int:
    numbers = (re.match(r"encoder\.layer\.(\d+)\.", name) for name in named)
    return 1 + max((int(number[1]) for number in numbers if number), default=-1)


def _blocks(lengths: Sequence[int], heads: int) -> Iterator[tuple[int, int, int]]:
    """(first token, number of texts, their length) for neighbours of one length, as many as PAIRS allows."""
    start = 0
    for length, neighbours in groupby(lengths):
        left = sum(1 for _ in neighbours)
        at_once = max(1, PAIRS // (heads * length * length))
        while left:
            count = min(left, at_once)
            yield start, count, length
            start += count * length
            left -= count


def _twice_gelu(x: Array) -> Array:
    """Twice gelu, so x * (1 + erf(x / sqrt 2)), at most 0.00007 off.

    NumPy has no erf. The tanh of x * (a - b / (c + x*x)) comes ten times closer than the usual tanh of a cubic;
    a, b and c were fitted for the smallest largest error.
    """
    curve = np.square(x)
    curve += np.float32(93.396)
    np.divide(np.float32(-323.97), curve, out=curve)
    curve += np.float32(4.2662)
    curve *= x
    np.tanh(curve, out=curve)
    curve += np.float32(1)
    curve *= x
    return curve
