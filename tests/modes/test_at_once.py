"""Two people answer about the same failures at once, and neither is turned away."""

from django.db import transaction

from failonce.failures.api import TellIn, ToldOut, tell_for
from failonce.failures.models import Failure
from failonce.failures.writes import withdraw_failure
from failonce.modes.models import Answer, FailureMode
from failonce.modes.writes import answer_repeat
from failonce.people.models import Person
from tests.modes.test_answer_repeat import AGAIN, FIRST, tell
from tests.overlap import Aside, at_statement, overlapping

pytestmark = overlapping
LOCKS_FAILURES = ('FROM "failures_failure"', " FOR ", "UPDATE")


def telling(person: Person, repeats: Failure) -> Aside:
    """Return a telling that says so when it wants the failures, which somebody else holds."""

    def work() -> ToldOut:
        with at_statement(*LOCKS_FAILURES, before=aside.reach):
            return tell_for(person, TellIn(story=AGAIN, answers={repeats.code: "yes"}))

    aside = Aside(work)
    return aside


def test_telling_a_repeat_and_answering_about_it_both_come_to_an_end(
    transactional_db: None, ada: Person, bo: Person
) -> None:
    first, second = tell(ada, FIRST, 10), tell(ada, "A switch lost power.", 20)
    aside = telling(ada, repeats=first)

    with at_statement(*LOCKS_FAILURES, after=aside.begin):
        answer_repeat(actor=bo, failure=second, other=first, value="yes")

    assert aside.outcome().notices == []
    assert Answer.objects.filter(value="yes").count() == 2
    assert FailureMode.objects.get().occurrences.count() == 3


def test_a_withdrawal_in_between_is_seen(transactional_db: None, ada: Person, bo: Person) -> None:
    first = tell(ada, FIRST, 10)
    aside = telling(bo, repeats=first)

    with transaction.atomic():
        withdraw_failure(actor=ada, failure=Failure.objects.get(pk=first.pk))
        aside.begin()

    assert aside.outcome().notices == [f"{first.code} was withdrawn, so nothing is linked to it any more."]
    assert FailureMode.objects.count() == 0
