"""With a sentence model, meaning comes in beside the words, and nobody waits for it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_django import Settings

from failonce.modes.memory import Memory
from failonce.people.models import Person
from failonce.recall import Query
from failonce.recall.semantic import models
from tests.modes.test_memory import keys, tell
from tests.recall.semantic_model import write_model


class SmallModel:
    """Knows two subjects, by any of their words; stands for a real sentence model, which takes 90 MB."""

    subjects = ({"certificate", "expired", "credential", "lapsed"}, {"route", "network", "path", "announcement"})

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [[sum(word in text.lower() for word in words) + 0.01 for words in self.subjects] for text in texts]
        table = np.array(rows, np.float32)
        return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), np.float32)


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("failonce.modes.memory.semantic.load", lambda *_: SmallModel())


def has_meaning(memory: Memory, text: str) -> bool:
    hits = memory.search(Query(text=text), limit=1, without=set())
    return any(name == "meaning" and value > 0 for name, value in hits[0].signals)


def test_words_serve_until_meaning_is_ready(ada: Person) -> None:
    memory = Memory()
    told = tell(ada, "The certificate of the gateway expired.")

    assert keys(memory, "certificate of the gateway") == [told.code]
    assert not has_meaning(memory, "certificate of the gateway")
    assert not memory.has_meaning()
    memory.deepen()

    assert has_meaning(memory, "certificate of the gateway")
    assert memory.has_meaning()


def test_what_is_told_later_has_meaning_too(ada: Person) -> None:
    memory = Memory()
    tell(ada, "A route announcement left our network.")
    memory.deepen()

    told = tell(ada, "The certificate of the gateway expired.")

    assert keys(memory, "certificate of the gateway")[0] == told.code
    assert has_meaning(memory, "certificate of the gateway")


def test_a_saved_index_keeps_its_meaning(ada: Person, settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    told = tell(ada, "The certificate of the gateway expired.")
    Memory().deepen()

    fresh = Memory()

    assert keys(fresh, "certificate of the gateway") == [told.code]
    assert has_meaning(fresh, "certificate of the gateway")


class WiderModel(SmallModel):
    """Another model: its vectors are longer and mean something else."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.repeat(super().embed(texts), 24, axis=1) / np.float32(24**0.5)


def test_with_another_model_words_serve_until_all_is_read_anew(
    ada: Person, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = tmp_path
    told = tell(ada, "The certificate of the gateway expired.")
    Memory().deepen()
    monkeypatch.setattr("failonce.modes.memory.semantic.load", lambda *_: WiderModel())

    fresh = Memory()

    assert keys(fresh, "certificate of the gateway") == [told.code]
    assert not fresh.has_meaning()
    fresh.deepen()
    assert has_meaning(fresh, "certificate of the gateway")
    assert Memory().has_meaning()


def test_the_model_is_the_one_that_the_settings_name(
    ada: Person, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("failonce.modes.memory.semantic.load", models.load)
    monkeypatch.setattr(models, "PACKAGES", ())
    settings.HOME = tmp_path
    tell(ada, "The certificate of the gateway expired.")

    def deepened() -> bool:
        memory = Memory()
        memory.deepen()
        return memory.has_meaning()

    assert not deepened()
    settings.SEMANTIC_MODEL = str(write_model(tmp_path / "chosen"))
    assert deepened()
    settings.SEMANTIC_MODEL = "off"
    assert not deepened()
    settings.SEMANTIC_MODEL = ""
    write_model(tmp_path / "models" / "mine")
    assert deepened()


def test_after_an_import_words_serve_first(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    tell(ada, "A route announcement left our network.")
    memory.deepen()
    monkeypatch.setattr("failonce.modes.memory._EMBED_AT_ONCE", 1)
    monkeypatch.setattr("failonce.modes.memory.Memory._deepen_beside", lambda memory: None)
    told = [tell(ada, f"The certificate of gateway {number} expired.").code for number in range(3)]

    assert set(told) <= set(keys(memory, "certificate of the gateway expired"))
    assert not has_meaning(memory, "certificate of the gateway")
    memory.deepen()
    assert has_meaning(memory, "certificate of the gateway")
