"""Taking in much in many short transactions, between which others get to write."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from failonce.catalogue.turns import Turns

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int, weigh: Callable[[Item], int] = lambda item: 1) -> Iterator[list[Item]]:
    """Yield the items, as many at a time as weigh no more than this, or one that weighs more alone.

    Whoever waits for the database gets a turn after each, so keep a batch before asking for the next.
    """
    turns = Turns()
    batch: list[Item] = []
    weight = 0
    for item in items:
        more = weigh(item)
        if batch and weight + more > size:
            yield batch
            turns.give()
            batch, weight = [], 0
        batch.append(item)
        weight += more
    if batch:
        yield batch
        turns.give()
