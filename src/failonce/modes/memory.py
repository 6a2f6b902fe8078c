"""The recall index of this process: derived from the database, and following it.

Each node keeps its own. History is the change log it follows: every write appends to it under one
lock, so its numbers become visible in order and without gaps, and nothing committed late is missed.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Literal

from django.conf import settings
from django.db import connection

from failonce.failures import recall_source as failures
from failonce.failures.models import Failure
from failonce.history.codes import number_of
from failonce.history.models import Entry, EntryQuerySet, Head
from failonce.history.verbs import Verb
from failonce.lessons import recall_source as lessons
from failonce.lessons.models import Lesson
from failonce.modes import snapshots
from failonce.modes.models import Ranking
from failonce.people.models import Person
from failonce.recall import Hit, Index, Query, Text, Weights, semantic

_SOURCES: dict[str, Callable[[Iterable[int] | None], Iterator[Text]]] = {
    failures.LETTER: failures.texts,
    lessons.LETTER: lessons.texts,
}
_NOTHING = (0, "")
_SAVE_AFTER = 500  # entries of history; fewer are followed quicker than an index is written
_EMBED_AT_ONCE = 40  # entries; a model needs some 50 ms for each text, and somebody is waiting
_TOLD_EVERY = 100  # texts; where meaning is worked out, some five seconds
_FOLLOW_AT_ONCE = 5000  # beyond so many new entries, building afresh is quicker than following


# Told now and then how many texts were read of how many, and whether for their meaning too.
Told = Callable[[int, int, bool], None]


def _nobody(done: int, total: int, has_meaning: bool) -> None:
    """Nobody waits to be told."""


class Memory:
    """One index, and the number of the last history entry it has seen.

    With the semantic extra, a process that stays calls `deepen`: the index is built a second time, with
    meaning, while searches go on with words alone, and takes over when it is ready.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._deepening = threading.Lock()  # once at a time: a second build would only slow the first
        self._index: Index | None = None
        self._seen = self._saved = _NOTHING
        self._has_meaning = self._deepens = False
        self.tell: Told = _nobody  # while an index is built, for whoever waits

    def search(
        self,
        query: Query,
        *,
        limit: int,
        without: set[str],
        only: str = "",
        at_least: float = 0.0,
        why: Literal["all", "said"] = "all",
    ) -> list[Hit]:
        """Return hits over everything committed before this call; `Index.search` says what may be asked for."""
        return self.follow().search(query, limit=limit, without=without, only=only, at_least=at_least, why=why)

    def follow(self) -> Index:
        """Bring the index up to the last committed entry of history and return it."""
        head = Head.objects.filter(pk=1).values_list("sequence", "hash").first() or _NOTHING
        if self._index is not None and head == self._seen:
            return self._index
        with self._lock:
            return self._catch_up(head)

    def has_meaning(self) -> bool:
        """Tell whether the searches of this process compare by meaning too, by now."""
        self.follow()
        return self._has_meaning

    def deepen(self) -> None:
        """Bring in meaning, if the semantic extra is on; takes minutes for thousands of failures."""
        embedder = _model()
        self.follow()
        if embedder is None or self._has_meaning or not self._deepening.acquire(blocking=False):
            return
        try:
            self._deepens = True
            self._deepen(embedder)
        finally:
            self._deepening.release()

    def _deepen(self, embedder: semantic.Embedder) -> None:
        seen = self._seen
        deep = _build(embedder, self.tell)
        with self._lock:
            if not _is_in_history(seen):
                return  # restored from a backup meanwhile; words alone serve until the next start
            _apply(deep, after=seen[0], until=self._seen[0])
            self._index, self._has_meaning, self._saved = deep, True, self._seen
        snapshots.save(deep, self._saved)

    def forget(self) -> None:
        """Drop the index; the next search builds it again."""
        with self._lock:
            self._index, self._seen, self._has_meaning = None, _NOTHING, False

    def _catch_up(self, head: tuple[int, str]) -> Index:
        if self._index is None and (found := snapshots.load(_is_in_history, _model())):
            self._index, self._seen, self._has_meaning = found
            self._index.weights = weights_in_force()
            self._saved = self._seen
        if self._index is None or not self._can_follow(head):
            self._index, self._seen, self._has_meaning = _build(None, self.tell), head, False
            if self._deepens:
                threading.Thread(target=self._deepen_beside, daemon=True).start()
        elif head > self._seen:
            _apply(self._index, after=self._seen[0], until=head[0])
            self._seen = head
        self._save_now_and_then()
        return self._index

    def _save_now_and_then(self) -> None:
        if self._index is None or abs(self._seen[0] - self._saved[0]) < _SAVE_AFTER:
            return
        self._saved = self._seen
        # Beside the search, not before it: nobody should wait for a disk. Not a daemon, so that a
        # one-off command finishes writing what the next one will read.
        threading.Thread(target=snapshots.save, args=(self._index, self._seen)).start()

    def _can_follow(self, head: tuple[int, str]) -> bool:
        """Tell whether the history seen so far is still the beginning of the one in the database.

        It isn't after a restore or a rolled-back transaction; following by number alone would miss rows then.
        """
        most = _EMBED_AT_ONCE if self._has_meaning else _FOLLOW_AT_ONCE
        return head[0] - self._seen[0] <= most and _is_in_history(self._seen)

    def _deepen_beside(self) -> None:
        try:
            self.deepen()
        finally:
            connection.close()


memory = Memory()


def _model() -> semantic.Embedder | None:
    return semantic.load(settings.SEMANTIC_MODEL, settings.HOME)


def hidden_from(person: Person) -> set[str]:
    """Return the keys of every failure and lesson this person may not read."""
    failures_hidden = list(Failure.objects.hidden_from(person).values_list("pk", flat=True))
    lessons_hidden = Lesson.objects.filter(failure__in=failures_hidden).values_list("pk", flat=True)
    return {f"F-{pk}" for pk in failures_hidden} | {f"L-{pk}" for pk in lessons_hidden}


def _is_in_history(seen: tuple[int, str]) -> bool:
    return seen == _NOTHING or Entry.objects.filter(sequence=seen[0], hash=seen[1]).exists()


def weights_in_force() -> Weights:
    """Return the weights that were set last; those that ship when none were."""
    last = Ranking.objects.first()
    return Weights.from_json(json.dumps(last.weights)) if last else Weights()


def _build(embedder: semantic.Embedder | None, tell: Told) -> Index:
    index = Index(weights_in_force(), embedder=embedder)
    total = Failure.objects.standing().count() + Lesson.objects.standing().filter(failure__withdrawn_at=None).count()
    for done, text in enumerate(chain.from_iterable(source(None) for source in _SOURCES.values()), 1):
        index.put(text)
        if done % _TOLD_EVERY == 0:
            tell(done, total, embedder is not None)
    tell(total, total, embedder is not None)
    return index


def _apply(index: Index, *, after: int, until: int) -> None:
    """Bring in what the entries after one number, up to another, say has changed."""
    entries = Entry.objects.filter(sequence__gt=after, sequence__lte=until)
    subjects = set(entries.values_list("subject", flat=True))
    if any(subject.startswith("ranking:") for subject in subjects):
        index.weights = weights_in_force()
    index.put_facts(list(failures.facts(_made_of_others(entries))))
    for letter, numbers in _numbers_of(subjects).items():
        standing = {text.key: text for text in _SOURCES[letter](numbers)}
        for number in sorted(numbers - {int(key[2:]) for key in standing}):
            index.drop(f"{letter}-{number}")
        index.put_many(standing.values())


def _made_of_others(entries: EntryQuerySet) -> set[str]:
    """Return the slugs of services whose technologies changed: they are facts of all their failures.

    Whatever else was said of a service leaves its failures as they are; there may be thousands, and somebody waits.
    """
    described = entries.filter(verb=Verb.SERVICE_DESCRIBE).values_list("subject", "details")
    return {subject.partition(":")[2] for subject, details in described if "technologies" in details.get("changes", {})}


def _numbers_of(subjects: set[str]) -> dict[str, set[int]]:
    """Sort subjects by source. What happens to a failure touches its lessons too: it may be withdrawn."""
    found: dict[str, set[int]] = defaultdict(set)
    for subject in subjects:
        for letter in _SOURCES:
            number = number_of(subject, letter)
            if number is not None:
                found[letter].add(number)
    if found["F"]:
        found["L"] |= set(Lesson.objects.filter(failure__in=found["F"]).values_list("pk", flat=True))
    return found
