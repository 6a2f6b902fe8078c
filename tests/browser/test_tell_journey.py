"""Telling in a real browser: shown the repeat while typing, never losing a word, and without JavaScript."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from failonce.failures.models import Failure
from failonce.failures.telling import Telling
from failonce.failures.writes import tell_failure, withdraw_failure
from failonce.modes.memory import memory
from failonce.modes.models import FailureMode
from failonce.people.models import Person
from tests.browser.conftest import OpenBrowser
from tests.browser.looking import barriers, sticks_out

EARLIER = "The TLS certificate of the checkout gateway expired and nobody had watched its end date."
AGAIN = "Payments stopped because the TLS certificate of the checkout gateway expired again."


@pytest.fixture
def earlier(bo: Person) -> Failure:
    """A failure that Bo told a while ago, among others."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for day, story in enumerate(("A switch lost power.", "The invoice run was late.", "Backups failed to copy.")):
        tell_failure(actor=bo, telling=Telling(story=story, started_at=start + timedelta(days=day)))
    return tell_failure(actor=bo, telling=Telling(story=EARLIER, started_at=start)).failure


def test_a_repeat_is_shown_while_typing_and_linked_by_one_click(
    open_browser: OpenBrowser, ada: Person, earlier: Failure
) -> None:
    page = open_browser(ada)
    page.goto("/")
    page.get_by_role("link", name="Tell a failure").first.click()

    page.get_by_label("What happened?").press_sequentially(AGAIN)
    beside = page.locator("#resembling")
    expect(beside).to_contain_text(earlier.title)
    expect(beside).to_contain_text("certificate")
    beside.get_by_label("Yes").first.check()
    expect(page.locator("#draft-saved")).to_contain_text("Draft kept")
    assert barriers(page) + sticks_out(page) == []
    page.get_by_role("button", name="Tell it").click()

    expect(page).to_have_url(re.compile(r"/failures/F-\d+/$"))
    mode = FailureMode.objects.get()
    expect(page.locator("#resembles")).to_contain_text(mode.code)
    assert mode.occurrences.count() == 2
    assert barriers(page) + sticks_out(page) == []


@pytest.mark.parametrize("narrow", [True, False], ids=["under the story", "beside it"])
def test_what_it_resembles_stands_by_the_story(
    open_browser: OpenBrowser, ada: Person, earlier: Failure, *, narrow: bool
) -> None:
    page = open_browser(ada, narrow=narrow)
    page.goto("/failures/new/")
    page.get_by_label("What happened?").fill(AGAIN)
    expect(page.locator("#resembling")).to_contain_text(earlier.title)

    story, before, title = (page.locator(each).bounding_box() for each in ("#field-story", ".notes", "#field-title"))

    assert story
    assert before
    assert title
    if narrow:
        assert story["y"] + story["height"] <= before["y"]
        assert before["y"] + before["height"] <= title["y"]
    else:
        assert story["x"] + story["width"] <= before["x"]
        assert before["y"] == story["y"]
    assert barriers(page) + sticks_out(page) == []


def test_many_repeats_beside_the_form_do_not_pull_it_apart(open_browser: OpenBrowser, ada: Person) -> None:
    page = open_browser(ada)
    page.goto("/failures/new/")

    page.locator(".notes").evaluate("notes => { notes.style.minHeight = '3000px'; }")

    title, kind = (page.locator(each).bounding_box() for each in ("#id_title", "#field-kind"))
    assert title
    assert kind
    assert kind["y"] - (title["y"] + title["height"]) < 40


def test_words_survive_a_lost_connection_and_a_restart(open_browser: OpenBrowser, ada: Person) -> None:
    page = open_browser(ada)
    page.goto("/failures/new/")
    address = page.url
    story = page.get_by_label("What happened?")
    story.fill("First half.")
    expect(page.locator("#draft-saved")).to_contain_text("Draft kept")

    page.context.set_offline(True)
    story.press_sequentially(" Second half, typed on a train.")
    story.blur()
    assert page.evaluate("JSON.stringify(localStorage)").count("typed on a train") == 1
    page.close()
    again = page.context.new_page()
    page.context.set_offline(False)
    again.goto(address)

    expect(again.get_by_label("What happened?")).to_have_value("First half. Second half, typed on a train.")


def test_everything_works_without_javascript(open_browser: OpenBrowser, ada: Person, earlier: Failure) -> None:
    page = open_browser(ada, javascript=False, narrow=True)
    page.goto("/failures/new/")

    page.get_by_label("What happened?").fill(AGAIN)
    page.get_by_role("button", name="Has this happened before?").click()
    expect(page.locator("#resembling")).to_contain_text(earlier.title)
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_label("What happened?")).to_have_value(AGAIN)
    page.get_by_role("button", name="Tell it").click()
    expect(page).to_have_url(re.compile(r"/failures/F-\d+/$"))
    page.locator(f"#like-{earlier.code}").get_by_role("button", name="Yes").click()

    expect(page.locator("#resembles")).to_contain_text("M-")
    assert FailureMode.objects.get().occurrences.count() == 2


@pytest.mark.parametrize("javascript", [True, False])
def test_no_is_one_click_and_so_is_another_mind(
    open_browser: OpenBrowser, ada: Person, earlier: Failure, *, javascript: bool
) -> None:
    told = tell_failure(actor=ada, telling=Telling(story=AGAIN, started_at=datetime(2026, 5, 1, tzinfo=UTC))).failure
    page = open_browser(ada, javascript=javascript)
    page.goto(told.get_absolute_url())
    pair = page.locator(f"#like-{earlier.code}")
    folded = page.locator("#answered")

    pair.get_by_role("button", name="No", exact=True).click()

    expect(page.locator("#history")).to_contain_text(f"{earlier.code}, no")
    if javascript:
        expect(pair).to_be_hidden()
        folded.get_by_text("What was answered (1)").click()
        assert barriers(page) + sticks_out(page) == []
    expect(folded.get_by_role("button", name="No", exact=True)).to_have_attribute("aria-pressed", "true")
    pair.get_by_role("button", name="Yes").click()

    mode = page.locator("#facts").get_by_role("link", name="M-")
    expect(mode).to_be_visible()
    expect(page.locator("#history")).to_contain_text(f"{earlier.code}, yes")
    expect(page.locator("#resembles")).to_have_count(1)
    expect(folded).to_have_count(0)
    pair.get_by_role("button", name="Not sure").click()
    expect(pair).to_contain_text("answered: not sure")
    expect(pair).to_be_visible()


def test_an_answer_that_comes_too_late_says_so(
    open_browser: OpenBrowser, ada: Person, bo: Person, earlier: Failure
) -> None:
    told = tell_failure(actor=ada, telling=Telling(story=AGAIN, started_at=datetime(2026, 5, 1, tzinfo=UTC))).failure
    page = open_browser(ada)
    page.goto(told.get_absolute_url())
    withdraw_failure(actor=bo, failure=earlier)

    page.locator(f"#like-{earlier.code}").get_by_role("button", name="Yes").click()

    expect(page.locator("main")).to_contain_text(f"{earlier.code} was withdrawn, so nothing is linked to it any more.")
    expect(page.locator("h1")).to_have_count(1)


@pytest.mark.parametrize("javascript", [True, False])
def test_faint_likenesses_are_folded_while_telling(
    open_browser: OpenBrowser, monkeypatch: pytest.MonkeyPatch, ada: Person, earlier: Failure, *, javascript: bool
) -> None:
    search = memory.search
    monkeypatch.setattr(
        memory,
        "search",
        lambda *asked, **how: [replace(hit, said=False, probability=0.1) for hit in search(*asked, **how)],
    )
    page = open_browser(ada, javascript=javascript)
    page.goto("/failures/new/")
    beside, pair = page.locator("#resembling"), page.locator(f"#like-{earlier.code}")
    story = page.get_by_label("What happened?")

    def ask(text: str) -> None:
        story.fill(text)
        if not javascript:
            page.get_by_role("button", name="Has this happened before?").click()

    ask(AGAIN)
    expect(beside).to_contain_text("Nothing told earlier clearly resembles this so far.")
    expect(pair).to_be_hidden()
    beside.get_by_text("1 faint likeness").click()
    pair.get_by_label("No", exact=True).check()
    ask(f"{AGAIN} Two hours.")
    expect(beside).to_contain_text("Nothing else told earlier")
    beside.get_by_text("What you answered (1)").click()
    if javascript:
        assert barriers(page) + sticks_out(page) == []
        page.locator("#answered").evaluate("fold => { fold.dataset.before = ''; }")
        ask(f"{AGAIN} Two hours long.")
        expect(page.locator("#answered[data-before]")).to_have_count(0)
        expect(pair.get_by_label("No", exact=True)).to_be_checked()
    expect(pair).to_be_visible()
    pair.get_by_label("Yes").check()
    page.get_by_role("button", name="Tell it").click()

    expect(page.locator("#facts")).to_contain_text("M-")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_repeat_that_recall_missed_is_linked_by_its_code(
    open_browser: OpenBrowser, ada: Person, earlier: Failure, *, javascript: bool
) -> None:
    started_at = datetime(2026, 5, 1, tzinfo=UTC)
    told = tell_failure(actor=ada, telling=Telling(story="Kranwinde klemmt.", started_at=started_at)).failure
    page = open_browser(ada, javascript=javascript, narrow=True)
    page.goto(told.get_absolute_url())
    before = page.locator("#resembles")

    before.get_by_label("It repeats …").fill("F-999")
    before.get_by_role("button", name="Link it").click()
    expect(before).to_contain_text("There is no failure F-999 that you may read.")
    expect(before.get_by_label("It repeats …")).to_be_focused()
    expect(before.get_by_label("It repeats …")).to_have_value("F-999")
    if javascript:
        assert barriers(page) + sticks_out(page) == []
    before.get_by_label("It repeats …").fill(earlier.code)
    before.get_by_role("button", name="Link it").click()

    expect(page.get_by_role("status")).to_contain_text(f"{told.code} and {earlier.code} are linked now")
    expect(page.locator(f"#like-{earlier.code}")).to_contain_text("answered: yes")


def test_a_refused_telling_shows_what_to_do_and_keeps_every_word(open_browser: OpenBrowser, ada: Person) -> None:
    page = open_browser(ada)
    page.goto("/failures/new/")

    page.get_by_label("What happened?").fill(AGAIN)
    page.get_by_text("When and where").click()
    page.get_by_label("When did it start?").fill("2999-01-01T00:00")
    page.get_by_role("button", name="Tell it").click()

    expect(page.get_by_role("alert").first).to_contain_text("future")
    expect(page.get_by_label("What happened?")).to_have_value(AGAIN)
    assert barriers(page) == []
