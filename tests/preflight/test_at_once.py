"""Two people answer the same reminder at once, each where they were shown it: neither waits for who waits for them."""

from django.db import transaction

from failonce.failures.models import Failure
from failonce.people.models import Person
from failonce.preflight.models import Reminder
from failonce.preflight.writes import answer_reminder, ask_preflight
from tests.overlap import Aside, at_statement, overlapping
from tests.preflight.cast import RISKY

pytestmark = overlapping


def test_an_answer_first_locks_the_same_reminder_everywhere_and_in_one_order(
    transactional_db: None, ada: Person, bo: Person, pool: Failure
) -> None:
    first, again = (ask_preflight(actor=person, change=RISKY).reminders.get() for person in (ada, bo))

    @transaction.atomic
    def those_free() -> list[Reminder]:
        return list(Reminder.objects.select_for_update(skip_locked=True))

    aside = Aside(those_free)
    with at_statement("ORDER BY", '"preflight_reminder"."id" ASC FOR ', after=aside.begin):
        answer_reminder(actor=ada, reminder=again, answer="read")

    assert aside.outcome() == []
    first.refresh_from_db()
    assert first.answer == "read"
