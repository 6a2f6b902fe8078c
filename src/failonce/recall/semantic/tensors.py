"""Reads the numbers of a model from a safetensors file without copying them into memory.

The format: eight bytes with the length of a JSON header, the header, then the raw numbers one after another
(huggingface.co/docs/safetensors). Mapping the file lets several web processes share one copy of the weights.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from failonce.recall.semantic.errors import ModelNotUsable

Array = NDArray[np.float32]

# The writers of the format refuse longer headers too; without a limit a broken file could claim all memory.
LONGEST_HEADER = 100_000_000
STORED_AS: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2"), "BF16": np.dtype("<u2")}


def read_tensors(path: Path) -> dict[str, Array]:
    """Every float tensor of the file by name; a 32-bit one is a view of the file, a 16-bit one is widened.

    Raises ModelNotUsable when the file is not a whole, well-formed safetensors file.
    """
    try:
        content = np.memmap(path, dtype=np.uint8, mode="r")
        start, header = _header(content)
        numbers = content[start:]
        return {
            name: _tensor(numbers, entry)
            for name, entry in header.items()
            if name != "__metadata__" and entry["dtype"] in STORED_AS
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelNotUsable(
            f"{path} is not a whole safetensors file ({error}). Copy or install the model again."
        ) from error


def _header(content: NDArray[np.uint8]) -> tuple[int, dict[str, Any]]:
    length = int.from_bytes(content[:8].tobytes(), "little")
    if not 2 <= length <= min(LONGEST_HEADER, len(content) - 8):
        raise ValueError("its header has no sensible length")
    return 8 + length, json.loads(content[8 : 8 + length].tobytes())


def _tensor(numbers: NDArray[np.uint8], entry: dict[str, Any]) -> Array:
    begin, end = entry["data_offsets"]
    if not 0 <= begin <= end <= len(numbers):
        raise ValueError("it ends before its numbers do")
    stored = np.frombuffer(numbers[begin:end], dtype=STORED_AS[entry["dtype"]]).reshape(entry["shape"])
    if entry["dtype"] == "BF16":
        # bfloat16 is the upper half of a float32, so the lower half is filled with zeros.
        stored = (stored.astype(np.uint32) << 16).view(np.float32)
    return np.asarray(stored, dtype=np.float32)
