"""Reads from a model folder how its network is to be run, and refuses what failonce cannot run."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from failonce.recall.semantic.errors import ModelNotUsable

Pooling = Literal["mean", "cls"]

# What sentence-transformers reads of a text when the folder names no limit for this model family.
USUAL_LONGEST = 256
STEPS = {"Transformer", "Pooling", "Normalize"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the folder's small files say about its network."""

    heads: int
    epsilon: float
    pooling: Pooling
    longest: int


def read_settings(folder: Path) -> Settings:
    """Raises ModelNotUsable when the folder describes anything but a BERT encoder with mean or [CLS] pooling."""
    config = read_json(folder / "config.json")
    for name, wanted in (("model_type", "bert"), ("hidden_act", "gelu"), ("position_embedding_type", "absolute")):
        if config.get(name, wanted) != wanted:
            raise ModelNotUsable(
                f"The model in {folder} has {name} {config[name]!r}, and failonce runs only {wanted!r}. "
                "Use a BERT model such as all-MiniLM-L6-v2."
            )
    _refuse_other_steps(folder)
    try:
        return Settings(
            heads=_positive(config["num_attention_heads"]),
            epsilon=float(config.get("layer_norm_eps", 1e-12)),
            pooling=_pooling(folder),
            longest=_positive(_longest(folder, config)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelNotUsable(f"{folder / 'config.json'} is not the description of a BERT model ({error!r}).") from error


def read_text(path: Path) -> str:
    """The whole of one of the folder's files. Raises ModelNotUsable when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def read_json(path: Path) -> dict[str, Any]:
    """The settings in one of the folder's files. Raises ModelNotUsable when there are none."""
    content = _parsed(path)
    if not isinstance(content, dict):
        raise ModelNotUsable(f"{path} holds no settings. Copy or install the model again.")
    return content


def read_json_if_there(path: Path) -> dict[str, Any]:
    """Empty when there is no such file."""
    return read_json(path) if path.is_file() else {}


def _positive(value: Any) -> int:
    if int(value) <= 0:
        raise ValueError(value)
    return int(value)


def _parsed(path: Path) -> Any:
    try:
        return json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> ModelNotUsable:
    return ModelNotUsable(f"{path} cannot be read ({error}). Copy or install the model again.")


def _refuse_other_steps(folder: Path) -> None:
    """Some models end in further layers; without them their rows would be plausible and wrong."""
    steps = _parsed(folder / "modules.json") if (folder / "modules.json").is_file() else []
    try:
        names = [str(step["type"]).rpartition(".")[2] for step in steps]
    except (TypeError, KeyError) as error:
        raise _unreadable(folder / "modules.json", error) from error
    for name in names:
        if name not in STEPS:
            raise ModelNotUsable(f"The model in {folder} has a step named {name}, which failonce does not know.")


def _pooling(folder: Path) -> Pooling:
    modes = read_json_if_there(folder / "1_Pooling" / "config.json")
    chosen = [name for name, on in modes.items() if name.startswith("pooling_mode_") and on is True]
    if chosen in ([], ["pooling_mode_mean_tokens"]):
        return "mean"
    if chosen == ["pooling_mode_cls_token"]:
        return "cls"
    raise ModelNotUsable(f"The model in {folder} pools by {', '.join(chosen)}, which failonce does not know.")


def _longest(folder: Path, config: dict[str, Any]) -> Any:
    said = read_json_if_there(folder / "sentence_bert_config.json").get("max_seq_length")
    return min(said or USUAL_LONGEST, config.get("max_position_embeddings", USUAL_LONGEST))
