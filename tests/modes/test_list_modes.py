"""The list of failure modes: how often each came back, as far as one may read."""

from datetime import UTC, datetime

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure
from failonce.modes.models import modes_for
from failonce.modes.writes import answer_repeat
from failonce.people.models import Person
from tests.doors import signed_in


def told_in(year: int, ada: Person) -> Failure:
    return tell_failure(actor=ada, telling=Telling(story="Again.", started_at=datetime(year, 3, 1, tzinfo=UTC))).failure


def test_a_mode_says_how_often_and_since_when(ada: Person, bo: Person) -> None:
    first, second, hidden = (told_in(year, ada) for year in (2021, 2023, 2025))
    for later in (second, hidden):
        answer_repeat(actor=ada, failure=later, other=first, value="yes")
    Failure.objects.filter(pk=hidden.pk).update(visibility="restricted")

    assert "3 times since 2021" in signed_in(ada).get("/modes/").content.decode()
    page = signed_in(bo).get("/modes/").content.decode()

    assert "2 times since 2021" in page
    assert "1 Mar 2023" in page
    assert "2025" not in page


def test_a_mode_of_which_one_may_read_nothing_is_not_there(ada: Person, bo: Person) -> None:
    first, second = told_in(2021, ada), told_in(2023, ada)
    answer_repeat(actor=ada, failure=second, other=first, value="yes")
    Failure.objects.update(visibility="restricted")

    assert modes_for(ada).count() == 1
    assert modes_for(bo).count() == 0


def test_history_says_an_answer_in_words(ada: Person) -> None:
    first, second = told_in(2021, ada), told_in(2023, ada)
    answer_repeat(actor=ada, failure=second, other=first, value="not_sure")

    page = signed_in(ada).get(second.get_absolute_url()).content.decode()

    assert f">{first.code}</span>, not sure" in page
    assert f">{first.code}</span>, not_sure" not in page
