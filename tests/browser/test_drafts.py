"""Nobody loses a word: not to a lost connection, not to a restart, not to somebody else's save."""

from typing import Any

from django.conf import settings
from playwright.sync_api import Page, expect

from failonce.catalogue.models import Audience
from failonce.failures.models import Failure
from failonce.people.models import Person
from tests.browser.conftest import OpenBrowser
from tests.doors import signed_in

WORDS = "The queue filled up, and the alarm went to a list that nobody reads."


def story(page: Page) -> Any:
    return page.get_by_label("What happened?")


def start_writing(page: Page, address: str) -> None:
    page.goto(address)
    story(page).fill(WORDS)
    page.wait_for_function("words => Object.values(localStorage).some(kept => kept.includes(words))", arg=WORDS)


def test_words_survive_a_lost_connection(open_browser: OpenBrowser, ada: Person, adas_failure: Failure) -> None:
    edit = f"{adas_failure.get_absolute_url()}edit/"
    page = open_browser(ada)
    start_writing(page, edit)
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("chrome-error://**")

    page.context.set_offline(False)
    page.goto(edit)

    expect(story(page)).to_have_value(WORDS)
    expect(page.get_by_role("status")).to_contain_text("is back; it isn't saved yet")


def test_words_in_what_was_folded_away_come_back_in_sight(
    open_browser: OpenBrowser, ada: Person, adas_failure: Failure
) -> None:
    Audience.objects.create(slug="shop-teams", name="Shop teams")
    page = open_browser(ada)
    page.goto(f"{adas_failure.get_absolute_url()}edit/")
    page.get_by_text("Whom it hit").click()
    page.get_by_text("And another").first.click()
    page.get_by_label("What they lost").nth(1).fill("Every order of that evening.")

    page.reload()

    expect(page.get_by_label("What they lost").nth(1)).to_have_value("Every order of that evening.")
    expect(page.get_by_label("What they lost").nth(1)).to_be_visible()
    expect(page.get_by_label("Readers, if only those named")).to_be_hidden()


def test_words_can_be_let_go(open_browser: OpenBrowser, ada: Person, adas_failure: Failure) -> None:
    edit = f"{adas_failure.get_absolute_url()}edit/"
    page = open_browser(ada)
    start_writing(page, edit)
    page.reload()

    page.get_by_role("button", name="Discard it").click()
    expect(story(page)).to_have_value(adas_failure.story)
    page.reload()

    expect(story(page)).to_have_value(adas_failure.story)
    expect(page.get_by_text("is back")).to_have_count(0)


def test_what_was_saved_is_not_kept_twice(open_browser: OpenBrowser, ada: Person, adas_failure: Failure) -> None:
    edit = f"{adas_failure.get_absolute_url()}edit/"
    page = open_browser(ada)
    start_writing(page, edit)

    page.get_by_role("button", name="Save").click()
    expect(page.locator(".story").first).to_contain_text(WORDS)

    page.wait_for_function("() => localStorage.length === 0")
    assert "failonce_draft_done" not in page.evaluate("document.cookie")


def test_what_was_refused_is_still_kept(open_browser: OpenBrowser, ada: Person, adas_failure: Failure) -> None:
    edit = f"{adas_failure.get_absolute_url()}edit/"
    page = open_browser(ada)
    start_writing(page, edit)
    page.evaluate("document.querySelector('[name=started_at]').value = '2999-01-01T00:00'")

    page.get_by_role("button", name="Save").click()

    expect(story(page)).to_have_value(WORDS)
    assert page.evaluate("localStorage.length") == 1


def test_words_do_not_undo_what_was_saved_since(open_browser: OpenBrowser, ada: Person, adas_failure: Failure) -> None:
    edit = f"{adas_failure.get_absolute_url()}edit/"
    page = open_browser(ada)
    start_writing(page, edit)
    page.goto("/failures/")
    Failure.objects.filter(pk=adas_failure.pk).update(story="Saved elsewhere.")

    page.goto(edit)
    expect(story(page)).to_have_value("Saved elsewhere.")
    page.get_by_role("button", name="Put mine in").click()

    expect(story(page)).to_have_value(WORDS)


def test_another_person_at_the_same_browser_sees_nothing(open_browser: OpenBrowser, ada: Person, bo: Person) -> None:
    page = open_browser(ada)
    page.goto("/failures/new/")
    start_writing(page, page.url)

    session = signed_in(bo).cookies[settings.SESSION_COOKIE_NAME].value
    kept = next(cookie for cookie in page.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME)
    page.context.add_cookies([{**kept, "value": session}])  # type: ignore[typeddict-item]
    address = page.url
    page.goto("/failures/")
    page.goto(address)

    expect(story(page)).to_have_value("")


def test_a_background_save_that_fails_says_so(open_browser: OpenBrowser, ada: Person) -> None:
    page = open_browser(ada)
    page.route("**/draft/", lambda route: route.abort())
    page.goto("/failures/new/")

    story(page).press_sequentially("The queue")

    expect(page.locator("#trouble")).to_contain_text("can't be reached")


def test_a_save_that_waits_is_let_go_when_the_story_is_told(open_browser: OpenBrowser, ada: Person) -> None:
    page = open_browser(ada)
    saves: list[str] = []
    page.on("request", lambda request: saves.append(request.url) if request.url.endswith("/draft/") else None)
    page.clock.install()
    page.goto("/failures/new/")
    address = page.url
    page.route(address, lambda route: route.fulfill(status=204))  # the page stays, as while an answer is on its way
    story(page).fill(WORDS)

    with page.expect_request(address):
        page.get_by_role("button", name="Tell it").click()
    page.clock.fast_forward(5000)
    assert page.evaluate("document.querySelectorAll('.htmx-request').length") == 0
    assert saves == []

    story(page).press_sequentially(" And more.")
    page.clock.fast_forward(5000)
    expect(page.locator("#draft-saved")).to_contain_text("Draft kept")
