"""What services fail of is recognised in different words."""

from __future__ import annotations

from failonce.recall import Index, Query, Text
from failonce.recall.ideas import _listed, _whole
from failonce.recall.paragraphs import paragraphs

EXPIRY = Text("F-1", "Checkout refused connections", "The certificate had expired on Sunday and nobody was told.")
FLOOD = Text("F-2", "Login was slow", "After a restart a thundering herd of clients overloaded the session store.")
LAMPS = [Text(f"F-{n}", f"Lamp {n}", f"A lamp went out in hall {n}, and was changed.") for n in range(10, 250)]


def first(change: str) -> tuple[str, tuple[str, ...]]:
    """The first hit's key and reasons."""
    index = Index()
    index.put_many([EXPIRY, FLOOD, *LAMPS])
    hit = index.search(Query(change, kind="change"), limit=1)[0]
    return hit.key, hit.because


def test_an_idea_shared_in_other_words_orders_and_is_named() -> None:
    key, because = first("Move TLS renewal to ACME; the issuer and notAfter of the certificate are read on Sunday")

    assert key == "F-1"
    assert "both about certificates that run out" in because


def test_words_of_one_idea_need_not_be_the_same() -> None:
    key, because = first("Clients reconnect with no backoff or jitter to the session store")

    assert key == "F-2"
    assert any("retries that pile up" in reason for reason in because)


def test_words_that_no_text_has_stand_for_ideas_too() -> None:
    index = Index()
    index.put_many(
        [EXPIRY, Text("F-3", "Sunday refused", "Connections were refused on Sunday and nobody was told."), *LAMPS]
    )

    hits = index.search(Query("Renewal by acme on Sunday", kind="change"), limit=2)
    ideas = {hit.key: dict(hit.signals)["ideas"] for hit in hits}

    assert ideas["F-1"] > 0.4
    assert ideas["F-3"] == 0


def test_an_idea_is_no_reason_where_only_everyday_words_meet() -> None:
    index = Index()
    index.put_many([Text("F-4", "Slow", "The load of the shard in that region was high."), *LAMPS])

    (hit,) = index.search(Query("Show the load of each shard and region", kind="change"), limit=1)

    assert dict(hit.signals)["ideas"] > 0.5
    assert hit.because == ("both speak of “load of each shard and region”",)


def test_a_change_about_nothing_listed_names_no_idea() -> None:
    _, because = first("Lamp in hall 11")

    assert not any(reason.startswith("both about") for reason in because)


def test_every_idea_has_words_that_are_read() -> None:
    names, listed = _listed()
    told = {number for ideas in listed.values() for number in ideas}

    assert len(names) > 80
    assert told == set(range(len(names)))


def test_a_listed_word_is_read_and_stands_under_its_idea_once() -> None:
    for name, words in paragraphs("ideas.txt").items():
        read = [tuple(_whole(word)) for word in words]

        assert all(read), f"{name}: a word that nothing is read of"
        assert len(set(read)) == len(read), f"{name}: a word listed twice in two forms"


def test_a_part_of_a_listed_name_stands_for_nothing() -> None:
    _, listed = _listed()

    assert "twofact" in listed
    assert not {"two", "factor"} & listed.keys()


def test_word_lists_go_on_over_lines_and_leave_remarks_out() -> None:
    kinds = paragraphs("kinds.txt")

    assert "nginx" in kinds["infrastructure"]
    assert not any(name.startswith("#") for name in kinds)
