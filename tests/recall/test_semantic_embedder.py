"""What an embedder makes of texts, compared with a slow and plain way of running the same model."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from failonce.recall.semantic import Embedder
from failonce.recall.semantic import cores as cores_module
from failonce.recall.semantic import embedder as embedder_module
from failonce.recall.semantic import network as network_module
from tests.recall.semantic_model import LONGEST, WIDTH, WORDS, slow_row, tensors, write_model, write_tensors

TEXTS = [
    "The disk was full.",
    "nobody looked at the alerts before it rang twice",
    "full",
    "alert alert alert",
    "THE DISK WAS FULL.",
    "東京 the unknown",
]


@pytest.fixture
def folder(tmp_path):
    return write_model(tmp_path / "model")


def tokens_of(text: str) -> list[int]:
    """The tokens of a text whose words stand in the vocabulary, or are unknown."""
    words = text.lower().replace(".", " .").replace("alerts", "alert ##s").replace("東京", "東 京").split()
    return [WORDS.index(word) if word in WORDS else 1 for word in ["[CLS]", *words, "[SEP]"]]


def slowly(texts: list[str], pooling: str = "mean") -> np.ndarray:
    return np.array([slow_row(tensors(), tokens_of(text), pooling) for text in texts])


def test_rows_are_those_of_the_model(folder):
    rows = Embedder(folder).embed(TEXTS)

    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), WIDTH)
    np.testing.assert_allclose(rows, slowly(TEXTS), atol=1e-4)


@pytest.mark.parametrize("small", [1, 9])
def test_batches_and_blocks_change_nothing(folder, monkeypatch, small):
    monkeypatch.setattr(embedder_module, "BATCH_TOKENS", small)
    monkeypatch.setattr(network_module, "WIDE_ROWS", small)
    monkeypatch.setattr(network_module, "PAIRS", small)

    np.testing.assert_allclose(Embedder(folder).embed(TEXTS), slowly(TEXTS), atol=1e-4)


def test_it_runs_without_the_package_that_shares_the_cores(folder, monkeypatch):
    monkeypatch.setattr(cores_module, "ThreadpoolController", None)

    np.testing.assert_allclose(Embedder(folder).embed(TEXTS), slowly(TEXTS), atol=1e-4)


def test_several_threads_may_share_one(folder, monkeypatch):
    monkeypatch.setattr(embedder_module, "BATCH_TOKENS", 1)
    embedder = Embedder(folder)
    expected = embedder.embed(TEXTS)

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: embedder.embed(TEXTS), range(40)))

    assert all(np.allclose(answer, expected, atol=1e-6) for answer in answers)


def threads_of_blas() -> list[int]:
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_multiplications_elsewhere_get_their_threads_back(folder, monkeypatch):
    monkeypatch.setattr(embedder_module, "BATCH_TOKENS", 1)
    rows, during = network_module.Network.rows, []

    def watched(*given):
        during.extend(threads_of_blas())
        return rows(*given)

    monkeypatch.setattr(network_module.Network, "rows", watched)
    embedder, before = Embedder(folder), threads_of_blas()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: embedder.embed(TEXTS), range(20)))
        after = threads_of_blas()

    assert set(during) == {1}
    assert after == before


def test_every_row_has_unit_length(folder):
    rows = Embedder(folder).embed(TEXTS)

    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("nothing", ["", " \n\t ", "\x00\x00", "\u200b"])
def test_a_text_with_nothing_to_read_is_like_nothing(folder, nothing):
    rows = Embedder(folder).embed([nothing, "full"])

    assert not rows[0].any()
    assert rows[1].any()


def test_no_texts_make_no_rows(folder):
    assert Embedder(folder).embed([]).shape == (0, WIDTH)


def test_a_long_text_is_read_up_to_the_limit(folder):
    embedder = Embedder(folder)

    long, cut, short = embedder.embed(["disk full " * 300_000, "disk full " * 11, "disk full " * 5])

    assert embedder.longest == LONGEST
    np.testing.assert_allclose(long, cut, atol=1e-6)
    assert not np.allclose(long, short, atol=1e-3)


@pytest.mark.parametrize(
    "junk",
    [
        bytes(range(256)).decode("latin-1") * 40,
        "\ud800\udfff\x00",
        "\U0010ffff" * 300,
        "x" * 100_000,
        "ا\u0301" * 5_000,
        "🔥" * 300,
        "\ufdfa" * 5_000,
    ],
)
def test_whatever_is_written_gets_a_row(folder, junk):
    rows = Embedder(folder).embed([junk, "the disk was full"])

    assert np.isfinite(rows).all()
    np.testing.assert_allclose(rows[1:], slowly(["the disk was full"]), atol=1e-4)


def test_scores_of_any_size_do_not_overflow(folder):
    steep = {name: tensor * (60 if "query" in name or "key" in name else 1) for name, tensor in tensors().items()}
    write_tensors(folder / "model.safetensors", steep)

    assert np.isfinite(Embedder(folder).embed(TEXTS)).all()


@pytest.mark.parametrize(("stored", "off"), [("F32", 1e-4), ("F16", 1e-2), ("BF16", 5e-2)])
def test_weights_may_be_stored_in_half_the_size(folder, stored, off):
    write_tensors(folder / "model.safetensors", tensors(), stored)

    np.testing.assert_allclose(Embedder(folder).embed(TEXTS), slowly(TEXTS), atol=off)


def test_weights_may_carry_the_name_of_their_kind(folder):
    write_tensors(folder / "model.safetensors", {f"bert.{name}": tensor for name, tensor in tensors().items()})

    np.testing.assert_allclose(Embedder(folder).embed(TEXTS), slowly(TEXTS), atol=1e-4)


def test_a_model_may_speak_by_its_first_mark(folder):
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False})
    )

    np.testing.assert_allclose(Embedder(folder).embed(TEXTS), slowly(TEXTS, "cls"), atol=1e-4)


def test_the_vocabulary_may_stand_in_the_tokenizer(folder):
    (folder / "vocab.txt").unlink()
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"type": "WordPiece", "vocab": vocabulary}}))

    np.testing.assert_allclose(Embedder(folder).embed(TEXTS), slowly(TEXTS), atol=1e-4)


def test_the_folder_may_name_a_shorter_limit(folder):
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 6}))

    assert Embedder(folder).longest == 6
