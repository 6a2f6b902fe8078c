"""Answers teach recall, within bounds; everybody sees how, and it can be taken back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure, withdraw_failure
from failonce.modes.memory import memory, weights_in_force
from failonce.modes.models import Ranking
from failonce.modes.writes import answer_repeat
from failonce.people.models import Person
from failonce.preflight.models import Preflight
from failonce.preflight.writes import answer_reminder, ask_preflight
from failonce.ranking.showing import as_kept
from failonce.ranking.teaching import answers_since
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


CHANGE = "Write more logs of each order, so that support can follow it without asking us about the upload."


@pytest.fixture
def reminded(ada: Person) -> Preflight:
    """A change that was reminded of failures, which nobody has answered yet."""
    for n, story in enumerate([*OTHERS, STORY.format(n=1)]):
        tell_failure(actor=ada, telling=Telling(story=story, started_at=datetime(2026, 1, 1 + n, tzinfo=UTC)))
    weights = Weights(speaks_at=0.0)
    Ranking.objects.create(weights=as_kept(weights), set_by=ada)
    memory.forget()
    preflight = ask_preflight(actor=ada, change=CHANGE)
    assert preflight.reminders.exists()
    return preflight


def answered(actor: Person, preflight: Preflight, answer: str) -> None:
    for reminder in preflight.reminders.all():
        answer_reminder(actor=actor, reminder=reminder, answer=answer, reason="It is another disk.")


@every_door
def test_answers_to_reminders_teach_how_changes_are_weighed(
    root: Person, ada: Person, reminded: Preflight, door: Callable[..., None]
) -> None:
    answered(ada, reminded, "does_not_apply")

    door(root, "learn")

    learnt = weights_in_force()
    assert Ranking.objects.latest("pk").answers == reminded.reminders.count()
    assert learnt.change.start < Weights().change.start
    assert learnt.failure == Weights().failure


def test_a_changed_plan_speaks_for_a_reminder(root: Person, ada: Person, reminded: Preflight) -> None:
    answered(ada, reminded, "changed_plan")

    by_page(root, "learn")

    assert weights_in_force().change.start > Weights().change.start


def test_having_read_a_reminder_teaches_nothing(root: Person, ada: Person, reminded: Preflight) -> None:
    answered(ada, reminded, "read")

    by_page(root, "learn")

    assert weights_in_force() == Weights()


def test_a_change_asked_about_three_times_teaches_once(root: Person, ada: Person, reminded: Preflight) -> None:
    answered(ada, reminded, "does_not_apply")
    for _ in range(2):
        ask_preflight(actor=ada, change=CHANGE)

    assert answers_since(None) == reminded.reminders.count()
    by_page(root, "learn")
    assert Ranking.objects.latest("pk").answers == reminded.reminders.count()


def test_a_withdrawn_failure_teaches_nothing(root: Person, ada: Person, reminded: Preflight) -> None:
    answered(ada, reminded, "does_not_apply")
    for reminder in reminded.reminders.all():
        withdraw_failure(actor=ada, failure=reminder.failure)

    by_page(root, "learn")

    assert weights_in_force() == Weights()
