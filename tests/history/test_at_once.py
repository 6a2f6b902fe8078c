"""Who changes a row and who refers to it, at once: neither holds what the other waits for."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from failonce.catalogue.models import Service
from failonce.catalogue.writes import describe_service
from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import comment_on_failure, edit_failure, tell_failure
from failonce.history.chain import verify
from failonce.people.models import Person
from tests.overlap import Aside, at_statement, overlapping

pytestmark = overlapping


def told(person: Person, story: str = "The queue filled up.", **said: Any) -> Failure:
    return tell_failure(actor=person, telling=Telling(story=story, started_at=timezone.now(), **said)).failure


def edit_and_comment(ada: Person, bo: Person) -> tuple[Callable[[], Any], Callable[[], Any]]:
    failure = told(ada)
    telling = Telling(story="The queue filled up at noon.", started_at=timezone.now())
    return (
        lambda: edit_failure(actor=ada, failure=failure, version=1, telling=telling),
        lambda: comment_on_failure(actor=bo, failure=failure, text="Here too."),
    )


def describe_and_tell(ada: Person, bo: Person) -> tuple[Callable[[], Any], Callable[[], Any]]:
    Service.objects.create(slug="queue", name="Queue", is_described=True)
    Person.objects.filter(pk=ada.pk).update(is_administrator=True)
    ada.refresh_from_db()
    return (
        lambda: describe_service(actor=ada, slug="queue", read=1, description="It holds orders."),
        lambda: told(bo, services=("queue",)),
    )


@pytest.mark.parametrize("pair", [edit_and_comment, describe_and_tell])
def test_a_change_and_what_refers_to_it_both_come_to_an_end(
    transactional_db: None, ada: Person, bo: Person, pair: Callable[..., tuple[Callable[[], Any], Callable[[], Any]]]
) -> None:
    change, refer = pair(ada, bo)

    def work() -> Any:
        with at_statement("UPDATE", "history_head", "SET", after=aside.reach):
            return refer()

    aside = Aside(work)
    with at_statement(" FOR ", "UPDATE", after=aside.begin):
        change()

    assert aside.outcome()
    assert list(verify()) == []
