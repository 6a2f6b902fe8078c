"""Writes an index to a folder and reads it back, so that a start is quick."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Raised whenever terms or packing change: an older folder is then built anew
# instead of being misread.
FORMAT = 5
_FILE, _WORDS = "index.npz", "words"


class StaleIndex(Exception):
    """The folder holds no index this version can read; build it again."""

    message = "The saved index is from another version or damaged; build it again."


def write(folder: Path, numbers: dict[str, NDArray[Any]], words: dict[str, Any]) -> None:
    """Write numbers and words; a reader sees the old index or the new one, however many write at once.

    They are one file, as of two one process could write the first and another the second.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said = json.dumps({"format": FORMAT, **words}).encode()
    everything: Any = {_WORDS: np.frombuffer(said, np.uint8), **numbers}
    draft = folder / f".{os.urandom(8).hex()}.{_FILE}"
    try:
        with draft.open("wb") as file:
            np.savez(file, **everything)
        draft.replace(folder / _FILE)
    finally:
        draft.unlink(missing_ok=True)


def read(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """What `write` wrote; StaleIndex when it is not whole or not ours."""
    try:
        # Opened here, as NumPy would leave a file open that turns out to be damaged.
        with (folder / _FILE).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            numbers = {name: file[name] for name in file.files}
        words = json.loads(numbers.pop(_WORDS).tobytes())
        if words["format"] != FORMAT:
            raise StaleIndex(StaleIndex.message)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as problem:
        raise StaleIndex(StaleIndex.message) from problem
    return numbers, words
