"""Every page that needs no more than its address: usable by everybody, on any screen, in light and dark."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from failonce.people.models import Person
from tests.browser.conftest import OpenBrowser
from tests.browser.looking import barriers, sticks_out
from tests.doors import signed_in


def addresses(patterns: list[URLPattern | URLResolver], above: str = "/") -> Iterator[str]:
    """Yield every address without a variable part, except the API's."""
    for pattern in patterns:
        address = above + str(pattern.pattern)
        if "<" in address or address.startswith("/api/"):
            continue
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, address)
        else:
            yield address


def by_room() -> dict[str, list[str]]:
    """Return the addresses by the first part of each."""
    rooms: dict[str, list[str]] = {}
    for address in sorted(set(addresses(get_resolver().url_patterns))):
        rooms.setdefault(address.split("/")[1] or "front", []).append(address)
    return rooms


def is_page(address: str, person: Person) -> bool:
    """Whether a person gets a page here; other addresses answer to forms only, send elsewhere, or give data."""
    answer = signed_in(person).get(address)
    assert answer.status_code in {200, 302, 405}, f"{address} answers {answer.status_code}"
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("room", by_room())
def test_everybody_can_use_every_page_on_any_screen(open_browser: OpenBrowser, root: Person, room):
    wide, narrow = open_browser(root), open_browser(root, narrow=True, dark=True)
    found = []

    for address in [address for address in by_room()[room] if is_page(address, root)]:
        for page in (wide, narrow):
            page.goto(address)
            found += [f"{address}: {fault}" for fault in barriers(page) + sticks_out(page)]

    assert not found, "\n".join(found)
