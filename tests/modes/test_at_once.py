"""Two people change modes at once: neither is turned away, and nothing that either said is lost."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone

from failonce.failures.api import TellIn, ToldOut, tell_for
from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import withdraw_failure
from failonce.modes.holding import hold_modes
from failonce.modes.importing import IncomingAnswer, IncomingMode, import_answers, import_modes
from failonce.modes.models import Answer, FailureMode, Occurrence
from failonce.modes.writes import answer_repeat, name_mode, tell_with_answers, unlink_failure
from failonce.people.errors import Conflict
from failonce.people.models import Person
from tests.doors import signed_in
from tests.modes.test_answer_repeat import AGAIN, FIRST, tell
from tests.overlap import Aside, at_statement, overlapping

pytestmark = overlapping
HOLDS_MODES = ("pg_advisory_xact_lock",)
LOCKS_FAILURES = ('FROM "failures_failure"', " FOR ", "UPDATE")
MOVES_LINKS = ("UPDATE", "modes_occurrence")  # a merge is half done


def waiting(at: tuple[str, ...], work: Callable[[], Any]) -> Aside:
    """Return work that says so when it wants what somebody else holds."""

    def until_there() -> Any:
        with at_statement(*at, before=aside.reach):
            return work()

    aside = Aside(until_there)
    return aside


def telling(person: Person, repeats: Failure, at: tuple[str, ...]) -> Aside:
    def work() -> ToldOut:
        return tell_for(person, TellIn(story=AGAIN, answers={repeats.code: "yes"}))

    return waiting(at, work)


@pytest.fixture
def failures(transactional_db: None, ada: Person) -> list[Failure]:
    """Two pairs of failures in two modes, and one more."""
    first, again, other, once_more, alone = (tell(ada, f"Story {day}.", day) for day in range(5))
    answer_repeat(actor=ada, failure=again, other=first, value="yes")
    answer_repeat(actor=ada, failure=once_more, other=other, value="yes")
    return [first, again, other, once_more, alone]


def merge_while(aside: Aside, person: Person, failures: list[Failure]) -> None:
    """Let a yes merge both modes, and begin the other work in the middle of it."""
    with at_statement(*MOVES_LINKS, after=aside.begin):
        answer_repeat(actor=person, failure=failures[0], other=failures[2], value="yes")


def test_telling_a_repeat_and_answering_about_it_both_come_to_an_end(
    transactional_db: None, ada: Person, bo: Person
) -> None:
    first, second = tell(ada, FIRST, 10), tell(ada, "A switch lost power.", 20)
    aside = telling(ada, first, HOLDS_MODES)

    with at_statement(*LOCKS_FAILURES, after=aside.begin):
        answer_repeat(actor=bo, failure=second, other=first, value="yes")

    assert aside.outcome().notices == []
    assert Answer.objects.filter(value="yes").count() == 2
    assert FailureMode.objects.get().occurrences.count() == 3


def test_a_withdrawal_in_between_is_seen(transactional_db: None, ada: Person, bo: Person) -> None:
    first = tell(ada, FIRST, 10)
    aside = telling(bo, first, LOCKS_FAILURES)

    with transaction.atomic():
        withdraw_failure(actor=ada, failure=Failure.objects.get(pk=first.pk))
        aside.begin()

    assert aside.outcome().notices == [f"{first.code} was withdrawn, so nothing is linked to it any more."]
    assert FailureMode.objects.count() == 0


def test_a_link_into_a_mode_that_is_being_merged_is_kept(ada: Person, bo: Person, failures: list[Failure]) -> None:
    joining = waiting(HOLDS_MODES, lambda: answer_repeat(actor=bo, failure=failures[4], other=failures[3], value="yes"))

    merge_while(joining, ada, failures)

    assert joining.outcome()
    assert Occurrence.objects.filter(mode=FailureMode.objects.get()).count() == 5


def test_words_about_a_mode_that_takes_another_in_meet_those_of_the_other(
    ada: Person, bo: Person, failures: list[Failure]
) -> None:
    older, younger = FailureMode.objects.order_by("pk")
    name_mode(actor=ada, mode=younger, version=1, title="Younger", description="Ada's words.")
    naming = waiting(
        HOLDS_MODES, lambda: name_mode(actor=bo, mode=older, version=1, title="Older", description="Bo's words.")
    )

    merge_while(naming, ada, failures)

    with pytest.raises(Conflict) as conflict:
        naming.outcome()
    assert conflict.value.theirs["description"] == "Ada's words."


def test_words_about_a_mode_that_goes_come_back(ada: Person, bo: Person, failures: list[Failure]) -> None:
    younger = FailureMode.objects.get(occurrences__failure=failures[2])
    form = {"title": "Full queues", "description": "They fill up at night.", "version": "1"}
    naming = waiting(HOLDS_MODES, lambda: signed_in(bo).post(f"/modes/{younger.code}/name/", form))

    merge_while(naming, ada, failures)

    shown: HttpResponse = naming.outcome()
    assert shown.status_code == 404
    assert f"{younger.code} is no longer there" in shown.content.decode()
    assert "They fill up at night." in shown.content.decode()


def changes(ada: Person, failures: list[Failure]) -> dict[str, Callable[[], Any]]:
    """Return every write that changes modes or answers."""
    first, again, other, *_ = failures
    mode, now = FailureMode.objects.get(occurrences__failure=first), timezone.now()
    told = Telling(story="Told.", started_at=now)
    return {
        "answer": lambda: answer_repeat(actor=ada, failure=first, other=other, value="no"),
        "tell": lambda: tell_with_answers(actor=ada, telling=told, answers={first.code: "yes"}),
        "name": lambda: name_mode(actor=ada, mode=mode, version=1, title="Full queues"),
        "unlink": lambda: unlink_failure(actor=ada, mode=mode, failure=again),
        "import modes": lambda: import_modes(actor=ada, incoming=[IncomingMode("Late", "", (other,), ada, now)]),
        "import answers": lambda: import_answers(actor=ada, incoming=[IncomingAnswer(first, other, "no", ada, now)]),
    }


@pytest.mark.parametrize("name", ["answer", "tell", "name", "unlink", "import modes", "import answers"])
def test_every_change_of_modes_holds_them_before_it_reads(ada: Person, failures: list[Failure], name: str) -> None:
    Person.objects.filter(pk=ada.pk).update(is_administrator=True)
    ada.refresh_from_db()
    change = changes(ada, failures)[name]
    asked: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        change()

    before = itertools.takewhile(lambda sql: HOLDS_MODES[0] not in sql, asked)
    assert [sql for sql in before if "modes_" in sql or "failures_" in sql] == []
    assert any(HOLDS_MODES[0] in sql for sql in asked)


def dry_run_of_modes(root: Person, failures: list[Failure]) -> Any:
    mode = IncomingMode("Late", "", (failures[4],), root, timezone.now())
    return import_modes(actor=root, incoming=[mode], dry_run=True)


def dry_run_of_answers(root: Person, failures: list[Failure]) -> Any:
    answer = IncomingAnswer(failures[0], failures[2], "no", root, timezone.now())
    return import_answers(actor=root, incoming=[answer], dry_run=True)


@pytest.mark.parametrize("dry_run", [dry_run_of_modes, dry_run_of_answers])
def test_a_dry_run_waits_for_nobody_and_keeps_nobody_waiting(
    root: Person, failures: list[Failure], dry_run: Callable[[Person, list[Failure]], Any]
) -> None:
    aside = Aside(lambda: dry_run(root, failures))

    with transaction.atomic():
        hold_modes()
        aside.begin()

    assert aside.outcome()
