"""Yes, no and not sure: they stick, link failures into modes, and a rejected pair stays away."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure, withdraw_failure
from failonce.modes.models import FailureMode
from failonce.modes.resemblance import resembling
from failonce.modes.writes import answer_repeat, name_mode, unlink_failure
from failonce.people.errors import Refused
from failonce.people.models import Person
from tests.doors import call_api, run_cli, signed_in

FIRST = "The TLS certificate of the login page expired and nobody could sign in."
AGAIN = "Sign in was down: the TLS certificate of the login page expired again."


def tell(person: Person, story: str, days: int) -> Failure:
    started_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
    return tell_failure(actor=person, telling=Telling(story=story, started_at=started_at)).failure


@pytest.fixture
def pair(ada: Person) -> tuple[Failure, Failure]:
    for day, story in enumerate(("A switch lost power.", "The invoice run was late.", "Backups failed to copy.")):
        tell(ada, story, day)
    return tell(ada, AGAIN, 30), tell(ada, FIRST, 10)


def by_page(person: Person, later: Failure, earlier: Failure, value: str) -> None:
    answer = signed_in(person).post(f"/modes/answer/{later.code}/{earlier.code}/", {"answer": value})
    assert answer.status_code == 302


def by_api(person: Person, later: Failure, earlier: Failure, value: str) -> None:
    answer = call_api(person, "PUT", f"/failures/{later.code}/answers/{earlier.code}", {"answer": value})
    assert answer.status_code == 200


every_door = pytest.mark.parametrize("door", [by_page, by_api])


@every_door
def test_yes_links_both_into_one_mode(bo: Person, pair: tuple[Failure, Failure], door: Callable[..., None]) -> None:
    later, earlier = pair

    door(bo, later, earlier, "yes")
    door(bo, later, earlier, "yes")

    mode = FailureMode.objects.get()
    assert {row.failure for row in mode.occurrences.all()} == {later, earlier}
    assert mode.title == earlier.title
    assert resembling(bo, later)[0].answer == "yes"


@every_door
def test_a_rejected_pair_is_not_shown_again(
    bo: Person, pair: tuple[Failure, Failure], door: Callable[..., None]
) -> None:
    later, earlier = pair
    assert earlier in [found.failure for found in resembling(bo, later)]

    door(bo, later, earlier, "no")

    assert earlier not in [found.failure for found in resembling(bo, later)]
    assert FailureMode.objects.count() == 0


def test_not_sure_links_nothing_and_is_still_shown(bo: Person, pair: tuple[Failure, Failure]) -> None:
    later, earlier = pair

    by_api(bo, later, earlier, "not_sure")

    assert FailureMode.objects.count() == 0
    assert [found.answer for found in resembling(bo, later) if found.failure == earlier] == ["not_sure"]


def test_an_answer_is_shown_in_the_place_of_the_chance(bo: Person, pair: tuple[Failure, Failure]) -> None:
    later, earlier = pair
    browser = signed_in(bo)
    draft = {"story": AGAIN + " Once more."}
    assert "times in 10" in browser.get(f"/failures/{later.code}/").content.decode()

    by_page(bo, later, earlier, "yes")

    page = browser.get(f"/failures/{later.code}/").content.decode()
    beside = browser.post(
        "/failures/resembling/", draft | {f"answer-{f.code}": "not_sure" for f in pair}
    ).content.decode()
    assert "answered: yes" in page
    assert "answered: not sure" in beside
    assert "times in 10" not in page + beside


def test_no_after_yes_takes_the_link_back(bo: Person, pair: tuple[Failure, Failure]) -> None:
    later, earlier = pair
    by_api(bo, later, earlier, "yes")

    by_api(bo, later, earlier, "no")

    assert FailureMode.objects.count() == 0


def test_a_third_failure_joins_and_two_modes_merge(ada: Person, bo: Person, pair: tuple[Failure, Failure]) -> None:
    later, earlier = pair
    third, fourth = tell(ada, FIRST + " Once more.", 60), tell(ada, AGAIN + " Truly.", 90)
    by_api(bo, later, earlier, "yes")
    by_api(bo, fourth, third, "yes")
    assert FailureMode.objects.count() == 2

    by_api(bo, third, later, "yes")

    mode = FailureMode.objects.get()
    assert {row.failure for row in mode.occurrences.all()} == {later, earlier, third, fourth}


def test_a_merge_changes_the_words_for_whoever_is_writing_others(
    ada: Person, bo: Person, pair: tuple[Failure, Failure]
) -> None:
    later, earlier = pair
    third, fourth = tell(ada, FIRST + " Once more.", 60), tell(ada, AGAIN + " Truly.", 90)
    by_api(bo, later, earlier, "yes")
    by_api(bo, fourth, third, "yes")
    older, younger = FailureMode.objects.order_by("pk")
    name_mode(actor=ada, mode=younger, version=1, title="Expired", description="Nobody renews it in time.")
    by_api(bo, third, later, "yes")

    form = {"title": "Certificates", "description": "They expire.", "version": older.version}
    answer = signed_in(bo).post(f"/modes/{older.code}/name/", form)

    assert answer.status_code == 422
    assert "Nobody renews it in time." in answer.content.decode()
    for failure in (earlier, third, fourth):
        unlink_failure(actor=bo, mode=older, failure=failure)
    assert FailureMode.objects.get().description == "Nobody renews it in time."  # a mode with words stays


def test_telling_from_the_terminal_can_say_what_it_repeats(bo: Person, pair: tuple[Failure, Failure]) -> None:
    _, earlier = pair

    answer = run_cli(bo, "tell", "--story", AGAIN, "--repeats", earlier.code)

    assert answer.exit_code == 0, answer.output
    assert FailureMode.objects.get().occurrences.count() == 2


def test_a_failure_can_not_repeat_itself(bo: Person, pair: tuple[Failure, Failure]) -> None:
    later, _ = pair

    answer = call_api(bo, "PUT", f"/failures/{later.code}/answers/{later.code}", {"answer": "yes"})

    assert answer.status_code == 422
    assert "itself" in answer.json()["detail"]


def test_an_answer_nobody_knows_is_refused(bo: Person, pair: tuple[Failure, Failure]) -> None:
    later, earlier = pair

    answer = call_api(bo, "PUT", f"/failures/{later.code}/answers/{earlier.code}", {"answer": "perhaps"})

    assert answer.status_code == 422
    assert "not_sure" in answer.json()["detail"]


def test_what_changed_since_both_were_read_counts(ada: Person, bo: Person, pair: tuple[Failure, Failure]) -> None:
    later, earlier = pair
    withdraw_failure(actor=ada, failure=Failure.objects.get(pk=later.pk))
    Failure.objects.filter(pk=earlier.pk).update(visibility="restricted")

    for one, other in ((later, earlier), (earlier, later)):
        with pytest.raises(Refused, match=f"{later.code} was withdrawn"):
            answer_repeat(actor=bo, failure=one, other=other, value="yes")

    Failure.objects.filter(pk=later.pk).update(withdrawn_at=None)
    answer_repeat(actor=bo, failure=later, other=earlier, value="yes")
    assert FailureMode.objects.get().title == f"Failures like {earlier.code}"
