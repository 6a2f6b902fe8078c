"""A few words resemble something sooner than a whole text does, so recall is less sure of them."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from failonce.recall import Index, Query, Text, Weights
from failonce.recall.found import calmed, calming, chance, terse
from failonce.recall.learning import Answer, learn
from failonce.recall.shapes import Hit

EXPIRED = Text(
    "F-1",
    "The certificate of the payment gateway expired",
    "The TLS certificate of the payment gateway expired on a Sunday. Cards were refused at every till for two hours. "
    "The renewal had been done by hand each year, by somebody who had moved to another team, and nothing watched the "
    "end date. A new certificate was issued, put on both gateways by hand, and the tills came back one by one.",
)
OTHERS = [
    Text(f"F-{number}", f"Disk {number} of the archive filled up", "Old copies were never removed from it.")
    for number in range(2, 220)  # enough that words no text has don't count
]


class Flat:
    """To it, everything means the same."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.full((len(texts), 16), 0.25, np.float32)


def asked(text: str, *, kind: str = "failure", meaning: bool = False) -> Hit:
    index = Index(embedder=Flat() if meaning else None)
    index.put_many([EXPIRED, *OTHERS])
    return index.search(Query(text, kind="change" if kind == "change" else "failure"))[0]


def plainly(hit: Hit, kind: str, *, meaning: bool = False) -> float:
    """The chance that the weights alone give a hit."""
    model = Weights().model(kind, meaning=meaning)
    odds = sum(model.decide.get(name, 0.0) * value for name, value in hit.signals) + model.start
    return float(chance(np.array([odds]))[0])


@pytest.mark.parametrize(("terms", "lacks"), [(0, 1.0), (5, 0.5), (20, 0.0), (400, 0.0)])
def test_how_much_surety_so_many_terms_lack(terms: int, lacks: float) -> None:
    assert terse(terms) == lacks


def test_only_what_would_be_told_is_calmed() -> None:
    odds = np.array([-9.0, -1.5, 0.5, 4.5])

    assert calmed(odds, 0.5).tolist() == [-9.0, -1.5, -0.5, 1.5]
    assert calmed(odds, 0.0).tolist() == odds.tolist()


def test_the_slope_learning_goes_by_is_that_of_the_calmed_odds() -> None:
    odds, few = np.array([-3.0, -1.0, 2.0]), np.array([0.4, 0.4, 0.1])

    slope = (calmed(odds + 1e-6, few) - calmed(odds - 1e-6, few)) / 2e-6

    assert calming(odds, few) == pytest.approx(slope)


@pytest.mark.parametrize("kind", ["failure", "change"])
def test_a_few_words_are_less_sure_than_the_weights_alone(kind: str) -> None:
    hit = asked("The TLS certificate of the payment gateway expired", kind=kind)

    assert hit.key == "F-1"
    assert hit.probability < plainly(hit, kind) - 0.05


def test_what_a_few_words_of_a_failure_mean_is_judged_as_it_is() -> None:
    words = "The TLS certificate of the payment gateway expired"

    failure, change = (asked(words, kind=kind, meaning=True) for kind in ("failure", "change"))

    assert failure.probability == pytest.approx(plainly(failure, "failure", meaning=True), abs=1e-5)
    assert change.probability < plainly(change, "change", meaning=True) - 0.01


@pytest.mark.parametrize("kind", ["failure", "change"])
def test_a_whole_text_is_as_sure_as_the_weights_say(kind: str) -> None:
    hit = asked(EXPIRED.body, kind=kind)

    assert hit.probability == pytest.approx(plainly(hit, kind), abs=1e-5)


def test_a_no_to_a_few_words_teaches_less() -> None:
    sure = asked("The TLS certificate of the payment gateway expired").signals
    as_if_whole = tuple((name, 0.0 if name == "terse" else value) for name, value in sure)

    few, whole = (learn(Weights(), [Answer(signals, "no")] * 20).failure for signals in (sure, as_if_whole))

    assert whole.start < few.start < Weights().failure.start
