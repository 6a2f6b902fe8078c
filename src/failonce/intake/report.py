"""What an import did, for the person who asked and for scripts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from failonce.failures.telling import without_nul

_ONE = {
    "failures": "failure", "lessons": "lesson", "modes": "mode", "answers": "answer", "people": "person",
    "catalogue entries": "catalogue entry", "practices": "practice", "preflights": "preflight",
    "history entries": "history entry",
}  # fmt: skip
_NAMED = 8  # new services said by name
_EXAMPLES = 3  # places named beside a sentence that holds for many


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, and a line of it where there is one."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(slots=True)
class Tally:
    """How many of one sort were kept, were here already, and were refused."""

    kept: int = 0
    here: int = 0
    refused: int = 0


@dataclass(slots=True)
class Report:
    """Counts by sort, every refusal with its place and reason, and what was read in a way one should know."""

    dry_run: bool = False
    tallies: dict[str, Tally] = field(default_factory=dict)
    refused: list[tuple[Place, str]] = field(default_factory=list)
    notices: dict[str, list[Place]] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)  # of what was kept now

    def tally(self, sort: str) -> Tally:
        """Return the counts of one sort (failures, lessons, …)."""
        return self.tallies.setdefault(sort, Tally())

    def keep(self, sort: str, code: str, *, is_new: bool) -> None:
        """Count one that was kept now, or was here already."""
        if is_new:
            self.tally(sort).kept += 1
            self.codes += [] if self.dry_run else [code]
        else:
            self.tally(sort).here += 1

    def refuse(self, sort: str, place: Place, why: str) -> None:
        """Count one that wasn't kept, and remember why."""
        self.tally(sort).refused += 1
        self.refused.append((place, without_nul(why)))

    def notice(self, place: Place, sentences: Iterable[str]) -> None:
        """Remember how something was read; the same sentence is told once, with its places."""
        for sentence in sentences:
            self.notices.setdefault(without_nul(sentence), []).append(place)

    def remark(self, sentence: str) -> None:
        """Remember something about the whole import."""
        self.notices.setdefault(without_nul(sentence), [])

    def name_services(self, names: Sequence[str]) -> None:
        """Say which services are only named so far, some of them by name."""
        if names:
            shown, more = ", ".join(names[:_NAMED]), len(names) - _NAMED
            rest = f" and {more:,} more" if more > 0 else ""
            self.remark(f"Not in the catalogue yet, and kept as names: {shown}{rest}.")

    def summary(self) -> str:
        """Return the counts in sentences."""
        would = "would be " if self.dry_run else ""
        parts = [
            f"{counted(tally.kept, sort)} {would}kept, {tally.here:,} here already, {tally.refused:,} refused."
            for sort, tally in self.tallies.items()
        ]
        return " ".join(parts) or "Nothing was found to import."

    def notice_lines(self) -> list[str]:
        """Return each notice once, with where it applies."""
        return [f"{sentence} ({_places(places)})" if places else sentence for sentence, places in self.notices.items()]

    def as_data(self) -> dict[str, Any]:
        """Return the whole report as plain values."""
        return {
            "dry_run": self.dry_run,
            "summary": self.summary(),
            "counts": {
                sort: {"kept": each.kept, "here": each.here, "refused": each.refused}
                for sort, each in self.tallies.items()
            },
            "refused": [{"file": place.file, "line": place.line, "why": why} for place, why in self.refused],
            "notices": [
                {"what": sentence, "times": len(places) or 1, "first": str(places[0]) if places else ""}
                for sentence, places in self.notices.items()
            ],
            "kept": self.codes,
        }


def counted(number: int, sort: str) -> str:
    """Return a number with its noun: 1 failure, 2 failures."""
    return f"{number:,} {_ONE[sort] if number == 1 else sort}"


def _places(places: list[Place]) -> str:
    named = ", ".join(map(str, places[:_EXAMPLES]))
    more = len(places) - _EXAMPLES
    return f"{named} and {more:,} more" if more > 0 else named
