"""Finding a model, saying whether semantic recall is on, and refusing folders in words."""

import hashlib
import json
import struct
import sys

import pytest

from failonce.recall import semantic
from failonce.recall.semantic import models
from tests.recall.semantic_model import WORDS, tensors, write_model, write_tensors


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch):
    """What the machine has must not decide a test."""
    monkeypatch.setattr(models, "PACKAGES", (("failonce_model_for_tests", "model"),))


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def install(monkeypatch, site):
    """A package with a model in it, whose code must not run."""
    folder = write_model(site / "failonce_model_for_tests" / "model")
    (folder.parent / "__init__.py").write_text("raise RuntimeError('its code was run')")
    monkeypatch.syspath_prepend(str(site))
    return folder


def test_without_a_model_it_is_off_and_says_how_to_get_one():
    assert semantic.find_model() is None
    assert semantic.load() is None
    assert semantic.describe() == (
        "Semantic recall is off: there is no model on this machine. "
        "docs/how-to/turn-on-semantic-recall.md tells how to get one."
    )


def test_a_model_in_the_home_is_found_in_order_of_name(home):
    (home / "models" / "a-note-only").mkdir(parents=True)
    second = write_model(home / "models" / "second")
    first = write_model(home / "models" / "first")

    assert semantic.find_model(home=home) == first != second


def test_a_package_put_into_the_home_is_found(home):
    model = write_model(home / "models" / "some_package" / "model")

    assert semantic.find_model(home=home) == model


def test_an_installed_model_is_found_before_and_its_code_never_run(monkeypatch, tmp_path, home):
    write_model(home / "models" / "mine")
    installed = install(monkeypatch, tmp_path / "site")

    assert semantic.find_model(home=home) == installed
    assert semantic.load(home=home) is not None
    assert "failonce_model_for_tests" not in sys.modules


def test_the_setting_comes_before_everything(monkeypatch, tmp_path, home):
    install(monkeypatch, tmp_path / "site")
    said = str(write_model(tmp_path / "chosen"))

    assert semantic.find_model(said, home) == tmp_path / "chosen"
    assert semantic.load(said, home) is not None


def test_the_setting_may_say_off(monkeypatch, tmp_path, home):
    install(monkeypatch, tmp_path / "site")

    assert semantic.load("off", home) is None
    assert semantic.describe("off", home) == "Semantic recall is off: FAILONCE_SEMANTIC_MODEL says off."


@pytest.mark.parametrize("said", ["nowhere/at/all", "~nobody-of-this-name/model"])
def test_a_setting_that_names_no_model_is_not_passed_over(monkeypatch, tmp_path, home, said):
    install(monkeypatch, tmp_path / "site")

    assert semantic.load(said, home) is None
    assert f"FAILONCE_SEMANTIC_MODEL names {said}, which has no model.safetensors" in semantic.describe(said, home)


def test_other_weights_than_the_measured_are_used_and_said(home):
    folder = write_model(home / "models" / "mine")

    assert semantic.load(home=home) is not None
    assert semantic.describe(home=home).startswith(
        f"Semantic recall is on with a model of 8 numbers per text in {folder}. "
    )
    assert "not the ones failonce was measured with" in semantic.describe(home=home)


def test_the_measured_weights_are_recognised(monkeypatch, home):
    folder = write_model(home / "models" / "mine")
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    monkeypatch.setattr(models, "KNOWN_WEIGHTS", {digest: "the tiny one"})

    assert (
        semantic.describe(home=home) == f"Semantic recall is on: the tiny one in {folder}, with the published weights."
    )


def cut_short(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])


def without_a_tensor(folder):
    write_tensors(folder / "model.safetensors", {k: v for k, v in tensors().items() if "1.output.dense.bias" not in k})


def of_another_shape(folder):
    write_tensors(
        folder / "model.safetensors",
        tensors() | {"encoder.layer.0.output.dense.weight": tensors()["embeddings.LayerNorm.bias"]},
    )


def with_a_wrong_width(folder):
    bias = "encoder.layer.0.output.dense.bias"
    write_tensors(folder / "model.safetensors", tensors() | {bias: tensors()[bias][:-1]})


def without_layers(folder):
    write_tensors(folder / "model.safetensors", {k: v for k, v in tensors().items() if k.startswith("embeddings.")})


def with_more_words(folder):
    (folder / "vocab.txt").write_text("\n".join([*WORDS, "more"]), encoding="utf-8")


def write(name, content):
    def change(folder):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())

    return change


def with_config(**changes):
    return lambda folder: write_model(folder, **changes)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cut_short, "ends before its numbers do"),
        (without_a_tensor, "no weights named 'encoder.layer.1.output.dense.bias'"),
        (of_another_shape, "do not fit together"),
        (with_a_wrong_width, "do not fit together"),
        (without_layers, "do not fit together"),
        (with_more_words, "belongs to another model"),
        (write("model.safetensors", b""), "is not a whole safetensors file"),
        (write("model.safetensors", b"PK\x03\x04" * 100), "is not a whole safetensors file"),
        (write("model.safetensors", struct.pack("<Q", 2) + b"[]"), "is not a whole safetensors file"),
        (write("model.safetensors", struct.pack("<Q", 9) + b'{"a":{}}\n'), "is not a whole safetensors file"),
        (write("config.json", b"\xff"), "cannot be read"),
        (write("config.json", []), "holds no settings"),
        (with_config(model_type="mpnet"), "model_type 'mpnet'"),
        (with_config(hidden_act="relu"), "hidden_act 'relu'"),
        (with_config(num_attention_heads=None), "not the description of a BERT model"),
        (with_config(num_attention_heads=3), "do not fit together"),
        (with_config(num_attention_heads=0), "not the description of a BERT model"),
        (write("1_Pooling/config.json", {"pooling_mode_max_tokens": True}), "pools by pooling_mode_max_tokens"),
        (write("modules.json", [{"type": "sentence_transformers.models.Dense"}]), "a step named Dense"),
        (write("modules.json", {"type": "Pooling"}), "modules.json cannot be read"),
        (write("vocab.txt", b"\xff\xfe"), "cannot be read"),
        (lambda folder: (folder / "vocab.txt").unlink(), "tokenizer.json cannot be read"),
    ],
)
def test_a_folder_that_cannot_be_used_is_told_in_words(tmp_path, spoil, words):
    folder = write_model(tmp_path / "model")
    spoil(folder)

    assert semantic.load(str(folder)) is None
    assert semantic.describe(str(folder)).startswith("Semantic recall is off: ")
    assert words in semantic.describe(str(folder))
    with pytest.raises(semantic.ModelNotUsable):
        semantic.Embedder(folder)
