"""The whole loop: told once, recognised the second time, remembered before the third."""

import json
import uuid

import pytest

from failonce.failures.models import Failure
from failonce.history.chain import verify
from failonce.lessons.models import Lesson
from failonce.modes.models import FailureMode
from failonce.people.models import Person
from failonce.preflight.models import Reminder
from tests.doors import call_api, run_cli, signed_in

EARLIER = (
    "The TLS certificate of the checkout gateway expired on a Sunday. Nobody watched its end date, "
    "and shops could not take card payments for two hours until we renewed the certificate by hand."
)
AGAIN = (
    "Card payments failed again: the TLS certificate of the checkout gateway expired, "
    "because the renewal by hand was forgotten and nobody watched the end date."
)
ELSEWHERE = [
    "A misplaced route announcement sent traffic for our mail relays through another network.",
    "The invoice run started twice and customers received two invoices for March.",
    "A schema change locked the orders table for nine minutes at noon.",
    "The search index was rebuilt on every start and the fans of the build host never rested.",
    "A firewall rule with a typo cut off the warehouse scanners.",
]
RISKY = """Renew the checkout gateway certificate by hand for another year

The TLS certificate of the checkout gateway ends next week. Issue a new one and copy it to
the gateway by hand, as last year; no monitoring of the end date is added.
"""
INNOCENT = "Correct two spelling mistakes in the onboarding guide for translators."


@pytest.mark.parametrize("leader_first", [False, True], ids=["colleague", "leader"])
def test_fail_once(ada: Person, bo: Person, cy: Person, leader_first: bool) -> None:
    ada.is_leader = leader_first
    ada.save(update_fields=["is_leader"])
    for story in ELSEWHERE:
        call_api(cy, "POST", "/failures", {"story": story, "started_at": "2026-01-10T08:00:00Z"})

    # Ada tells the first one from the terminal; it resembles nothing worth saying.
    first = run_cli(
        ada, "tell", "--title", "Checkout certificate expired", "--kind", "incident", "--service", "checkout",
        "--started", "2026-02-01T09:00Z", "--story", "-", "--json", stdin=EARLIER,
    )  # fmt: skip
    assert first.exit_code == 0, first.output
    earlier = json.loads(first.stdout)
    assert not any(match["said"] for match in earlier["resembles"])

    # Bo writes the second one on the page and is shown the first while typing, with the reason.
    browser, key = signed_in(bo), uuid.uuid4()
    beside = browser.post("/failures/resembling/", {"story": AGAIN}).content.decode()
    assert earlier["code"] in beside
    assert "certificate" in beside
    form = {"story": AGAIN, "kind": "incident", "visibility": "everyone", f"answer-{earlier['code']}": "yes"}
    told = browser.post(f"/failures/new/{key}/", form)
    later = Failure.objects.get(pk=int(told["Location"].strip("/").split("-")[-1]))

    # One click made them one failure mode.
    mode = FailureMode.objects.get()
    assert {row.failure.code for row in mode.occurrences.all()} == {earlier["code"], later.code}

    # Ada writes down what to remember.
    written = call_api(ada, "POST", "/lessons", {
        "failure": earlier["code"],
        "when_you": "renew a TLS certificate by hand",
        "remember": "to let something watch its end date and tell a team three weeks before",
        "because": "the certificate of the checkout gateway expired twice on a day when nobody looked",
        "technologies": ["tls"],
        "kinds_of_change": ["configuration"],
    })  # fmt: skip
    assert written.status_code == 201, written.content
    lesson = Lesson.objects.get()

    # Cy is about to do it again, and is reminded; an innocent change is left in peace.
    reminded = run_cli(cy, "preflight", "--service", "checkout", "--change", "-", "--json", stdin=RISKY)
    assert reminded.exit_code == 0, reminded.output
    reminders = json.loads(reminded.stdout)["reminders"]
    assert lesson.code in [reminder["code"] for reminder in reminders]
    assert len(reminders) <= 3
    assert reminders[0]["because"]
    quiet = run_cli(cy, "preflight", "--service", "checkout", "--change", "-", "--json", stdin=INNOCENT)
    assert json.loads(quiet.stdout)["reminders"] == []

    # Strict asks for an answer first; once given, the same change passes, and the lesson shows its use.
    strict = ("preflight", "--service", "checkout", "--change", "-", "--strict")
    assert run_cli(cy, *strict, stdin=RISKY).exit_code == 3
    for reminder in Reminder.objects.filter(preflight__asked_by=cy, answer=""):
        place = f"/preflights/{reminder.preflight.code}/reminders/{reminder.position}/answer"
        assert call_api(cy, "PUT", place, {"answer": "changed_plan"}).status_code == 200
    assert run_cli(cy, *strict, stdin=RISKY).exit_code == 0
    assert "changed" in signed_in(ada).get(lesson.get_absolute_url()).content.decode().lower()

    assert list(verify()) == []
