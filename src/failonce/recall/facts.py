"""What is known of a text besides its words: services, technologies, paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from failonce.recall.globs import first_match, names_a_place
from failonce.recall.shapes import Query, Text

# Of all changes to "*.sql" few concern the lesson that names it.
_KIND_OF_FILE = 0.25


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of one text."""

    services: tuple[str, ...]
    technologies: tuple[str, ...]
    paths: tuple[str, ...]
    kinds_of_change: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """What a query and a text have in common besides words."""

    services: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()  # of change
    path: tuple[str, str] | None = None  # the path changed, the glob it matches

    @property
    def in_place(self) -> bool:
        """Whether the change touches a place the text names, not only a kind of file."""
        return self.path is not None and names_a_place(self.path[1])

    @property
    def path_counts(self) -> float:
        """How much the path counts: of a place all, of a kind of file some."""
        return 1.0 if self.in_place else _KIND_OF_FILE if self.path else 0.0


_NOTHING = Shared()


class Facts:
    """The facts by number of the text; most texts have none and take no room."""

    def __init__(self) -> None:
        self.known: dict[int, Known] = {}
        self._by_glob: dict[str, set[int]] = {}
        self._naming: Counter[str] = Counter()
        self._with_services = 0
        self._seen: dict[Known, Known] = {}

    def put(self, number: int, text: Text) -> None:
        """Remember the facts of a text."""
        facts = Known(text.services, text.technologies, text.paths, text.kinds_of_change)
        if not any((facts.services, facts.technologies, facts.paths, facts.kinds_of_change)):
            return
        # Thousands of failures share a handful of services; one copy is enough.
        self.known[number] = self._seen.setdefault(facts, facts)
        for glob in facts.paths:
            self._by_glob.setdefault(glob, set()).add(number)
        self._naming.update(facts.services)
        self._with_services += bool(facts.services)

    def drop(self, number: int) -> None:
        """Forget the facts of a text."""
        facts = self.known.pop(number, None)
        if facts is None:
            return
        for glob in facts.paths:
            self._by_glob[glob].discard(number)
        self._naming.subtract(facts.services)
        self._with_services -= bool(facts.services)

    def renumbered(self, numbers: dict[int, int]) -> Facts:
        """The same facts under new numbers."""
        facts = Facts()
        for old, known in self.known.items():
            text = Text(
                "", "", "", None, known.services, known.technologies, known.paths,
                known.kinds_of_change,
            )  # fmt: skip
            facts.put(numbers[old], text)
        return facts

    def texts_for(self, paths: tuple[str, ...]) -> set[int]:
        """The numbers of the texts that name any of these paths."""
        found: set[int] = set()
        if paths:
            for glob, numbers in self._by_glob.items():
                if numbers and first_match(glob, paths):
                    found |= numbers
        return found

    def tells(self, services: Iterable[str]) -> float:
        """How much it says that two texts concern one of these services, 0 to 1: the less, the more texts name it.

        Of those that name any; one that all of many name says next to nothing.
        """
        return max((1 - self._naming[name] / (self._with_services + 1) for name in services), default=0.0)

    def shared(self, number: int, query: Query, paths: tuple[str, ...], kinds: frozenset[str]) -> Shared:
        """What a query and the text with this number have in common."""
        facts = self.known.get(number)
        if facts is None:
            return _NOTHING
        return Shared(
            frozenset(query.services).intersection(facts.services),
            frozenset(query.technologies).intersection(facts.technologies),
            kinds.intersection(facts.kinds_of_change),
            _touched(facts.paths, paths),
        )


def _touched(globs: tuple[str, ...], paths: tuple[str, ...]) -> tuple[str, str] | None:
    for glob in sorted(globs, key=names_a_place, reverse=True) if paths else ():
        path = first_match(glob, paths)
        if path is not None:
            return path, glob
    return None
