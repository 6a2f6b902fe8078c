"""How a change is worded says much of whether it is worth a reminder."""

from __future__ import annotations

import math

import pytest

from failonce.recall import Index, Query, Text
from failonce.recall.manner import manner, stakes, telling_words

TOLD = Text(
    "F-1",
    "Consumers retried without a pause",
    "A queue node restarted and every consumer retried its connection at once, without backoff; "
    "the broker was overloaded for an hour and messages were delivered twice. It was noticed by the shop's "
    "people first, as orders stood in the list of the warehouse two times. Deliveries were stopped until the "
    "afternoon, and what had been packed twice was brought back to the shelves by hand.",
)
BOLD = "Consumers retry their connection to the broker immediately and without limit, all at once, on every queue."
GUARDED = "Consumers retry their connection to the broker with backoff and jitter, capped, tested on one queue first."
COSMETIC = (
    "Fix a typo in the docs of the queue dashboard: consumers retry their connection to the broker, label and colour."
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Fix spelling in the readme and the tooltip's label", "cosmetic"),
        ("Roll out gradually behind an opt-in, with a rehearsed rollback", "guarded"),
        ("Delete everything everywhere immediately, without a pause", "bold"),
    ],
)
def test_each_kind_of_wording_is_told_from_the_others(text: str, kind: str) -> None:
    found = manner(text)

    assert max(found, key=lambda name: found[name]) == kind


def test_forms_of_a_word_count_alike() -> None:
    assert manner("deletes the tables")["bold"] == manner("delete the table")["bold"]


@pytest.mark.parametrize("text", ["", "  ", "\x00", "数据库", "a" * 100_000, "}{;()=>" * 1_000])
def test_text_without_english_words_has_no_manner(text: str) -> None:
    assert set(manner(text).values()) == {0.0}


def odds(change: str) -> float:
    """The log-odds that this change repeats what was told."""
    index = Index()
    index.put(TOLD)
    index.put_many(Text(f"F-{n}", f"Lamp {n}", f"A lamp went out in hall {n}") for n in range(1000, 1300))
    (hit,) = index.search(Query(change, kind="change"), limit=1)
    assert hit.key == "F-1"
    return math.log(hit.probability / (1 - hit.probability))


def test_a_bold_change_is_spoken_of_before_a_guarded_or_cosmetic_one() -> None:
    assert odds(BOLD) > odds(GUARDED) + 1
    assert odds(BOLD) > odds(COSMETIC) + 1


def test_manner_never_orders_hits() -> None:
    index = Index()
    index.put_many([TOLD, Text("F-2", "Broker full", "The broker's disk was full and consumers could not connect.")])

    orders = [[hit.key for hit in index.search(Query(f"{GUARDED} {add}", kind="change"))] for add in ("", "all " * 9)]

    assert orders[0] == orders[1]


def test_manner_does_not_count_for_a_failure() -> None:
    index = Index()
    index.put(TOLD)

    (hit,) = index.search(Query(BOLD))

    assert "bold" not in dict(hit.signals)


def test_words_are_worth_what_was_learnt_of_them_and_others_nothing() -> None:
    worth = {"databas": 2.0, "label": -1.0}

    assert stakes("Move the databases", worth) > 0 > stakes("Fix the labels", worth)
    assert stakes("数据库", worth) == stakes("", worth) == 0.0


def test_neither_who_speaks_nor_the_day_is_worth_anything() -> None:
    assert telling_words("We did it on Monday, somebody said two days ago") == {"said"}


def test_what_ships_tells_a_risky_word_from_a_harmless_one() -> None:
    assert stakes("Restart every node of the primary cluster everywhere") > 0
    assert stakes("Fix the label of the help page and its tests") < 0


def test_a_likeness_to_a_brief_text_says_less() -> None:
    index = Index()
    brief = "Consumers retried and the broker was overloaded."
    index.put_many([TOLD, Text("F-2", "", brief)])
    hits = index.search(Query(BOLD, kind="change"))
    said = {hit.key: dict(hit.signals)["brief"] for hit in hits}

    assert said["F-2"] > said["F-1"] + 1
    assert index.weights.change.decide["brief"] < 0
