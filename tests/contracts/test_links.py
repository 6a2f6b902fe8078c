"""Every link of every page of the demo leads somewhere, as far as one gets by following them."""

from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import pytest
from django.test import Client

from failonce.demo import VISITOR
from failonce.demo.loading import load
from failonce.people.models import Person
from tests.doors import signed_in
from tests.settings import TEST_DATABASE_URL

ADMINISTRATOR = "demo-dana@demo.example"


class Page(HTMLParser):
    """What a page links to, and the places in it that can be linked to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places = {""}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link or a place; the parser calls this by its name."""
        said = dict(attrs)
        self.places.add(said.get("id") or "")
        if tag in {"a", "link"}:
            self.links.append(said.get("href") or "")


def dead_links(client: Client, start: str, seen: set[str]) -> Iterator[str]:
    """Yield every link that leads nowhere, on a walk from one page to all it leads to and that aren't `seen` yet."""
    waiting = {start: "the address line"}
    while waiting:
        address, came_from = waiting.popitem()
        response = client.get(address, follow=True)
        if response.status_code >= 400:
            yield f"{came_from} links to {address}, which answers {response.status_code}"
        if not response.headers["Content-Type"].startswith("text/html"):
            continue
        page = Page(response.content.decode())
        for target, place in (urldefrag(urljoin(address, link)) for link in page.links):
            if target == address and place not in page.places:
                yield f"{address} links to #{place}, which it doesn't have"
            # A form that a link has filled in is the same form; the next page of a list holds other links.
            known_by = target if "page=" in target else target.partition("?")[0]
            if target.startswith("/") and not target.startswith("/static/") and known_by not in seen:
                seen.add(known_by)
                waiting[target] = address


@pytest.mark.skipif(bool(TEST_DATABASE_URL), reason="links don't hang on the database, and the walk is long")
@pytest.mark.django_db
def test_every_link_leads_somewhere() -> None:
    load()
    seen: set[str] = set()
    visitor, administrator = (signed_in(Person.objects.get(email=email)) for email in (VISITOR, ADMINISTRATOR))

    dead = [
        *dead_links(Client(), "/sign-in/", seen),
        *dead_links(visitor, "/", seen),
        *dead_links(visitor, "/styleguide/", seen),
        *dead_links(administrator, "/people/", seen),
        *dead_links(administrator, "/catalogue/", seen),
    ]

    assert not dead, "\n".join(dead)
    assert len(seen) > 150, "the walk has ended early"
