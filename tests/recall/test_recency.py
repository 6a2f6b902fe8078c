"""When a text was told orders what is alike, but not among the last few."""

from __future__ import annotations

import pytest

from failonce.recall import Index, Query, Text

STORY = "The queue of orders filled up and nothing was sent."


@pytest.mark.parametrize(("since", "counts"), [(12, False), (300, True)])
def test_among_the_last_few_it_says_nothing(since: int, counts: bool) -> None:
    index = Index()
    index.put(Text("F-1", "Queue full", STORY, when=0.0))
    index.put_many(Text(f"F-{n}", f"Lamp {n}", f"A lamp went out in hall {n}.", when=float(n)) for n in range(2, since))

    (hit,) = index.search(Query(STORY, "Queue full", before=float(since)), limit=1)

    assert hit.key == "F-1"
    assert (dict(hit.signals)["recency"] > 0) is counts
