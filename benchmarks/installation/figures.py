"""A figure beside its goal, and the table of all of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured; with a goal that it is to stay under, or to reach."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    more_is_better: bool = False

    def holds(self) -> bool | None:
        """Tell whether the goal is reached, None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.more_is_better else self.value <= self.goal

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**asdict(self), "holds": self.holds()}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values stays under."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(figures: Sequence[Figure]) -> str:
    """Return the figures line by line; what misses its goal says so in a word, not in colour alone."""
    width = max(len(figure.name) for figure in figures)
    lines = [f"{'':{width}}  {'measured':>12}  goal"]
    for figure in figures:
        sign = "≥" if figure.more_is_better else "≤"
        goal = f"{sign} {figure.goal:g}" if figure.goal is not None else ""
        missed = "   missed" if figure.holds() is False else ""
        lines.append(f"{figure.name:{width}}  {_number(figure.value):>8} {figure.unit:3}  {goal}{missed}".rstrip())
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
