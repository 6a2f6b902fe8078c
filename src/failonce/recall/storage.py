"""Writes an index to a folder and reads it back, so that a start is quick."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Raised whenever terms or packing change: an older folder is then built anew
# instead of being misread.
FORMAT = 3
_NUMBERS, _WORDS = "numbers.npz", "words.json"
# Two that write at once would leave the numbers of one beside the words of the other.
_writing = Lock()


class StaleIndex(Exception):
    """The folder holds no index this version can read; build it again."""

    message = "The saved index is from another version or damaged; build it again."


def write(folder: Path, numbers: dict[str, NDArray[Any]], words: dict[str, Any]) -> None:
    """Write numbers and words; a reader sees the old index or the new one."""
    stamp = os.urandom(8).hex()
    with _writing:
        folder.mkdir(parents=True, exist_ok=True)
        with _Replacing(folder / _NUMBERS, stamp) as path, path.open("wb") as file:
            everything: Any = {"stamp": np.frombuffer(stamp.encode(), np.uint8), **numbers}
            np.savez(file, **everything)
        with _Replacing(folder / _WORDS, stamp) as path:
            path.write_text(json.dumps({"format": FORMAT, "stamp": stamp, **words}))


class _Replacing:
    """A name to write under; takes the place of the real one when all went well."""

    def __init__(self, path: Path, stamp: str) -> None:
        self._path, self._draft = path, path.with_name(f".{stamp}.{path.name}")

    def __enter__(self) -> Path:
        return self._draft

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._draft.replace(self._path)
        else:
            self._draft.unlink(missing_ok=True)


def read(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """What `write` wrote; StaleIndex when it is not whole or not ours."""
    try:
        words = json.loads((folder / _WORDS).read_text())
        # Opened here, as NumPy would leave a file open that turns out to be damaged.
        with (folder / _NUMBERS).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            numbers = {name: file[name] for name in file.files}
        same = numbers.pop("stamp").tobytes().decode() == words["stamp"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        raise StaleIndex(StaleIndex.message) from problem
    if words.get("format") != FORMAT or not same:
        raise StaleIndex(StaleIndex.message)
    return numbers, words
