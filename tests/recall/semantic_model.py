"""A tiny model folder as sentence-transformers writes them, and a slow, plain way to run it."""

import json
import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]

WIDTH, HEADS, WIDE, LAYERS, LONGEST, EPSILON = 8, 2, 20, 2, 24, 1e-12
MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
TEXT = "the disk was full and nobody looked at alert before it rang twice . ##s"
WORDS = MARKS + TEXT.split(" ")


def tensors(seed: int = 7) -> dict[str, Numbers]:
    """Random weights, large enough that a mistake in any of them shows."""
    draw = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": (LONGEST, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for number in range(LAYERS):
        name = f"encoder.layer.{number}."
        for dense, out, into in [
            ("attention.self.query", WIDTH, WIDTH),
            ("attention.self.key", WIDTH, WIDTH),
            ("attention.self.value", WIDTH, WIDTH),
            ("attention.output.dense", WIDTH, WIDTH),
            ("intermediate.dense", WIDE, WIDTH),
            ("output.dense", WIDTH, WIDE),
        ]:
            shapes |= {f"{name}{dense}.weight": (out, into), f"{name}{dense}.bias": (out,)}
        for norm in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{name}{norm}.weight": (WIDTH,), f"{name}{norm}.bias": (WIDTH,)}
    return {name: draw.normal(0, 0.7, shape).astype(np.float32) for name, shape in shapes.items()}


def write_tensors(path: Path, content: dict[str, Numbers], stored: str = "F32") -> None:
    """A safetensors file, its numbers stored as F32, F16 or BF16."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    numbers = b""
    for name, tensor in content.items():
        raw = _raw(tensor, stored)
        header[name] = {"dtype": stored, "shape": tensor.shape, "data_offsets": [len(numbers), len(numbers) + len(raw)]}
        numbers += raw
    written = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(written)) + written + numbers)


def _raw(tensor: Numbers, stored: str) -> bytes:
    if stored == "BF16":
        return (tensor.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()
    return tensor.astype("<f4" if stored == "F32" else "<f2").tobytes()


def write_model(folder: Path, **changes: Any) -> Path:
    """The whole folder; `changes` replace entries of its config.json, and None takes one away."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "model_type": "bert",
        "hidden_act": "gelu",
        "num_attention_heads": HEADS,
        "layer_norm_eps": EPSILON,
        "max_position_embeddings": LONGEST,
        **changes,
    }
    (folder / "config.json").write_text(
        json.dumps({name: value for name, value in config.items() if value is not None})
    )
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    write_tensors(folder / "model.safetensors", tensors())
    return folder


def slow_row(weights: dict[str, Numbers], tokens: list[int], pooling: str = "mean") -> Numbers:
    """What the model makes of one text, number by number in double precision, as the papers write it."""
    weights = {name: tensor.astype(np.float64) for name, tensor in weights.items()}

    def dense(name: str, row: Numbers) -> Numbers:
        return weights[f"{name}.weight"] @ row + weights[f"{name}.bias"]

    def normalise(name: str, row: Numbers) -> Numbers:
        middle = sum(row) / WIDTH
        spread = math.sqrt(sum((number - middle) ** 2 for number in row) / WIDTH + EPSILON)
        return (row - middle) / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def gelu(number: float) -> float:
        return number * (1 + math.erf(number / math.sqrt(2))) / 2

    rows = []
    for place, token in enumerate(tokens):
        row = weights["embeddings.word_embeddings.weight"][token]
        row = row + weights["embeddings.position_embeddings.weight"][place]
        rows.append(normalise("embeddings.LayerNorm", row + weights["embeddings.token_type_embeddings.weight"][0]))
    for number in range(LAYERS):
        name = f"encoder.layer.{number}."
        asked, offered, said = (
            [dense(f"{name}attention.self.{part}", row) for row in rows] for part in ("query", "key", "value")
        )
        after = []
        for place, row in enumerate(rows):
            heard = np.zeros(WIDTH)
            for head in range(HEADS):
                part = slice(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
                scores = [math.exp(asked[place][part] @ key[part] / math.sqrt(WIDTH / HEADS)) for key in offered]
                heard[part] = sum(score * value[part] for score, value in zip(scores, said, strict=True)) / sum(scores)
            row = normalise(f"{name}attention.output.LayerNorm", row + dense(f"{name}attention.output.dense", heard))
            wide = np.array([gelu(number) for number in dense(f"{name}intermediate.dense", row)])
            after.append(normalise(f"{name}output.LayerNorm", row + dense(f"{name}output.dense", wide)))
        rows = after
    pooled = rows[0] if pooling == "cls" else np.mean(rows, axis=0)
    return pooled / math.sqrt(pooled @ pooled)
