"""The page that says how recall ranks says what the weights do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from failonce.recall.weights import SIGNALS, Model, Weights

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "how-recall-ranks.md"
NAMES = {"both ways": "both_ways", "meaning all in all": "meaning_whole", "kind of change": "kind"}


def _rows() -> dict[str, list[str]]:
    table = PAGE.read_text(encoding="utf-8").split("| signal |")[1].split("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {NAMES.get(name, name.replace(" ", "_")): row[-2:] for row in rows for name in row[0].split(", ")}


def test_each_signal_has_its_place_in_the_table() -> None:
    assert _rows().keys() == SIGNALS.keys()


@pytest.mark.parametrize(("column", "models"), [(0, "failure"), (1, "change")])
def test_the_table_says_what_each_signal_counts_for(column: int, models: str) -> None:
    shipped = Weights()
    pair: list[Model] = [getattr(shipped, models), getattr(shipped, f"{models}_with_meaning")]
    told = {name: cells[column] for name, cells in _rows().items()}
    orders = {name for name, cell in told.items() if re.search("order|by hand", cell)}
    decides = {name for name, cell in told.items() if re.search("chance|by hand", cell)}

    assert orders == {name for model in pair for name in model.rank}
    assert decides == {name for model in pair for name in model.decide}
