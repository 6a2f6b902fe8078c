"""Takes the foremost of many, and of equals those whose turn comes first.

What is equal is ordered by what no edit changes: a node that followed the database has its texts under other numbers
than one built anew, and both must give the same answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from failonce.recall.postings import Ints

# So many copies of one text show that it was told often; the rest would only take the place of others.
_MOST_EQUALS = 10
Values = NDArray[Any]


def foremost(scores: Values, places: Ints, most: int, *turns: Values) -> Ints:
    """Up to `most` of the places with the largest scores; of equals those least by each of the turns, one by one.

    Scores and turns are by place.
    """
    if len(places) <= most:
        return places
    found = scores[places]
    least = np.partition(found, -most)[-most]
    above, level = places[found > least], places[found == least]
    missing = most - len(above)
    return np.concatenate([above, foremost(-turns[0], level, missing, *turns[1:]) if turns else level[:missing]])


def few_of_equals(scores: Values, places: Ints, *turns: Values) -> Ints:
    """The places in order of score, of each score the few whose turn comes first."""
    places = places[np.lexsort([turn[places] for turn in reversed(turns)] + [-scores[places]])]
    found = scores[places]
    begins = np.flatnonzero(np.append(True, found[1:] != found[:-1])[: len(found)])
    nth = np.arange(len(found)) - np.repeat(begins, np.diff(np.append(begins, len(found))))
    return places[nth < _MOST_EQUALS]
