"""Two people answer about the same failures at once, and neither is turned away."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from failonce.failures.api import TellIn, tell_for
from failonce.failures.models import Failure
from failonce.failures.writes import withdraw_failure
from failonce.modes.models import Answer, FailureMode
from failonce.modes.writes import answer_repeat
from failonce.people.models import Person
from tests.modes.test_answer_repeat import AGAIN, FIRST, tell

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite lets one transaction write at a time"),
]


@contextmanager
def at_the_lock(*, before: Callable[[], None] | None = None, after: Callable[[], None] | None = None) -> Iterator[None]:
    """Call these around the first statement of this connection that locks failures."""
    reached = False

    def around(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal reached
        is_first = not reached and '"failures_failure"' in sql and sql.endswith("UPDATE")
        reached |= is_first
        if is_first and before:
            before()
        found = execute(sql, params, many, context)
        if is_first and after:
            after()
        return found

    with connection.execute_wrapper(around):
        yield


class Teller(threading.Thread):
    """Somebody who tells a repeat of a failure, on a connection of their own."""

    def __init__(self, person: Person, repeats: Failure) -> None:
        super().__init__()
        self.person, self.said = person, TellIn(story=AGAIN, answers={repeats.code: "yes"})
        self.wants_failures = threading.Event()
        self.notices: list[str] | None = None

    def run(self) -> None:
        try:
            with at_the_lock(before=self.wants_failures.set):
                self.notices = tell_for(self.person, self.said).notices
        finally:
            connection.close()

    def start_and_want_failures(self) -> None:
        """Return once all that is missing to this telling is the failures, which somebody else holds."""
        self.start()
        assert self.wants_failures.wait(20)


def test_telling_a_repeat_and_answering_about_it_wait_for_each_other_one_way_only(
    transactional_db: None, ada: Person, bo: Person
) -> None:
    first, second = tell(ada, FIRST, 10), tell(ada, "A switch lost power.", 20)
    teller = Teller(ada, repeats=first)

    with at_the_lock(after=teller.start_and_want_failures):
        answer_repeat(actor=bo, failure=second, other=first, value="yes")
    teller.join(20)

    assert teller.notices == []
    assert Answer.objects.filter(value="yes").count() == 2
    assert FailureMode.objects.get().occurrences.count() == 3


def test_a_withdrawal_in_between_is_seen(transactional_db: None, ada: Person, bo: Person) -> None:
    first = tell(ada, FIRST, 10)
    teller = Teller(bo, repeats=first)

    with transaction.atomic():
        withdraw_failure(actor=ada, failure=Failure.objects.get(pk=first.pk))
        teller.start_and_want_failures()
    teller.join(20)

    assert teller.notices == [f"{first.code} was withdrawn, so nothing is linked to it any more."]
    assert FailureMode.objects.count() == 0
