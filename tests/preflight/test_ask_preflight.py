"""Asking before a change: the same through every door, and what is never refused."""

import html
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from failonce.catalogue.models import Service
from failonce.failures.models import Failure
from failonce.failures.writes import withdraw_failure
from failonce.history.models import Entry
from failonce.lessons.writes import retire_lesson
from failonce.people.models import Person
from failonce.preflight.models import CHANGE_KEPT, Preflight, Reminder, reminders_for
from failonce.preflight.uses import uses_of
from failonce.preflight.writes import answer_reminder, ask_preflight
from tests.doors import call_api, run_cli, signed_in, token_of
from tests.preflight.cast import INNOCENT, POOL, RISKY, learn, tell


def through_the_page(person: Person, change: str) -> str:
    answer = signed_in(person).post("/preflight/", {"change": change, "more_services": "payments"})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).strip("/").split("/")[-1]


def through_the_api(person: Person, change: str) -> str:
    answer = call_api(person, "POST", "/preflights", {"change": change, "services": ["payments"]})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["code"])


def through_the_cli(person: Person, change: str) -> str:
    answer = run_cli(person, "preflight", "--service", "payments", "--change", "-", "--json", stdin=change)
    assert answer.exit_code == 0, answer.output
    return str(json.loads(answer.stdout)["preflight"])


every_door = pytest.mark.parametrize("door", [through_the_page, through_the_api, through_the_cli])


@every_door
def test_every_door_reminds_of_the_same_lesson(
    ada: Person, bo: Person, pool: Failure, door: Callable[[Person, str], str]
) -> None:
    lesson = learn(ada, pool)
    service = Service.objects.create(slug="payments", name="Payments")

    code = door(bo, RISKY)

    asked = Preflight.objects.get()
    assert asked.code == code
    assert (asked.asked_by, list(asked.services.all()), asked.notices) == (bo, [service], [])
    assert asked.change == RISKY
    [reminder] = asked.reminders.all()
    assert (reminder.code, reminder.failure, reminder.position, reminder.answer) == (lesson.code, pool, 1, "")
    assert reminder.probability > 0.5
    assert "max_connections" in " ".join(reminder.because)
    assert [entry.verb for entry in Entry.objects.of(code)] == ["preflight:run"]


@every_door
def test_every_door_leaves_an_innocent_change_in_peace(
    bo: Person, pool: Failure, door: Callable[[Person, str], str]
) -> None:
    door(bo, INNOCENT)

    assert Preflight.objects.get().reminders.count() == 0
    page = signed_in(bo).get(Preflight.objects.get().get_absolute_url()).content.decode()
    assert "Nothing comes to mind" in page


def named_on_the_page(person: Person, change: str, about: str) -> None:
    answer = signed_in(person).post("/preflight/", {"change": change, "about": about})
    assert answer.status_code == 302, answer.content.decode()


def named_by_api(person: Person, change: str, about: str) -> None:
    answer = call_api(person, "POST", "/preflights", {"change": change, "about": about})
    assert answer.json()["about"] == about


def named_in_the_terminal(person: Person, change: str, about: str) -> None:
    answer = run_cli(person, "preflight", "--about", about, "--strict", stdin=change)
    assert answer.exit_code == (0 if Reminder.objects.latest("pk").answer else 3), answer.output


@pytest.mark.parametrize("door", [named_on_the_page, named_by_api, named_in_the_terminal])
def test_a_named_change_keeps_its_answers_while_it_grows(
    ada: Person, bo: Person, pool: Failure, door: Callable[[Person, str, str], None]
) -> None:
    request = "https://git.example/shop/pull/17"
    door(bo, RISKY, request)
    first = Preflight.objects.get()
    answer_reminder(actor=ada, reminder=first.reminders.get(), answer="does_not_apply", reason="No retries here.")

    door(bo, RISKY + "\n\nAnd one further commit.", request)
    grown = Preflight.objects.latest("pk")
    door(bo, RISKY + "\n\nAnother change.", "https://git.example/shop/pull/18")
    other = Preflight.objects.latest("pk")

    assert (grown.about, grown.reminders.get().reason, grown.reminders.get().answered_by) == (
        request, "No retries here.", ada,
    )  # fmt: skip
    assert other.reminders.get().answer == ""
    assert request in signed_in(bo).get(grown.get_absolute_url()).content.decode()
    assert uses_of(pool).changes == 2


def test_answering_a_named_change_answers_what_it_was_before(ada: Person, bo: Person, pool: Failure) -> None:
    first = ask_preflight(actor=bo, change=RISKY, about="shop#17")
    grown = ask_preflight(actor=bo, change=RISKY + "\n\nMore.", about=" shop#17\n")

    answer_reminder(actor=ada, reminder=grown.reminders.get(), answer="read")

    assert first.reminders.get().answer == "read"


def test_a_name_too_long_is_said_and_left_out(bo: Person, pool: Failure) -> None:
    answer = call_api(bo, "POST", "/preflights", {"change": RISKY, "about": "x" * 300}).json()

    assert answer["about"] == ""
    assert "has 300 characters; up to 200 fit" in answer["notices"][0]


def test_a_failure_without_a_lesson_is_the_reminder_itself(bo: Person, pool: Failure) -> None:
    answer = call_api(bo, "POST", "/preflights", {"change": RISKY}).json()

    [reminder] = answer["reminders"]
    assert (reminder["code"], reminder["kind"], reminder["title"]) == (pool.code, "failure", pool.title)
    assert reminder["url"].endswith(f"/failures/{pool.code}/")


def test_the_page_shows_the_change_the_reason_and_three_answers(ada: Person, bo: Person, pool: Failure) -> None:
    lesson = learn(ada, pool)
    code = through_the_api(bo, RISKY)

    page = signed_in(ada).get(f"/preflight/{code}/").content.decode()

    for shown in ("connections that", lesson.remember, "Both speak of", f"/lessons/{lesson.code}/"):
        assert shown in page
    for answer in ("read", "changed_plan", "does_not_apply"):
        assert f'value="{answer}"' in page
    assert page.index("max_connections") < page.index("Both speak of")


def test_the_terminal_says_it_in_words(ada: Person, bo: Person, pool: Failure) -> None:
    lesson = learn(ada, pool)

    answer = run_cli(bo, "preflight", stdin=RISKY)

    assert answer.exit_code == 0
    assert f"{lesson.code}  {lesson.sentence}" in answer.stdout
    assert "both speak of" in answer.stdout
    assert f"/lessons/{lesson.code}/" in answer.stdout
    hint = '1 read|changed_plan|does_not_apply [--reason "…"]'
    assert f"failonce preflight answer {Preflight.objects.get().code} {hint}" in answer.stdout
    assert "one reminder. Answer it at http" in answer.stderr


def test_the_json_is_what_scripts_were_promised(ada: Person, bo: Person, pool: Failure) -> None:
    learn(ada, pool)

    said = json.loads(run_cli(bo, "preflight", "--json", stdin=RISKY).stdout)

    assert list(said) == ["reminders", "preflight"]
    [reminder] = said["reminders"]
    assert list(reminder) == ["code", "kind", "title", "probability", "because", "url", "answer"]
    types: dict[str, Any] = {name: type(value) for name, value in reminder.items()}
    assert types | {"because": list} == types
    assert types["probability"] is float


def test_a_change_comes_from_a_file_too(bo: Person, pool: Failure, tmp_path) -> None:
    file = tmp_path / "change.diff"
    file.write_text(RISKY)

    found = run_cli(bo, "preflight", "--change", str(file))
    missing = run_cli(bo, "preflight", "--change", str(tmp_path / "nothing"))

    assert pool.code in found.stdout
    assert missing.exit_code == 2
    assert "can't be read" in missing.stderr


def test_strict_exits_3_while_a_reminder_is_unanswered(bo: Person, pool: Failure) -> None:
    assert run_cli(bo, "preflight", "--strict", stdin=INNOCENT).exit_code == 0
    assert run_cli(bo, "preflight", stdin=RISKY).exit_code == 0
    assert run_cli(bo, "preflight", "--strict", stdin=RISKY).exit_code == 3

    code = f"P-{Preflight.objects.latest('pk').pk}"
    assert run_cli(bo, "preflight", "answer", code, "1", "read").exit_code == 0
    assert run_cli(bo, "preflight", "--strict", stdin=RISKY).exit_code == 0


def test_a_lesson_stands_in_for_its_failure_and_a_retired_one_does_not(ada: Person, pool: Failure) -> None:
    lesson = learn(ada, pool)
    assert codes_for(ada, RISKY) == [lesson.code]

    retire_lesson(actor=ada, lesson=lesson, because="The pool is gone.")

    assert codes_for(ada, RISKY) == [pool.code]


def test_what_was_withdrawn_reminds_nobody(ada: Person, pool: Failure) -> None:
    lesson = learn(ada, pool)
    assert codes_for(ada, RISKY) == [lesson.code]

    withdraw_failure(actor=ada, failure=pool)

    assert not {lesson.code, pool.code} & set(codes_for(ada, RISKY))


def test_a_restricted_failure_reminds_those_named_only(ada: Person, bo: Person, cy: Person, others) -> None:
    hidden = tell(ada, POOL, 10, visibility="restricted", readers=(bo.email,))
    lesson = learn(ada, hidden)

    assert codes_for(bo, RISKY) == [lesson.code]
    assert not {lesson.code, hidden.code} & set(codes_for(cy, RISKY))


def test_what_somebody_else_was_reminded_of_is_shown_to_those_named_only(ada: Person, cy: Person, others) -> None:
    hidden = tell(ada, POOL, 10, visibility="restricted")
    asked = ask_preflight(actor=ada, change=RISKY)
    assert asked.reminders.count() == 1

    assert reminders_for(cy, asked) == []
    assert hidden.title not in signed_in(cy).get(asked.get_absolute_url()).content.decode()
    assert call_api(cy, "GET", f"/preflights/{asked.code}").json()["reminders"] == []
    body = {"answer": "read"}
    assert call_api(cy, "PUT", f"/preflights/{asked.code}/reminders/1/answer", body).status_code == 404


def test_a_diff_reminds_by_the_paths_it_touches(ada: Person, pool: Failure) -> None:
    lesson = learn(ada, pool, paths=("config/pool*.yaml",))
    diff = "--- a/config/pool-main.yaml\n+++ b/config/pool-main.yaml\n-max_connections: 40\n+max_connections: 60\n"

    [reminder] = reminders_for(ada, ask_preflight(actor=ada, change=diff))

    assert reminder.code == lesson.code
    assert "touches config/pool-main.yaml, one of config/pool*.yaml" in reminder.because


@every_door
def test_a_hunk_that_no_diff_has_can_be_asked_about_and_read(
    ada: Person, pool: Failure, door: Callable[[Person, str], str]
) -> None:
    words = "\n\n".join(f"Step {n} renames alpha{n} to beta{n}." for n in range(60))

    code = door(ada, f"--- a/x.yml\n+++ b/x.yml\n@@ -1,{'9' * 5_000} +1,2 @@\n-x\n+y\n\n{words}")

    assert signed_in(ada).get(f"/preflight/{code}/").status_code == 200


@every_door
def test_an_unknown_service_is_said_never_refused(
    bo: Person, pool: Failure, door: Callable[[Person, str], str]
) -> None:
    code = door(bo, RISKY)

    assert "payments isn't in the catalogue" in " ".join(Preflight.objects.get().notices)
    assert Service.objects.count() == 0
    page = html.unescape(signed_in(bo).get(f"/preflight/{code}/").content.decode())
    assert "payments isn't in the catalogue" in page


def test_too_many_and_too_long_names_are_said_never_refused(bo: Person, others) -> None:
    names = [f"service {number}" for number in range(60)] + ["x" * 500]

    answer = call_api(bo, "POST", "/preflights", {"change": RISKY, "services": names})

    assert answer.status_code == 201
    notices = " ".join(answer.json()["notices"])
    assert "10 more services were left out" in notices
    assert "xxxx…" in notices


@pytest.mark.parametrize("change", ["", " \n\t\r\n"])
def test_an_empty_change_is_nothing_to_look_at(bo: Person, change: str) -> None:
    page = signed_in(bo).post("/preflight/", {"change": change, "more_services": "payments"})
    api = call_api(bo, "POST", "/preflights", {"change": change})
    terminal = run_cli(bo, "preflight", "--strict", "--json", stdin=change)

    assert (page.status_code, "nothing to look at" in page.content.decode()) == (422, True)
    assert 'value="payments"' in page.content.decode()
    assert (api.status_code, "nothing to look at" in api.json()["fields"]["change"]) == (422, True)
    assert (terminal.exit_code, json.loads(terminal.stdout)) == (0, {"reminders": []})
    assert "nothing to look at" in terminal.stderr
    assert Preflight.objects.count() == 0


@pytest.mark.parametrize("change", [b"\x00\x01\xff\xfe" * 5_000, b"\xed\xa0\x80 \x00", "٠١٢ 変更 🚢".encode()])
def test_anything_may_be_asked_about(bo: Person, pool: Failure, change: bytes) -> None:
    assert run_cli(bo, "preflight", "--strict", stdin=change).exit_code == 0
    assert Preflight.objects.count() == 1
    assert signed_in(bo).get(Preflight.objects.get().get_absolute_url()).status_code == 200


def test_a_long_change_is_looked_at_in_part_and_that_is_said(ada: Person, bo: Person, pool: Failure) -> None:
    learn(ada, pool, paths=("config/pool.yaml",))
    vendored = "+one more vendored line\n" * 100_000
    change = f"{RISKY}\n{vendored}\n--- a/config/pool.yaml\n+++ b/config/pool.yaml\n"

    said = run_cli(bo, "preflight", stdin=change)
    by_api = call_api(bo, "POST", "/preflights", {"change": change}).json()

    assert "first 200,000 characters" in said.stderr
    assert "touches config/pool.yaml" in said.stdout
    assert "first 200,000 characters" in " ".join(by_api["notices"])
    assert {len(asked.change) for asked in Preflight.objects.all()} == {CHANGE_KEPT}
    assert len({asked.digest for asked in Preflight.objects.all()}) == 1


def test_a_stranger_and_a_token_without_the_scope_are_not_answered(bo: Person) -> None:
    assert call_api(None, "POST", "/preflights", {"change": "x"}).status_code == 401
    headers = {"Authorization": f"Bearer {token_of(bo, ['read'])}"}
    body = json.dumps({"change": "x"})
    answer = Client().post("/api/preflights", body, content_type="application/json", headers=headers)
    assert answer.status_code == 403
    assert "'preflight'" in answer.json()["detail"]
    assert Preflight.objects.count() == 0


def test_a_code_nobody_gave_out_is_not_found(bo: Person) -> None:
    for code in ("P-1", "F-1", "P-99999999999999999999", "x"):
        assert signed_in(bo).get(f"/preflight/{code}/").status_code == 404
        assert call_api(bo, "GET", f"/preflights/{code}").status_code == 404


def test_the_page_for_asking_lists_ones_own_questions(bo: Person, cy: Person, pool: Failure) -> None:
    ask_preflight(actor=bo, change=RISKY)
    ask_preflight(actor=cy, change="Somebody else's change")

    page = signed_in(bo).get("/preflight/").content.decode()

    assert "Lower max_connections" in page
    assert "one answer open" in page
    assert "Somebody else" not in page


def codes_for(person: Person, change: str) -> list[str]:
    """Return what this change reminds this person of, by code."""
    return [reminder.code for reminder in reminders_for(person, ask_preflight(actor=person, change=change))]
