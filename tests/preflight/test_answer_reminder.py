"""Read it, changed my plan, doesn't apply, and why if one likes: through every door, and kept for the same change."""

import json
from collections.abc import Callable

import pytest

from failonce.cli.preflight import ANSWERS
from failonce.failures.models import Failure
from failonce.history.models import Entry
from failonce.people.models import Person
from failonce.preflight.models import Preflight, Reminder
from failonce.preflight.uses import uses_of
from failonce.preflight.writes import answer_reminder, ask_preflight
from tests.doors import call_api, run_cli, signed_in
from tests.preflight.cast import RISKY, learn


@pytest.fixture
def asked(ada: Person, pool: Failure) -> Preflight:
    learn(ada, pool)
    return ask_preflight(actor=ada, change=RISKY)


def by_page(person: Person, asked: Preflight, answer: str, reason: str = "") -> bool:
    address = f"/preflight/{asked.code}/reminders/1/answer/"
    return signed_in(person).post(address, {"answer": answer, "reason": reason}).status_code == 302


def by_api(person: Person, asked: Preflight, answer: str, reason: str = "") -> bool:
    body = {"answer": answer, "reason": reason}
    return bool(call_api(person, "PUT", f"/preflights/{asked.code}/reminders/1/answer", body).status_code == 200)


def by_cli(person: Person, asked: Preflight, answer: str, reason: str = "") -> bool:
    return run_cli(person, "preflight", "answer", asked.code, "1", answer, "--reason", reason).exit_code == 0


Door = Callable[..., bool]
every_door = pytest.mark.parametrize("door", [by_page, by_api, by_cli])


@every_door
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("read", ""),
        ("changed_plan", "Raised it first."),
        ("does_not_apply", "Not here."),
        ("does_not_apply", ""),
    ],
)
def test_every_door_keeps_every_answer(bo: Person, asked: Preflight, door: Door, answer: str, reason: str) -> None:
    assert door(bo, asked, answer, reason)

    reminder = asked.reminders.get()
    assert (reminder.answer, reminder.reason, reminder.answered_by) == (answer, reason, bo)
    assert reminder.answered_at is not None
    entry = Entry.objects.of(asked.code)[0]
    assert (entry.verb, entry.details["answer"]) == ("reminder:answer", answer)


def test_the_page_asks_why_it_does_not_apply_once_that_is_answered(bo: Person, asked: Preflight) -> None:
    def shown() -> str:
        return signed_in(bo).get(asked.get_absolute_url()).content.decode().split('id="reminder-1"')[1]

    assert "Why not?" not in shown()
    by_page(bo, asked, "does_not_apply")
    assert '<details class="reason" open>' in shown()
    assert "Why not?" in shown()
    by_page(bo, asked, "does_not_apply", "No retries here.")
    assert '<details class="reason">' in shown()
    assert "No retries here.</textarea>" in shown()


def test_the_terminal_asks_why_it_does_not_apply(bo: Person, asked: Preflight) -> None:
    said = [run_cli(bo, "preflight", "answer", asked.code, "1", "does_not_apply", *why).stderr for why in
            ((), ("--reason", "No retries here."))]  # fmt: skip

    assert ["Why not?" in each and '--reason "…"' in each for each in said] == [True, False]


@every_door
def test_an_answer_nobody_knows_is_refused(bo: Person, asked: Preflight, door: Door) -> None:
    assert not door(bo, asked, "perhaps")

    assert asked.reminders.get().answer == ""


@every_door
def test_the_last_answer_stands(ada: Person, bo: Person, asked: Preflight, door: Door) -> None:
    assert door(bo, asked, "does_not_apply", "No retries here.")
    assert door(ada, asked, "changed_plan")

    reminder = asked.reminders.get()
    assert (reminder.answer, reminder.reason, reminder.answered_by) == ("changed_plan", "", ada)
    assert Entry.objects.of(asked.code)[0].details["before"]["reason"] == "No retries here."


def test_a_refused_reason_is_still_in_the_form(bo: Person, asked: Preflight) -> None:
    address = f"/preflight/{asked.code}/reminders/1/answer/"
    said = {"answer": "does_not_apply", "reason": "too long " * 300}

    whole = signed_in(bo).post(address, said)
    part = signed_in(bo).post(address, said, headers={"HX-Request": "true"})

    for answer in (whole, part):
        assert answer.status_code == 422
        assert "too long too long" in answer.content.decode()
        assert "2,699 characters" in answer.content.decode()
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()


def test_htmx_gets_the_answered_reminder_back(bo: Person, asked: Preflight) -> None:
    address = f"/preflight/{asked.code}/reminders/1/answer/"

    answer = signed_in(bo).post(address, {"answer": "read"}, headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'data-state="answered"' in page
    assert "Bo read it" in page
    assert "<html" not in page


def test_the_same_change_asked_again_finds_its_answers(ada: Person, bo: Person, asked: Preflight) -> None:
    by_api(bo, asked, "does_not_apply", "No retries here.")

    again = call_api(ada, "POST", "/preflights", {"change": RISKY.replace("\n", "\r\n"), "services": ["x"]}).json()
    other = call_api(ada, "POST", "/preflights", {"change": RISKY + " And more."}).json()

    [reminder] = again["reminders"]
    assert (reminder["answer"], reminder["reason"]) == ("does_not_apply", "No retries here.")
    assert Reminder.objects.get(preflight=int(again["code"][2:])).answered_by == bo
    assert other["reminders"][0]["answer"] == ""


def test_an_answer_holds_wherever_the_same_change_was_asked(
    ada: Person, bo: Person, pool: Failure, asked: Preflight
) -> None:
    again = ask_preflight(actor=bo, change=RISKY)

    by_page(ada, asked, "read")
    assert again.reminders.get().answer == "read"

    by_page(ada, again, "changed_plan")
    assert asked.reminders.get().answer == "changed_plan"
    assert uses_of(pool).sentence == "Shown before one change. Once the plan was changed because of it."


def test_a_lesson_written_since_is_not_answered_yet(ada: Person, pool: Failure) -> None:
    before = ask_preflight(actor=ada, change=RISKY)
    answer_reminder(actor=ada, reminder=before.reminders.get(), answer="read")
    lesson = learn(ada, pool)

    reminder = ask_preflight(actor=ada, change=RISKY).reminders.get()

    assert (reminder.code, reminder.answer) == (lesson.code, "")


def test_a_place_without_a_reminder_is_not_found(bo: Person, asked: Preflight) -> None:
    for position in ("0", "2", "99"):
        body = {"answer": "read"}
        assert call_api(bo, "PUT", f"/preflights/{asked.code}/reminders/{position}/answer", body).status_code == 404
    assert run_cli(bo, "preflight", "answer", asked.code, "3", "read").exit_code == 1
    assert run_cli(bo, "preflight", "answer", asked.code, "4", "read").exit_code == 2


def test_the_terminal_answers_in_json_too(bo: Person, asked: Preflight) -> None:
    said = run_cli(bo, "preflight", "answer", asked.code, "1", "changed_plan", "--json")

    assert json.loads(said.stdout)["answer"] == "changed_plan"
    assert "changed the plan" in said.stderr


def test_the_terminal_names_every_answer() -> None:
    assert list(Reminder.Answer.values) == list(ANSWERS)


def test_the_lesson_and_its_failure_show_where_they_were_of_use(ada: Person, bo: Person, pool: Failure) -> None:
    lesson = learn(ada, pool)
    assert uses_of(lesson).sentence == "No change has been reminded of this yet."

    for change, answer, reason in (
        (RISKY, "changed_plan", "Raised the limit first."),
        (RISKY, "changed_plan", "Raised the limit first."),
        (RISKY + " For staging.", "changed_plan", ""),
        (RISKY + " For tests.", "does_not_apply", "No retries here."),
        (RISKY + " For one.", "read", ""),
        (RISKY + " For two.", "", ""),
    ):
        asked = ask_preflight(actor=bo, change=change)
        if answer:
            answer_reminder(actor=bo, reminder=asked.reminders.get(), answer=answer, reason=reason)

    for subject in (lesson, pool):
        uses = uses_of(subject)
        assert uses.sentence == (
            "Shown before 5 changes. Twice the plan was changed because of it, once it was read, once it didn't apply "
            "and one waits for an answer."
        )
        assert uses.changed_plans == 2
        assert [row.answer for row in uses.answers] == ["read", "does_not_apply", "changed_plan", "changed_plan"]
        page = signed_in(ada).get(subject.get_absolute_url()).content.decode()
        assert "A plan was changed because of this: " in page
        assert "Raised the limit first." in page
        assert "No retries here." in page
        assert "Bo" not in page.split('id="uses"')[1].split("</section>")[0]
