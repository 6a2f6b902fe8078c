"""Every component, in every way people look at it."""

import pytest
from playwright.sync_api import expect

from failonce.people.models import Person
from tests.browser.conftest import OpenBrowser
from tests.browser.looking import barriers, sticks_out

UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"


@pytest.mark.parametrize("dark", [False, True])
def test_every_component_can_be_used_by_everybody_once_unfolded(open_browser: OpenBrowser, dark: bool) -> None:
    page = open_browser(dark=dark, narrow=dark)
    page.goto("/styleguide/")
    page.evaluate(UNFOLD)

    assert barriers(page) == []


@pytest.mark.parametrize("width", [320, 640, 768, 1920])
def test_long_words_and_other_scripts_fit_in_both_directions(open_browser: OpenBrowser, width: int) -> None:
    page = open_browser()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/styleguide/")
    page.evaluate(UNFOLD)

    left_to_right = sticks_out(page)
    page.evaluate("document.documentElement.dir = 'rtl'")

    assert left_to_right + sticks_out(page) == []


def test_paper_and_forced_colours_show_the_words(open_browser: OpenBrowser) -> None:
    page = open_browser()
    page.emulate_media(forced_colors="active")
    page.goto("/styleguide/")
    expect(page.locator(".story").first).to_be_visible()

    page.emulate_media(media="print")

    expect(page.locator(".masthead .name")).to_be_visible()
    expect(page.locator(".story").first).to_be_visible()
    expect(page.locator("form").first).to_be_hidden()


def test_the_keyboard_meets_the_way_past_the_masthead_first(open_browser: OpenBrowser, ada: Person) -> None:
    page = open_browser(ada)
    page.goto("/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


def test_a_long_name_leaves_the_masthead_two_lines_on_a_phone(open_browser: OpenBrowser, ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(name="Ada " * 12)
    page = open_browser(ada, narrow=True)
    page.goto("/failures/")

    lines = {page.locator(f".masthead {part}").bounding_box()["y"] // 30 for part in (".name", ".tell", ".menu")}  # type: ignore[index]

    assert len(lines) == 1
    assert page.locator(".masthead").bounding_box()["height"] < 110  # type: ignore[index]
    page.locator(".menu > summary").click()
    assert sticks_out(page) == []


@pytest.mark.parametrize("width", [768, 1280])
def test_the_masthead_is_one_line_where_there_is_room(open_browser: OpenBrowser, ada: Person, width: int) -> None:
    page = open_browser(ada)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/failures/")

    assert page.locator(".masthead").bounding_box()["height"] < 80  # type: ignore[index]


def test_the_person_menu_opens_without_a_script(open_browser: OpenBrowser, ada: Person) -> None:
    page = open_browser(ada, javascript=False)
    page.goto("/")

    page.locator(".menu summary").click()

    expect(page.locator(".menu ul")).to_be_visible()
