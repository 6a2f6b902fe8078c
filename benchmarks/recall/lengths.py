"""How recall decides when less is told than usual, or more: python -m benchmarks.recall.lengths --data FOLDER.

Failures are asked about by their title alone and by their first words, changes by their first line and words, and as
part of more: within the headings of a template, and among four innocent changes of the same list.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.recall.sets import Question, Set, read_sets
from failonce.recall import Hit, Index, Query, Text

# Of a large set so many repeats and novel ones are asked, and of a list of changes, which is asked in more ways and
# stands among fifteen; the draw is the same every time.
_MOST_ASKED, _MOST_OF_A_LIST, _SEED = 150, 25, 3
_OTHERS = 4
# What pull requests say beside the change itself, whatever it is.
_TEMPLATE = (
    "## Why\n\nThe team has asked for this since the spring, and it came up again in the last two planning rounds. It "
    "belongs to the goal of the quarter and was discussed with the owners of the component.",
    "## How it was tested\n\nUnit tests and integration tests were added and pass locally. The branch was deployed to "
    "the staging environment and left there for a day; dashboards looked as usual.",
    "## Rollout\n\nMerged on Tuesday, deployed with the regular release train in the afternoon. The flag is off by "
    "default and will be turned on for ten percent of the traffic first.",
    "## Checklist\n\n- [x] I have read the contributing guide\n- [x] Documentation was updated\n- [ ] Changelog entry "
    "was added\n- [x] Reviewed by somebody from the platform team",
    "## Notes for the reviewer\n\nBest read commit by commit; the first one only moves files around, the second holds "
    "the change itself. Names are open for discussion, I am not attached to them.",
)

Told = Callable[[Question, Sequence[Question]], Question]


@dataclass(slots=True)
class Tally:
    """What was said of the questions of several sets together."""

    repeats: int = 0
    novel: int = 0
    said: int = 0
    right: int = 0
    stated: float = 0.0
    told_rightly: int = 0
    told_wrongly: int = 0

    def add(self, question: Question, hits: Iterable[Hit]) -> None:
        """Count the first three hits of one question; only what is said unasked counts."""
        said = [hit for hit in hits if hit.said]
        right = [hit for hit in said if int(hit.key) in question.answers]
        self.repeats += bool(question.answers)
        self.novel += not question.answers
        self.said += len(said)
        self.right += len(right)
        self.stated += sum(hit.probability for hit in said)
        self.told_rightly += bool(right)
        self.told_wrongly += bool(said) and not question.answers

    def row(self, name: str) -> str:
        """The figures of a table's row."""
        most = max(self.said, 1)
        shares = (self.right / most, self.stated / most, self.told_rightly / max(self.repeats, 1))
        cells = " ".join(f"{share:8.2f}" for share in (*shares, self.told_wrongly / max(self.novel, 1)))
        return f"{name:24} {self.said:5} {cells}"


def first_words(many: int) -> Told:
    """A question that ends after so many words."""

    def cut(question: Question, _: Sequence[Question]) -> Question:
        return replace(question, title="", text=" ".join(f"{question.title} {question.text}".split()[:many]))

    return cut


def title(question: Question, _: Sequence[Question]) -> Question:
    """Only the title."""
    return replace(question, text="")


def first_line(question: Question, _: Sequence[Question]) -> Question:
    """Only the first line, as the subject of a commit."""
    return replace(question, title="", text=_text(question).partition("\n")[0])


def whole(question: Question, _: Sequence[Question]) -> Question:
    """All that was told."""
    return question


def in_a_template(question: Question, _: Sequence[Question]) -> Question:
    """The change between the headings of a template, after the first or before all."""
    at = random.Random(question.text).randrange(2)
    return _one_of(question, _TEMPLATE, at)


def among_others(question: Question, innocent: Sequence[Question]) -> Question:
    """The change as one of five, the others innocent."""
    chance = random.Random(question.text)
    others = chance.sample([each for each in innocent if each is not question], _OTHERS)
    return _one_of(question, [_text(each) for each in others], chance.randrange(_OTHERS + 1))


def _one_of(question: Question, others: Sequence[str], at: int) -> Question:
    return replace(question, title="", text="\n\n".join((*others[:at], _text(question), *others[at:])))


def _text(question: Question) -> str:
    return f"{question.title}\n{question.text}".strip()


FAILURES = {"whole": whole, "title": title, "8 words": first_words(8), "20 words": first_words(20)}
CHANGES = {
    "whole": whole, "first line": first_line, "8 words": first_words(8), "20 words": first_words(20),
    "in a template": in_a_template, "one of five": among_others,
}  # fmt: skip


def tallies(sets: Iterable[Set], ways: dict[str, Told]) -> dict[str, Tally]:
    """Ask the questions of all sets in every way."""
    found = {name: Tally() for name in ways}
    for one in sets:
        index = Index()
        index.put_many(
            Text(str(n), d.title, d.text, when=float(n), services=d.services) for n, d in enumerate(one.documents)
        )
        for question in _asked(one):
            for name, told in ways.items():
                said = told(question, one.novel)
                query = Query(said.text, said.title, said.services, before=float(question.before), kind=question.kind)
                found[name].add(question, index.search(query, limit=3))
    return found


def _asked(one: Set) -> Iterator[Question]:
    most = _MOST_OF_A_LIST if one.about_changes else _MOST_ASKED
    for some in (one.repeats, one.novel):
        yield from random.Random(_SEED).sample(some, min(most, len(some)))


def main() -> None:
    """Print a table for reports, for bug trackers and for changes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--changes", type=Path, default=Path(__file__).parent / "changes")
    wants = parser.parse_args()
    # Near misses are told of failures by their nature; archives are no real reports.
    every = [one for one in read_sets(wants.data, wants.changes, False) if one.teaches and one.name != "changes/near"]
    groups: dict[str, list[Set]] = {"reports": [], "bug trackers": [], "changes": []}
    for one in every:
        name = "changes" if one.about_changes else "bug trackers" if one.name.startswith("duplicates") else "reports"
        groups[name].append(one)
    for name, sets in groups.items():
        print(f"{name + ', asked with':24}  said    right   stated  rightly  wrongly", flush=True)
        for way, tally in tallies(sets, CHANGES if name == "changes" else FAILURES).items():
            print(tally.row(way))


if __name__ == "__main__":
    main()
