"""A lesson written, a change reminded of it, the reminder answered: in a real browser, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from failonce.failures.models import Failure
from failonce.people.models import Person
from failonce.preflight.models import Reminder
from failonce.preflight.writes import ask_preflight
from tests.browser.conftest import OpenBrowser
from tests.browser.looking import barriers, sticks_out
from tests.preflight.cast import POOL, RISKY, learn, tell

DIFF = (
    f"{RISKY}\ndiff --git a/pool.yaml b/pool.yaml\n--- a/pool.yaml\n+++ b/pool.yaml\n@@ -1 +1 @@\n-max: 100\n+max: 60\n"
)


@pytest.fixture
def pool(ada: Person) -> Failure:
    """The failure that the risky change would repeat, among others."""
    for day, story in enumerate(("A switch lost power.", "The invoice run was late.", "Backups failed to copy.")):
        tell(ada, story, day)
    return tell(ada, POOL, 10)


def test_from_a_lesson_to_a_changed_plan(open_browser: OpenBrowser, bo: Person, pool: Failure) -> None:
    page = open_browser(bo)
    page.goto(pool.get_absolute_url())
    page.get_by_role("link", name="Write a lesson").click()
    page.get_by_label("When you").fill("Lower max_connections of a pool")
    page.get_by_label("remember").fill("that a retry opens a new connection.")
    assert barriers(page) + sticks_out(page) == []
    page.get_by_role("button", name="Keep this lesson").click()
    expect(page.get_by_role("alert").filter(has_text="Nothing you wrote is lost")).to_be_visible()
    expect(page.get_by_label("remember")).to_have_value("that a retry opens a new connection.")
    page.get_by_label("because").fill("the pool ran out of connections")
    page.get_by_role("button", name="Keep this lesson").click()
    expect(page).to_have_url(re.compile(r"/lessons/L-\d+/$"))
    sentence = "When you lower max_connections of a pool, remember that a retry opens a new connection"
    expect(page.get_by_role("heading", level=1)).to_contain_text(sentence)
    assert barriers(page) + sticks_out(page) == []

    page.get_by_role("link", name="Preflight").click()
    page.get_by_label("What is about to change?").fill(DIFF)
    page.get_by_role("button", name="What does it remind us of?").click()
    reminder = page.locator("#reminder-1")
    expect(reminder).to_contain_text(sentence)
    assert barriers(page) + sticks_out(page) == []
    reminder.get_by_role("button", name="It changed my plan").click()

    expect(reminder).to_contain_text("Bo changed the plan because of it")
    reminder.get_by_role("link", name="The lesson").click()
    expect(page.locator("#uses")).to_contain_text("Once the plan was changed because of it")
    assert barriers(page) + sticks_out(page) == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_reminder_that_does_not_apply_asks_why(
    open_browser: OpenBrowser, ada: Person, bo: Person, pool: Failure, javascript: bool
) -> None:
    learn(ada, pool)
    asked = ask_preflight(actor=bo, change=DIFF)
    page = open_browser(bo, narrow=True, javascript=javascript)
    page.goto(asked.get_absolute_url())
    reminder = page.locator("#reminder-1")

    reminder.get_by_role("button", name="It doesn't apply").click()
    expect(reminder).to_contain_text("Bo says it doesn't apply")
    if javascript:
        assert barriers(page) + sticks_out(page) == []
    reminder.get_by_label("Why not?").fill("Nothing retries here.")
    reminder.get_by_role("button", name="Say why").click()
    expect(reminder).to_contain_text("Nothing retries here.")

    # The reason stays with its answer, and doesn't travel with another one.
    reminder.get_by_role("button", name="I've read it").click()
    expect(reminder).to_contain_text("Bo read it")
    expect(reminder.locator(".answer")).not_to_contain_text("Nothing retries here.")
    assert Reminder.objects.get().reason == ""
    if javascript:
        assert barriers(page) + sticks_out(page) == []
