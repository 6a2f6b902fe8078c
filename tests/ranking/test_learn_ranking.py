"""Answers teach recall, within bounds; everybody sees how, and it can be taken back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure
from failonce.modes.memory import memory, weights_in_force
from failonce.modes.models import Ranking
from failonce.modes.writes import answer_repeat
from failonce.people.models import Person
from failonce.recall import Query, Weights
from tests.doors import call_api, run_cli, signed_in

OTHERS = [
    "A misplaced route announcement sent mail through another network.",
    "The invoice run started twice and customers received two invoices.",
    "A schema change locked a table for nine minutes at noon.",
    "A firewall rule with a typo cut off the warehouse scanners.",
    "The certificate of the gateway expired on a Sunday.",
]
STORY = "Upload {n}: the disk of the queue host filled up with logs and orders stopped."


def by_page(person: Person, verb: str) -> None:
    assert signed_in(person).post(f"/modes/ranking/{verb}/").status_code == 302


def by_api(person: Person, verb: str) -> None:
    assert call_api(person, "POST", f"/recall/weights/{verb}").status_code == 200


def by_cli(person: Person, verb: str) -> None:
    assert run_cli(person, "ranking", verb).exit_code == 0


every_door = pytest.mark.parametrize("door", [by_page, by_api, by_cli])


@pytest.fixture
def rejected(ada: Person) -> list[Failure]:
    """Failures that look alike and that people said are not."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for story in OTHERS:
        tell_failure(actor=ada, telling=Telling(story=story, started_at=start))
    told = [
        tell_failure(actor=ada, telling=Telling(story=STORY.format(n=n), started_at=start + timedelta(days=n))).failure
        for n in range(12)
    ]
    for number, failure in enumerate(told):
        for earlier in told[:number]:
            answer_repeat(actor=ada, failure=failure, other=earlier, value="no")
    return told


@every_door
def test_answers_move_the_weights_and_back(root: Person, rejected: list[Failure], door: Callable[..., None]) -> None:
    assert weights_in_force() == Weights()

    door(root, "learn")

    assert memory.follow().weights == weights_in_force() != Weights()
    assert Ranking.objects.latest("pk").answers > 0
    door(root, "restore")
    assert memory.follow().weights == weights_in_force() == Weights()
    assert Ranking.objects.count() == 2


def test_many_a_no_makes_recall_more_careful(root: Person, rejected: list[Failure]) -> None:
    def chance_of_another() -> float:
        return memory.search(Query(text=STORY.format(n=99)), limit=1, without=set())[0].probability

    before = chance_of_another()

    by_page(root, "learn")

    assert chance_of_another() < before


def test_the_same_answers_teach_the_same(root: Person, rejected: list[Failure]) -> None:
    by_api(root, "learn")
    by_api(root, "learn")

    one, two = Ranking.objects.all()
    assert one.weights == two.weights


def test_everybody_sees_how_recall_ranks(bo: Person) -> None:
    page = signed_in(bo).get("/modes/ranking/").content.decode()

    assert "Both concern the same service." in page
    assert "Learn from the answers" not in page


def test_only_what_can_count_is_shown(bo: Person) -> None:
    page = signed_in(bo).get("/modes/ranking/").content.decode()
    told, change = page.split("When a failure is told")[1].split("When a change is about to go out")

    for only_of_changes in ("The change touches a path", "Both concern the same technology"):
        assert only_of_changes not in told
        assert only_of_changes in change


def test_not_everybody_moves_the_weights(bo: Person) -> None:
    assert signed_in(bo).post("/modes/ranking/learn/").status_code == 403
    assert call_api(bo, "POST", "/recall/weights/restore").status_code == 403
    assert Ranking.objects.count() == 0
