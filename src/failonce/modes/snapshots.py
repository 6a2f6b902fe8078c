"""Saved recall indexes, so that a start or a one-off command needn't read every failure again.

A snapshot's folder is named after the last history entry it has seen, number and hash, so an index is never
taken for newer than it is, whichever process saved it.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from failonce.recall import Index, semantic
from failonce.recall.storage import StaleIndex

Seen = tuple[int, str]
_KEPT = 2  # a reader may be loading the older one while the newer appears


def save(index: Index, seen: Seen) -> None:
    """Write the index as it stands after that entry, and drop older snapshots; a full disk is no trouble here."""
    if not seen[0]:
        return  # nothing has happened yet, so nothing would tell this snapshot from another database's
    try:
        index.save(_folder() / f"{seen[0]}-{seen[1]}")
        for old in list(_newest_first())[_KEPT:]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError:
        return  # derived data: without it, the next start takes longer


def load(is_ours: Callable[[Seen], bool], embedder: semantic.Embedder | None) -> tuple[Index, Seen, bool] | None:
    """Return the newest readable snapshot whose last entry is in this database's history, or None.

    The last value tells whether it holds meaning; without a model, or saved without this one, it holds words alone.
    """
    for folder in _newest_first():
        number, _, known = folder.name.partition("-")
        try:
            if is_ours((int(number), known)):
                index, has_meaning = _read(folder, embedder)
                return index, (int(number), known), has_meaning
        except StaleIndex:
            continue
    return None


def _read(folder: Path, embedder: semantic.Embedder | None) -> tuple[Index, bool]:
    if embedder is not None:
        try:
            return Index.load(folder, embedder=embedder), True
        except StaleIndex:
            pass  # saved before its meaning was worked out, or with another model's vectors
    return Index.load(folder), False


def _folder() -> Path:
    return Path(settings.HOME) / "recall"


def _newest_first() -> Iterator[Path]:
    if not _folder().is_dir():
        return iter(())
    named = [each for each in _folder().iterdir() if each.name.partition("-")[0].isdecimal()]
    return iter(sorted(named, key=lambda each: int(each.name.partition("-")[0]), reverse=True))
