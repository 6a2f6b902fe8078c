"""Figures as tables that fit a terminal."""

from __future__ import annotations

from typing import Any

from benchmarks.recall.sets import Set

_COLUMNS = ("R@1", "R@3", "R@5", "R@10", "MRR", "AUC", "recognised",
            "recognised and right", "calibration error", "calibration noise")  # fmt: skip
_SHORT = {"recognised": "rec", "recognised and right": "rec+right",
          "calibration error": "ECE", "calibration noise": "by luck"}  # fmt: skip


def of_set(one: Set, found: dict[str, Any]) -> str:
    """One line per engine, with the 95 % interval of R@1."""
    lines = [
        "",
        _about(one),
        *one.notes,
        _line(
            "",
            [_SHORT.get(name, name) for name in _COLUMNS] + ["p50 ms", "p99 ms", "R@1 95 %"],
        ),
    ]
    for name, row in found.items():
        cells = [_number(row.get(column)) for column in _COLUMNS]
        cells += [f"{row.get('p50 ms', 0):.1f}", f"{row.get('p99 ms', 0):.1f}"]
        span = row["intervals"].get("R@1")
        cells.append("-".join(_number(end) for end in span) if span else "")
        lines.append(_line(name, cells))
    return "\n".join(lines)


def _about(one: Set) -> str:
    return (
        f"{one.name}: {len(one.documents)} texts, {len(one.repeats)} repeats,"
        f" {len(one.novel)} novel; time by {one.order};"
        f" recognised at {one.false_alarms:.0%} false alarms"
    )


def of_speed(found: dict[str, Any]) -> str:
    """One line per engine and size."""
    head = ["build s", "p50 ms", "p99 ms", "put ms", "bytes", "questions"]
    lines = ["", _line("speed, about 120 words a text", head)]
    for name, sizes in found.items():
        for size, row in sizes.items():
            cells = [f"{row[column]:,.1f}".removesuffix(".0") if column in row else "" for column in head]
            lines.append(_line(f"{name}, {int(size):,}", cells) + row.get("note", ""))
    return "\n".join(lines)


def _line(name: str, cells: list[str]) -> str:
    return f"{name:32}" + "".join(f"{cell:>10}" for cell in cells)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}".lstrip("0") or "0"
