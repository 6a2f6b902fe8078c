"""Reads a data folder into questions with known answers."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from failonce.demo import CONTENT
from failonce.intake.front_matter import split

MOST_QUESTIONS = 500
# Beside our lists of changes: archives of invented organisations, too unlike real ones to learn from,
_INVENTED = "archives"
# and what we judged of the real reports in the data to repeat what.
_JUDGED = "judged"
# The list of this name repeats what the demo tells; all others repeat public summaries.
_OF_THE_DEMO = "demo"
_SEED = 7


@dataclass(frozen=True, slots=True)
class Document:
    """A report; its place in the list it comes in is its place in time."""

    id: str
    title: str
    text: str
    source: str
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A query, the earlier documents it may match, and those it repeats."""

    title: str
    text: str
    before: int  # only documents with a smaller place may match
    answers: frozenset[int]  # places of the documents it repeats; empty: novel
    source: str
    kind: Literal["failure", "change"] = "failure"
    services: tuple[str, ...] = ()


@dataclass(slots=True)
class Set:
    """Documents in order of time, and questions about them."""

    name: str
    documents: list[Document]
    questions: list[Question]
    order: str  # how time order was found, in words
    false_alarms: float = 0.05
    within: int | None = None  # a right answer must be this high to count
    teaches: bool = True  # False: weights are only tested on it
    by_organisation: bool = False  # its documents name the organisation each comes from
    notes: list[str] = field(default_factory=list)

    @property
    def names_services(self) -> bool:
        """Whether any report says which services it concerns."""
        return any(document.services for document in self.documents)

    def in_words(self) -> Set:
        """The same with the services told at the end of each text, for engines that know words alone."""
        told = [replace(one, text=_with_services(one)) for one in self.documents]
        asked = [replace(one, text=_with_services(one)) for one in self.questions]
        return replace(self, documents=told, questions=asked)

    @property
    def about_changes(self) -> bool:
        """Whether changes are asked about, and not failures."""
        return any(question.kind == "change" for question in self.questions)

    @property
    def repeats(self) -> list[Question]:
        """The questions that have an answer."""
        return [q for q in self.questions if q.answers]

    @property
    def novel(self) -> list[Question]:
        """The questions that resemble nothing known."""
        return [q for q in self.questions if not q.answers]


def _with_services(one: Document | Question) -> str:
    return f"{one.text}\n{', '.join(one.services)}" if one.services else one.text


def read_sets(data: Path, changes: Path | None, everything: bool) -> Iterator[Set]:
    """Every set the folder holds; what is not there is left out."""
    most = None if everything else MOST_QUESTIONS
    services = _services(data / "incidents")
    if (data / "repeats" / "corpus.jsonl").is_file():
        yield _repeats("repeats", data / "repeats" / "corpus.jsonl", data / "repeats", services)
    for judged in sorted(changes.with_name(_JUDGED).glob("*/pairs.jsonl")) if changes else ():
        name = judged.parent.name
        if (data / "incidents" / f"{name}.jsonl").is_file():
            yield _repeats(f"{_JUDGED}/{name}", data / "incidents" / f"{name}.jsonl", judged.parent, services)
    for corpus in sorted(changes.with_name(_INVENTED).glob("*/corpus.jsonl")) if changes else ():
        archive = _repeats(f"{_INVENTED}/{corpus.parent.name}", corpus, corpus.parent, {})
        archive.teaches = False
        yield archive
    for bugs in sorted(data.glob("duplicates/*/bugs.jsonl")):
        yield _duplicates(bugs, most)
    summaries, order = in_order(_rows(data / "incidents" / "icco.jsonl"))
    public = [_document(row, "icco") for row in summaries]
    for name, folder in _lists(data / "changes", changes):
        if folder.name == _OF_THE_DEMO:
            yield _changes(name, _demo(), "codes, lessons after all failures", folder)
        elif public:
            yield _changes(name, public, order, folder)


def _lists(given: Path, own: Path | None) -> Iterator[tuple[str, Path]]:
    """The lists of changes in the data, and each of our own."""
    if (given / "risky.jsonl").is_file():
        yield "changes", given
    for risky in sorted(own.glob("**/risky.jsonl")) if own else ():
        yield f"changes/{risky.parent.name}", risky.parent


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    # JSON lets a text hold other ends of lines, such as U+2028, as they are.
    lines = path.read_text(encoding="utf-8-sig", errors="replace").split("\n")
    return [json.loads(line) for line in lines if line.strip()]


def _services(incidents: Path) -> dict[str, tuple[str, ...]]:
    """The services that reports say they concern, by the report's id: some copies of a report leave them out."""
    rows = (row for path in sorted(incidents.glob("*.jsonl")) for row in _rows(path))
    return {str(row["id"]): names for row in rows if (names := _names(row.get("services")))}


def _names(value: object) -> tuple[str, ...]:
    """What a field names: several in a list, or one, or none."""
    return tuple(filter(None, map(_text, value if isinstance(value, list) else [value])))


def _text(value: object) -> str:
    """A field as text; half a character, which JSON can hold, is no text that every engine takes."""
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def _document(row: dict[str, Any], source: str = "", services: Mapping[str, tuple[str, ...]] | None = None) -> Document:
    return Document(
        str(row["id"]),
        _text(row.get("title")),
        _text(row.get("text")),
        _text(row.get("source")) or source,
        (services or {}).get(str(row["id"]), ()),
    )


def _seconds(value: object) -> float | None:
    text = str(value).strip()
    for written in (text, *re.findall(r"\d{4}-\d\d-\d\d", text)):
        with suppress(ValueError):
            when = datetime.fromisoformat(written)
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    return None


def _natural(text: str) -> list[tuple[int, int | str]]:
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(p)) if p.isdecimal() else (1, p) for p in parts]


def in_order(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """Rows from the earliest to the latest, and how that was found."""
    for names in (("created",), ("changed", "resolved")):
        times = [next((s for n in names if (s := _seconds(r.get(n)))), None) for r in rows]
        if rows and all(time is not None for time in times):
            keyed = sorted(
                zip(times, rows, strict=True),
                key=lambda pair: (pair[0], _natural(str(pair[1]["id"]))),
            )
            return [row for _, row in keyed], " or ".join(names)
    known = sum(_seconds(row.get("created")) is not None for row in rows)
    if rows and known > len(rows) / 2:
        # A few dates missing: a day written in the id, or else the earliest.
        def place(row: dict[str, Any]) -> tuple[float, list[tuple[int, int | str]]]:
            when = _seconds(row.get("created")) or _seconds(row.get("resolved"))
            return (when or _seconds(row["id"]) or 0.0, _natural(str(row["id"])))

        return sorted(rows, key=place), "created, else resolved or the day in the id"
    return sorted(rows, key=lambda row: _natural(str(row["id"]))), "number in the id"


def _repeats(name: str, corpus: Path, labels: Path, services: Mapping[str, tuple[str, ...]]) -> Set:
    """Reports, and what `labels` (pairs.jsonl, novel.txt) say of some of them."""
    rows, order = in_order(_rows(corpus))
    documents = [_document(row, services=services) for row in rows]
    place = {doc.id: at for at, doc in enumerate(documents)}
    answers: dict[int, set[int]] = {}
    later = 0
    for pair in _rows(labels / "pairs.jsonl"):
        query, match = place.get(str(pair["query"])), place.get(str(pair["match"]))
        if query is None or match is None:
            continue
        if match < query:
            answers.setdefault(query, set()).add(match)
        else:
            later += 1
    novel_file = labels / "novel.txt"
    novel = novel_file.read_text(encoding="utf-8-sig").split() if novel_file.is_file() else []
    asked = {at: frozenset(those) for at, those in answers.items()}
    asked |= {place[n]: frozenset() for n in novel if n in place and place[n] not in asked}
    questions = [_question(documents, at, asked[at]) for at in sorted(asked)]
    notes = [f"{later} labelled matches lie later and do not count"] if later else []
    return Set(name, documents, questions, order, by_organisation=True, notes=notes)


def _question(documents: list[Document], at: int, answers: frozenset[int]) -> Question:
    doc = documents[at]
    return Question(doc.title, doc.text, at, answers, doc.source, services=doc.services)


def _duplicates(path: Path, most: int | None) -> Set:
    name = path.parent.name
    rows, order = in_order(_rows(path))
    documents = [_document(row, name) for row in rows]
    place = {doc.id: at for at, doc in enumerate(documents)}
    groups = _groups(rows, place)
    repeats: list[tuple[int, frozenset[int]]] = []
    novel: list[tuple[int, frozenset[int]]] = []
    for at in range(1, len(documents)):
        earlier = frozenset(other for other in groups.get(at, ()) if other < at)
        (repeats if earlier else novel).append((at, earlier))
    chosen = _some(repeats, most) + _some(novel, most)
    questions = [_question(documents, at, those) for at, those in sorted(chosen)]
    notes = []
    if len(chosen) < len(repeats) + len(novel):
        notes.append(f"{len(chosen)} of {len(repeats) + len(novel)} questions, drawn")
    return Set(f"duplicates/{name}", documents, questions, order, notes=notes)


def _some(items: list[tuple[int, frozenset[int]]], most: int | None) -> list[tuple[int, frozenset[int]]]:
    if most is None or len(items) <= most:
        return items
    return random.Random(_SEED).sample(items, most)


def _groups(rows: list[dict[str, Any]], place: dict[str, int]) -> dict[int, set[int]]:
    """Reports of one bug: whatever points at one another, directly or not."""
    group: dict[int, set[int]] = {}
    for at, row in enumerate(rows):
        for other in _names(row.get("dup_ids")):
            to = place.get(other)
            if to is None or to == at:
                continue
            merged = group.get(at, {at}) | group.get(to, {to})
            for member in merged:
                group[member] = merged
    return group


def _demo() -> list[Document]:
    """What the demo tells: its failures, and the lessons learnt from them, whose source is the failure."""
    told = {
        kind: [split(path.read_text()) for path in CONTENT.glob(f"{kind}/*.md")] for kind in ("failures", "lessons")
    }
    titles = {front["code"]: front["title"] for front, _ in told["failures"]}
    failures = [Document(front["code"], front["title"], story, "demo") for front, story in told["failures"]]
    lessons = [
        Document(
            front["code"],
            f"When you {front['when_you']}, remember {front['remember']}, because {front['because']}.",
            f"{titles[front['failure']]}\n\n{explanation}",
            front["failure"],
        )
        for front, explanation in told["lessons"]
    ]
    return [*sorted(failures, key=_by_code), *sorted(lessons, key=_by_code)]


def _by_code(document: Document) -> list[tuple[int, int | str]]:
    return _natural(document.id)


def _changes(name: str, documents: list[Document], order: str, folder: Path) -> Set:
    questions: list[Question] = []
    for row in _rows(folder / "risky.jsonl"):
        names = _names(row.get("repeats"))
        answers = frozenset(at for at, doc in enumerate(documents) if doc.id in names or doc.source in names)
        if answers:
            questions.append(_change(row, len(documents), answers))
    for row in _rows(folder / "innocent.jsonl"):
        questions.append(_change(row, len(documents), frozenset()))
    return Set(name, documents, questions, order, false_alarms=0.02, within=3)


def _change(row: dict[str, Any], before: int, answers: frozenset[int]) -> Question:
    told = row.get("change")
    text = "\n".join(map(str, told.values())) if isinstance(told, dict) else told
    return Question("", _text(text), before, answers, "changes", "change")
