"""How a use reads, from none to thousands."""

import pytest

from failonce.preflight.uses import in_words

READS = [
    (0, {}, 0, "No change has been reminded of this yet."),
    (1, {}, 1, "Shown before one change. It waits for an answer."),
    (1, {"read": 1}, 0, "Shown before one change. Once it was read."),
    (3, {"changed_plan": 3}, 0, "Shown before 3 changes. 3 times the plan was changed because of it."),
    (4, {"does_not_apply": 2}, 2, "Shown before 4 changes. Twice it didn't apply and 2 wait for an answer."),
    (2, {"read": 1}, 1, "Shown before 2 changes. Once it was read and one waits for an answer."),
    (
        3_000,
        {"read": 1_500, "changed_plan": 1_500},
        0,
        "Shown before 3,000 changes. 1,500 times the plan was changed because of it and 1,500 times it was read.",
    ),
]


@pytest.mark.parametrize(("total", "answers", "waiting", "sentence"), READS)
def test_uses_read_as_ain_words(total, answers, waiting, sentence):
    assert in_words(total, answers, waiting) == sentence
