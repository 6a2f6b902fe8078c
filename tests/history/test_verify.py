"""Whatever is done to a row of history, `failonce verify` finds it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from failonce.history.chain import record, verify
from failonce.history.models import Entry, Head
from failonce.history.verbs import Verb
from failonce.people.models import Person
from tests.doors import run_cli


@pytest.fixture
def chain(ada: Person) -> list[Entry]:
    return [record(actor=ada, verb=Verb.FAILURE_COMMENT, subject="F-1", note=number) for number in range(6)]


def test_an_untouched_chain_is_whole(chain: list[Entry]) -> None:
    assert list(verify()) == []
    assert run_cli(None, "verify").exit_code == 0


def change(**fields: object) -> Callable[[Entry], None]:
    def way(entry: Entry) -> None:
        Entry.objects.filter(pk=entry.pk).update(**fields)

    return way


def drop(entry: Entry) -> None:
    entry.delete()


def swap_with_next(entry: Entry) -> None:
    other = Entry.objects.get(sequence=entry.sequence + 1)
    Entry.objects.filter(pk=entry.pk).delete()
    Entry.objects.filter(pk=other.pk).update(sequence=entry.sequence)
    entry.sequence += 1
    entry.save(force_insert=True)


def move_in_time(entry: Entry) -> None:
    Entry.objects.filter(pk=entry.pk).update(at=entry.at + timedelta(microseconds=1))


WAYS = {
    "verb": change(verb="failure:tell"),
    "subject": change(subject="F-2"),
    "details": change(details={"note": 99}),
    "actor": change(actor=None),
    "salt": change(salt="00" * 16),
    "hash": change(hash="f" * 64),
    "previous": change(previous="f" * 64),
    "time": move_in_time,
    "removed": drop,
    "reordered": swap_with_next,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("place", [0, 3, 4])
def test_an_altered_row_is_found(chain: list[Entry], way: Callable[[Entry], None], place: int) -> None:
    way(chain[place])

    assert list(verify()) != []
    assert run_cli(None, "verify").exit_code == 1


def test_a_cut_end_is_found(chain: list[Entry]) -> None:
    chain[-1].delete()

    assert "ends at entry 5" in next(verify()).what


def test_an_added_row_is_found(chain: list[Entry]) -> None:
    last = chain[-1]
    last.sequence += 1
    last.save(force_insert=True)

    assert list(verify()) != []


def test_the_head_can_not_be_moved(chain: list[Entry]) -> None:
    Head.objects.update(sequence=3, hash=chain[2].hash)

    assert list(verify()) != []
