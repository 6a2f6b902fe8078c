"""Much comes in a batch at a time, and between two batches others get to write."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from failonce.catalogue.turns import Turns
from failonce.failures.importing import FailureImport
from failonce.history.chain import verify
from failonce.intake.batches import batches
from failonce.intake.interchange import arriving
from failonce.lessons.models import Lesson
from failonce.modes.models import Answer, FailureMode
from failonce.people.models import Person
from failonce.preflight.models import Preflight
from tests.doors import run_cli

TEAR = "---\nstarted_at: 2025-01-01T10:00Z\ntold_by: ada@example.org\n---\nSail {} tore.\n"
FILES = {
    **{f"failures/F-{number}.md": TEAR.format(number) for number in range(1, 7)},
    "lessons/L-1.md": "---\nfailure: F-1\nwhen_you: sail\nremember: to reef\nbecause: sails tear\n---\n",
    "lessons/L-2.md": "---\nfailure: F-2\nwhen_you: sail\nremember: to look up\nbecause: sails tear\n---\n",
    "modes/M-1.md": "---\ntitle: Torn\nfailures: [F-1, F-2]\n---\n",
    "modes/M-2.md": "---\ntitle: Worn\nfailures: [F-3, F-4, F-5]\n---\n",
    "modes/M-3.md": "---\ntitle: Lost\nfailures: F-6\n---\n",
    "preflights/P-1.md": "---\nasked_at: 2025-01-02T10:00Z\n---\nTake a new sail.\n",
    "preflights/P-2.md": "---\nasked_at: 2025-01-03T10:00Z\n---\nTake the old sail.\n",
    "answers.yaml": "- {failure: F-1, other: F-3, answer: 'yes'}\n"
    "- {failure: F-2, other: F-4, answer: 'no'}\n"
    "- {failure: F-3, other: F-1, answer: 'no'}\n",
}
IMPORTS = ("import_lessons", "import_modes", "import_answers", "import_preflights")


@pytest.mark.parametrize(
    ("weights", "expected", "why"),
    [
        ([], [], "nothing is no batch"),
        ([1, 1, 1], [[1, 1, 1]], "what fits exactly comes at once"),
        ([1, 1, 1, 1], [[1, 1, 1], [1]], "the rest comes after"),
        ([2, 2], [[2], [2]], "together they would be too much"),
        ([1, 9, 1], [[1], [9], [1]], "what is too much by itself comes alone"),
    ],
)
def test_a_batch_weighs_no_more_than_others_can_wait_for(
    weights: list[int], expected: list[list[int]], why: str
) -> None:
    assert list(batches(weights, 3, weigh=lambda weight: weight)) == expected, why


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Several of everything that comes in a batch at a time."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def happened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Batches of one; what was asked to be kept in one transaction, and each turn that others got."""
    happened: list[tuple[str, int]] = []

    def noted(name: str, done: Callable[..., Any]) -> Callable[..., Any]:
        def call(*this: Any, **arguments: Any) -> Any:
            happened.append((name, len(arguments["incoming"])))
            return done(*this, **arguments)

        return call

    for name in IMPORTS:
        monkeypatch.setattr(arriving, name, noted(name, getattr(arriving, name)))
    take_in = FailureImport.take_in
    monkeypatch.setattr(
        FailureImport, "take_in", lambda self, incoming: noted("failures", take_in)(self, incoming=incoming)
    )
    monkeypatch.setattr(Turns, "give", lambda self: happened.append(("turn", 0)))
    for size in ("BATCH", "SLOW_BATCH", "AT_ONCE"):
        monkeypatch.setattr(arriving, size, 1)
    return happened


@pytest.mark.django_db
def test_a_folder_comes_in_batch_by_batch_and_others_get_their_turn_after_each(
    root: Person, folder: Path, happened: list[tuple[str, int]]
) -> None:
    answer = run_cli(root, "import", str(folder))

    assert answer.exit_code == 0, answer.stderr
    kept, turns = happened[::2], happened[1::2]
    assert set(turns) == {("turn", 0)}
    assert kept == [
        *[("failures", 1)] * 6,
        *[("import_lessons", 1)] * 2,
        *[("import_modes", 1)] * 3,
        *[("import_answers", 1)] * 2,
        *[("import_preflights", 1)] * 2,
    ]
    assert len(turns) == len(kept)


@pytest.mark.django_db
def test_batches_of_one_keep_the_same_as_one_batch(root: Person, folder: Path, happened: list[tuple[str, int]]) -> None:
    run_cli(root, "import", str(folder))

    modes = {
        mode.code: set(mode.occurrences.values_list("failure_id", flat=True)) for mode in FailureMode.objects.all()
    }
    assert modes == {"M-1": {1, 2}, "M-2": {3, 4, 5}, "M-3": {6}}
    assert set(Answer.objects.values_list("low_id", "high_id", "value")) == {(1, 3, "no"), (2, 4, "no")}
    assert [each.code for each in Lesson.objects.order_by("pk")] == ["L-1", "L-2"]
    assert [each.code for each in Preflight.objects.order_by("pk")] == ["P-1", "P-2"]
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_mode_weighs_what_it_links(
    root: Person, folder: Path, happened: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arriving, "AT_ONCE", 6)

    run_cli(root, "import", str(folder))

    assert [size for name, size in happened if name == "import_modes"] == [1, 2]
