"""The catalogue in a browser: read, narrowed by words, imported, described by two people at once."""

import pytest

from failonce.catalogue.interchange import apply_catalogue
from failonce.catalogue.models import Service
from failonce.catalogue.writes import describe_service, services_named
from failonce.failures.models import Failure
from failonce.people.models import Person
from tests.browser.conftest import OpenBrowser
from tests.browser.looking import barriers, sticks_out
from tests.catalogue.test_interchange import HARBOUR

PAGES = [
    "/catalogue/",
    "/catalogue/services/berths/",
    "/catalogue/services/named-by-somebody/",
    "/catalogue/services/berths/describe/",
    "/catalogue/offerings/night-berth/",
    "/catalogue/offerings/night-berth/describe/",
    "/catalogue/audiences/ferries/",
    "/catalogue/audiences/ferries/describe/",
]


@pytest.fixture
def harbour_catalogue(root: Person, adas_failure: Failure) -> None:
    """The catalogue of a harbour, with a failure of its first service and a name nobody has described."""
    apply_catalogue(actor=root, data=HARBOUR)
    adas_failure.services.add(Service.objects.get(slug="berths"))
    services_named(actor=root, names=["Named by somebody", "W" * 120])


def test_everybody_can_use_it_on_any_screen(open_browser: OpenBrowser, root: Person, harbour_catalogue: None) -> None:
    wide, narrow = open_browser(root), open_browser(root, narrow=True, dark=True)
    found = []

    for address in PAGES:
        for page in (wide, narrow):
            page.goto(address)
            found += [f"{address}: {fault}" for fault in barriers(page) + sticks_out(page)]

    assert not found, "\n".join(found)


def test_words_narrow_the_list_while_they_are_typed(
    open_browser: OpenBrowser, root: Person, harbour_catalogue: None
) -> None:
    page = open_browser(root)
    page.goto("/catalogue/")

    page.get_by_label("Words in the name").type("night")

    page.wait_for_url("**/catalogue/?q=night")
    assert page.locator(".catalogue-row").all_inner_texts()[0].startswith("Night berth")
    assert page.locator(".catalogue-row").count() == 1


@pytest.mark.parametrize("javascript", [True, False])
def test_a_file_is_tried_and_then_imported(open_browser: OpenBrowser, root: Person, *, javascript: bool) -> None:
    page = open_browser(root, javascript=javascript)
    page.goto("/catalogue/import/")
    page.get_by_label("Or its text").fill(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: quay}\n---\nbroken: [\n"
    )

    page.get_by_role("button", name="Try it first").click()
    tried = page.locator("main").inner_text()
    page.get_by_role("button", name="Import").click()

    assert "nothing is kept" in tried
    assert "Document 2 of the text (line 6) is left out: it isn't YAML" in tried
    assert "1 added" in page.locator("main").inner_text()
    assert Service.objects.filter(slug="quay").exists()


def test_two_who_describe_at_once_see_both_texts(
    open_browser: OpenBrowser, root: Person, harbour_catalogue: None
) -> None:
    page = open_browser(root)
    page.goto("/catalogue/services/berths/describe/")
    describe_service(actor=root, slug="berths", read=1, description="Written meanwhile.")
    page.get_by_label("What it does, and for whom").fill("Written by me.")

    page.get_by_role("button", name="Save").click()

    assert "Written meanwhile." in page.locator("#theirs").inner_text()
    assert page.get_by_label("What it does, and for whom").input_value() == "Written by me."
    assert barriers(page) == []
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/catalogue/services/berths/")
    assert "Written by me." in page.locator("main").inner_text()
