"""What the front page asks: lessons whose date has come, then one line for each preflight that waits for answers."""

import re
from datetime import date

from failonce.failures.models import Failure
from failonce.failures.writes import withdraw_failure
from failonce.lessons.models import Lesson
from failonce.people.models import Person
from failonce.preflight.models import Preflight, Reminder
from failonce.preflight.writes import answer_reminder
from tests.doors import signed_in
from tests.preflight.cast import learn, tell


def ask(person: Person, change: str, *failures: Failure) -> Preflight:
    asked = Preflight.objects.create(asked_by=person, change=change, digest=change)
    for position, failure in enumerate(failures, start=1):
        Reminder.objects.create(preflight=asked, position=position, failure=failure, probability=0.5)
    return asked


def rows(person: Person) -> list[str]:
    page = signed_in(person).get("/").content.decode()
    asked = page.split('id="asked"')[1].split("</section>")[0] if 'id="asked"' in page else ""
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in asked.split('<li class="log-row">')[1:]]


def test_a_preflight_is_one_line_after_lessons_whose_date_has_come(ada: Person, bo: Person) -> None:
    failures = [tell(ada, f"The queue {number} filled up.") for number in range(3)]
    lesson = learn(ada, failures[0])
    Lesson.objects.update(renew_by=date(2026, 1, 1))
    first, second = ask(bo, "Empty the queue.", *failures), ask(bo, "Rollout plan\n\nAll at once.", *failures[:2])
    answer_reminder(actor=ada, reminder=second.reminders.get(position=2), answer="read")

    [of_lesson, newer, older] = rows(bo)

    assert f"{lesson.code} Is it still true?" in of_lesson
    assert newer.endswith(f"{second.code} Rollout plan one reminder open")
    assert older.endswith(f"{first.code} Empty the queue. 3 reminders open")


def test_nothing_is_asked_that_is_answered_hidden_withdrawn_or_somebody_elses(ada: Person, bo: Person) -> None:
    answered, hidden, withdrawn = (tell(ada, f"The queue {number} filled up.") for number in range(3))
    asked = ask(bo, "Empty the queue.", answered, hidden, withdrawn)
    assert rows(bo)

    answer_reminder(actor=bo, reminder=asked.reminders.get(position=1), answer="does_not_apply")
    Failure.objects.filter(pk=hidden.pk).update(visibility="restricted")
    withdraw_failure(actor=ada, failure=withdrawn)

    assert rows(bo) == rows(ada) == []
