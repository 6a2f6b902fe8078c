"""Which of what recall found become reminders."""

from collections.abc import Sequence

import pytest

from failonce.failures.models import Failure
from failonce.failures.writes import withdraw_failure
from failonce.lessons.models import Lesson
from failonce.lessons.writes import retire_lesson
from failonce.modes.memory import memory
from failonce.modes.writes import answer_repeat
from failonce.people.models import Person
from failonce.preflight.change import read_change
from failonce.preflight.remembering import remembered
from failonce.recall import Hit
from tests.preflight.cast import learn, tell


@pytest.fixture
def find(monkeypatch, ada: Person):
    """Ask with recall's answer given: pairs of what was found and how likely it is, best first."""

    def ask(*found: tuple[Failure | Lesson, float], in_place: Sequence[Lesson] = ()) -> list[str]:
        hits = [
            Hit(
                what.code, chance, chance, (f"because of {what.code}",), chance >= 0.5,
                (("path", float(what in in_place)),),
            )
            for what, chance in found
        ]  # fmt: skip
        monkeypatch.setattr(memory, "search", lambda query, *, limit, without, why: hits[:limit])
        chosen = remembered(ada, read_change(["any"]), [])
        for each in chosen:
            # A lesson is shown for its own reasons, or for those of a failure it stands in for.
            assert not each.lesson or each.because[0].split()[-1] == each.lesson.code or "F-" in each.because[0]
        return [each.lesson.code if each.lesson else each.failure.code for each in chosen]

    return ask


def test_only_what_recall_would_say_unasked(ada: Person, find) -> None:
    sure, unsure = tell(ada, "A fell."), tell(ada, "B fell.")

    assert find((sure, 0.9), (unsure, 0.49)) == [sure.code]


def test_three_at_most_best_first(ada: Person, find) -> None:
    told = [tell(ada, f"{name} fell.") for name in "ABCDE"]

    assert find(*((failure, 0.9 - 0.01 * n) for n, failure in enumerate(told))) == [each.code for each in told[:3]]


def test_one_that_names_a_place_of_the_change_is_among_the_three(ada: Person, find) -> None:
    told = [tell(ada, f"{name} fell.") for name in "ABCDE"]
    lesson = learn(ada, told[4])
    found = [(failure, 0.9) for failure in told[:4]]

    assert find(*found, (lesson, 0.5), in_place=[lesson]) == [told[0].code, told[1].code, lesson.code]
    assert find((lesson, 0.5), *found, in_place=[lesson]) == [lesson.code, told[0].code, told[1].code]


def test_one_that_names_a_place_is_told_after_all_that_is_more_alike(ada: Person, find) -> None:
    alike, other = tell(ada, "A fell."), tell(ada, "B fell.")
    lesson = learn(ada, other)

    assert find(*[(alike, 0.9)] * 100, (lesson, 0.5), in_place=[lesson]) == [alike.code, lesson.code]


def test_of_a_failures_lessons_the_one_that_names_the_place(ada: Person, find) -> None:
    told = [tell(ada, f"{name} fell.") for name in "ABCD"]
    elsewhere, here = learn(ada, told[3]), learn(ada, told[3], when_you="touch db")
    first, second, third = [(failure, 0.9) for failure in told[:3]]
    last = [(elsewhere, 0.6), (here, 0.5)]

    assert find(first, second, third, *last, in_place=[here]) == [told[0].code, told[1].code, here.code]
    assert find(first, second, *last, in_place=[here]) == [told[0].code, told[1].code, here.code]
    assert find(*last, first, in_place=[here]) == [here.code, told[0].code]
    assert find((told[3], 0.7), *last, first, in_place=[here]) == [here.code, told[0].code]


def test_a_place_named_by_a_failure_mode_that_is_told_anyway(ada: Person, find) -> None:
    first, again, second, third = (tell(ada, f"{name} fell.") for name in "ABCD")
    answer_repeat(actor=ada, failure=again, other=first, value="yes")
    own, here, after = learn(ada, first), learn(ada, again, when_you="touch db"), learn(ada, third)
    found = [(first, 0.9), (second, 0.8), (here, 0.7), (after, 0.6)]

    assert find(*found, in_place=[here, after]) == [own.code, second.code, after.code]
    assert find(*found[:3], in_place=[here]) == [here.code, second.code]


@pytest.mark.parametrize("gone", ["lesson", "failure"])
def test_where_the_likeliest_that_names_the_place_is_gone_the_next_is_told(ada: Person, find, gone: str) -> None:
    told = [tell(ada, f"{name} fell.") for name in "ABCDE"]
    lost, here = learn(ada, told[3]), learn(ada, told[4])
    if gone == "lesson":
        retire_lesson(actor=ada, lesson=lost, because="Not so any more.")
    else:
        withdraw_failure(actor=ada, failure=told[3])
    found = [*((failure, 0.9) for failure in told[:3]), (lost, 0.6), (here, 0.5)]

    assert find(*found, in_place=[lost, here]) == [told[0].code, told[1].code, here.code]


def test_never_a_lesson_and_its_failure(ada: Person, find) -> None:
    failure = tell(ada, "A fell.")
    lesson = learn(ada, failure)

    assert find((failure, 0.9), (lesson, 0.8)) == [lesson.code]
    assert find((lesson, 0.9), (failure, 0.8)) == [lesson.code]
    assert find((failure, 0.9)) == [lesson.code]


def test_of_several_lessons_the_one_that_fits_the_change_best(ada: Person, find) -> None:
    failure = tell(ada, "A fell.")
    first, second, third = (learn(ada, failure, when_you=f"do {name}") for name in ("x", "y", "z"))

    assert find((failure, 0.9), (first, 0.3), (third, 0.2)) == [first.code]
    assert find((failure, 0.9)) == [third.code]
    assert find((second, 0.9), (first, 0.8)) == [second.code]


def test_repeats_of_one_failure_mode_take_one_place(ada: Person, find) -> None:
    first, again, other = (tell(ada, f"{name} fell.") for name in "ABC")
    answer_repeat(actor=ada, failure=again, other=first, value="yes")

    assert find((again, 0.9), (first, 0.8), (other, 0.7)) == [again.code, other.code]


def test_what_vanished_since_it_was_found_is_left_out(ada: Person, find) -> None:
    failure = tell(ada, "A fell.")
    lesson = learn(ada, failure)
    gone = Lesson(pk=lesson.pk + 100)

    assert find((gone, 0.9), (failure, 0.8)) == [lesson.code]
