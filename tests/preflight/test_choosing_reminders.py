"""Which of what recall found become reminders."""

import pytest

from failonce.failures.models import Failure
from failonce.lessons.models import Lesson
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

    def ask(*found: tuple[Failure | Lesson, float], in_place: Lesson | None = None) -> list[str]:
        hits = [
            Hit(
                what.code, chance, chance, (f"because of {what.code}",), chance >= 0.5,
                (("path", float(what == in_place)),),
            )
            for what, chance in found
        ]  # fmt: skip
        monkeypatch.setattr(memory, "search", lambda query, *, limit, without: hits)
        chosen = remembered(ada, read_change(["any"]), [])
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

    assert find(*found, (lesson, 0.5), in_place=lesson) == [told[0].code, told[1].code, lesson.code]
    assert find((lesson, 0.5), *found, in_place=lesson) == [lesson.code, told[0].code, told[1].code]


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
