"""Imports point downwards only: what lies below can be read, tried and changed without what lies above."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import failonce

PACKAGE = Path(failonce.__file__).parent

# From top to bottom; rooms of one line may use each other. A name is a room, or one module of it.
LAYERS = [
    {"config", "web", "api", "cli", "mcp", "__main__"},
    {"demo"},
    {"intake", "trackers"},
    {"ranking"},
    {"preflight", "broadcasts", "culture", "mandates", "experiments"},
    {"actions"},
    {"reviews"},
    {"modes"},
    {"lessons"},
    {"failures"},
    {"speakup"},
    {"people", "catalogue", "history"},
    {"config.environment"},
    {"recall", "wording", "statistics"},
]
# The doors within a room lie as high as the first layer: they know every room, and only doors know them.
DOORS_OF_A_ROOM = {"views", "urls", "forms", "api", "apps", "templatetags", "signing_in"}
PURE = LAYERS[-1]
EVERY_MODULE = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """Return a module's name below failonce: "recall.index"."""
    return ".".join(path.with_suffix("").parts).removesuffix("__init__").removesuffix(".")


def imports_of(path: Path) -> Iterator[str]:
    """Yield the full name of everything this module imports, wherever in it the import stands."""
    package = ["failonce", *path.parent.parts]
    for node in ast.walk(ast.parse((PACKAGE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            # "from failonce.people import models" imports failonce.people.models.
            yield from (f"{module}.{alias.name}" for alias in node.names)


def ours(path: Path) -> list[str]:
    """Return what this module imports of ours, by its name below failonce."""
    return [name.removeprefix("failonce.") for name in imports_of(path) if name.startswith("failonce.")]


def layer_of(module: str) -> int:
    """Return how far down a module, or a name in it, lies; 0 is the top."""
    room, *rest = module.split(".")
    if rest and rest[0] in DOORS_OF_A_ROOM:
        return 0
    names = [".".join([room, *rest[:1]]), room]
    found = [depth for name in names for depth, layer in enumerate(LAYERS) if name in layer]
    assert found, f"failonce.{module} has no layer yet; give its room a place in LAYERS"
    return found[0]


@pytest.mark.parametrize("path", [path for path in EVERY_MODULE if name_of(path)], ids=name_of)
def test_a_module_uses_only_what_lies_below_it(path):
    here = layer_of(name_of(path))

    upward = [used for used in ours(path) if used != "__version__" and layer_of(used) < here]

    assert upward == [], f"{name_of(path)} must not know of {upward}"


@pytest.mark.parametrize("path", [path for path in EVERY_MODULE if path.parts[0] in PURE], ids=name_of)
def test_what_lies_lowest_knows_nothing_of_ours_nor_django(path):
    strangers = [used for used in ours(path) if used.split(".")[0] != path.parts[0]]
    django = [used for used in imports_of(path) if used.split(".")[0] == "django"]

    assert strangers + django == []


@pytest.mark.parametrize("room", sorted(room for room in PURE if (PACKAGE / room).is_dir()))
def test_what_lies_lowest_starts_without_django(room):
    tell = f"import failonce.{room}, sys; print(*(name for name in sys.modules if name.split('.')[0] == 'django'))"

    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    told = subprocess.run([sys.executable, "-c", tell], env=environment, capture_output=True, text=True, check=True)

    assert told.stdout.split() == []


def test_relative_and_nested_imports_are_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    (tmp_path / "recall").mkdir()
    (tmp_path / "recall" / "index.py").write_text(
        "from . import shapes\nfrom ..people import models\ndef late():\n    import failonce.web.views\n"
    )

    assert ours(Path("recall/index.py")) == ["recall.shapes", "people.models", "web.views"]
