"""Every component, in every way people look at it."""

import pytest
from playwright.sync_api import Page, expect

from failonce.catalogue.writes import services_named
from failonce.failures.models import Failure
from failonce.people.models import Person
from failonce.people.writes import invite_person
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


@pytest.mark.parametrize("width", [320, 1280])
def test_the_masthead_shows_the_whole_name_of_who_is_signed_in(
    open_browser: OpenBrowser, ada: Person, width: int
) -> None:
    Person.objects.filter(pk=ada.pk).update(name="Operator of this machine")
    page = open_browser(ada)
    page.set_viewport_size({"width": width, "height": 640})
    page.goto("/failures/")

    assert page.locator(".menu > summary").evaluate("one => one.scrollWidth <= one.clientWidth")


def lines_of(page: Page, text: str) -> int:
    """Return on how many lines a text stands, wherever it stands first."""
    return int(
        page.get_by_text(text).first.evaluate(
            """(element, text) => {
                const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
                while (texts.nextNode() && !texts.currentNode.data.includes(text)) {}
                const range = document.createRange();
                const from = texts.currentNode.data.indexOf(text);
                range.setStart(texts.currentNode, from);
                range.setEnd(texts.currentNode, from + text.length);
                return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
            }""",
            text,
        )
    )


def test_on_a_phone_what_can_be_done_to_a_row_is_in_sight(open_browser: OpenBrowser, root: Person) -> None:
    invite_person(actor=root, email="somebody.with.a.long.address@logistics.harbour.example")
    page = open_browser(root, narrow=True)
    page.goto("/people/")

    table = page.get_by_role("region", name="Open invitations")
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert lines_of(page, "Withdraw") == 1
    assert table.locator("time").evaluate("one => one.getClientRects().length") == 1
    assert sticks_out(page) == []


def test_on_a_phone_services_take_the_line_that_the_mode_leaves(
    open_browser: OpenBrowser, ada: Person, adas_failure: Failure
) -> None:
    adas_failure.services.set(services_named(actor=ada, names=["Database platform", "Deploy pipeline"])[0])
    page = open_browser(ada, narrow=True)
    page.goto("/failures/")

    assert lines_of(page, "Database platform, Deploy pipeline") == 1


def test_fields_side_by_side_stand_on_one_line_though_one_has_help(open_browser: OpenBrowser, root: Person) -> None:
    page = open_browser(root)
    page.goto("/catalogue/new/service/")

    def tops(what: str) -> set[float]:
        boxes = page.locator(f".fields > .field > {what}").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect())"
        )
        return {round(box["top"]) for box in boxes}

    assert len(tops("label")) == len(tops(":is(select, input)")) == 1


@pytest.mark.parametrize("dark", [False, True])
def test_a_removed_line_has_its_own_colour_and_sign(open_browser: OpenBrowser, dark: bool) -> None:
    page = open_browser(dark=dark)
    page.goto("/styleguide/")

    def look(what: str, how: str) -> str:
        return str(page.locator(f".listing {what}").first.evaluate(f"one => getComputedStyle(one).{how}"))

    assert len({look(what, "color") for what in ("del", "ins", ".where")}) == 3
    assert look("del", "borderInlineStartStyle") != look("ins", "borderInlineStartStyle")


def test_the_page_of_the_api_is_dark_where_all_others_are(open_browser: OpenBrowser, ada: Person) -> None:
    page = open_browser(ada, dark=True)
    page.goto("/api/docs")
    expect(page.locator("html")).to_have_css("background-color", "rgb(28, 32, 34)")

    page.emulate_media(color_scheme="light")

    expect(page.locator("html")).not_to_have_css("background-color", "rgb(28, 32, 34)")
