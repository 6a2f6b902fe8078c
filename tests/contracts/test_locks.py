"""What the locks promise: every package by version and hash, from wherever the reader gets packages."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
PINNED = re.compile(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==\S+( ; .+)?( --hash=sha256:[0-9a-f]{64})+")
ADDRESSES = ("://", "file:", "localhost", " @ ", "--index", "--extra-index", "--find-links")


@pytest.fixture
def project() -> Any:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def locked(lock: str) -> set[str]:
    """Return the names of the packages in a lock."""
    return set(re.findall(r"^([a-z0-9._-]+)(?:\[.*\])?==", (ROOT / lock).read_text(), re.MULTILINE))


def wished(dependencies: list[str]) -> set[str]:
    """Return the names in a list of dependencies, as locks write them."""
    return {re.split(r"[^A-Za-z0-9._-]", wish)[0].lower().replace("_", "-") for wish in dependencies}


def test_there_is_a_lock_for_every_use():
    uses = ["requirements-bench", "requirements-build", "requirements-dev", "requirements"]

    assert [lock.stem for lock in LOCKS] == uses


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_package_is_pinned_and_hashed(lock):
    entries = [" ".join(entry.split()) for entry in lock.read_text().replace("\\\n", " ").splitlines()]

    assert entries
    assert [entry for entry in entries if not PINNED.fullmatch(entry)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_no_lock_names_an_address(lock):
    text = lock.read_text()

    assert [address for address in ADDRESSES if address in text] == []


def test_every_declared_dependency_is_locked(project):
    assert wished(project["project"]["dependencies"]) <= locked("requirements.lock")
    for group, wishes in project["dependency-groups"].items():
        assert wished(wishes) <= locked(f"requirements-{group}.lock")


def test_there_are_at_most_twenty_direct_dependencies(project):
    assert len(project["project"]["dependencies"]) <= 20
