"""A real browser before the real server: what every walk through the pages may ask for."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

from failonce.people.models import Person

HERE = Path(__file__).parent
# The first is the same Chromium without windows, which does these walks with less than half the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
ARGUMENTS = [
    "--disable-dev-shm-usage",  # containers give /dev/shm too little room
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no page may need anything from elsewhere
]
PATIENCE = 10_000  # milliseconds: ample for a page, and a test that waits in vain still ends
NARROW: Any = {"width": 320, "height": 640}
WIDE: Any = {"width": 1280, "height": 900}

OpenBrowser = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder as one that needs a browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A Chromium of this machine, started once; skips where there is none, or nothing to steer it with."""
    if CHROMIUM is None or not _can_steer():
        pytest.skip("needs Chromium (Debian: apt-get install chromium-headless-shell libatomic1)")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for asynchronous code of ours.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def _can_steer() -> bool:
    # Playwright is steered by a Node of its own, which does not start on a Debian without libatomic1.
    return subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True).returncode == 0


@pytest.fixture
def open_browser(chromium: Browser, live_server: LiveServer) -> Iterator[OpenBrowser]:
    """Open a browser of its own, signed in as a person if one is given, with `narrow`, `dark` or no `javascript`.

    When the test ends, nothing may have gone wrong in any of them that people would not be told of.
    """
    complaints: list[str] = []
    contexts = []

    def opened(
        person: Person | None = None, *, narrow: bool = False, dark: bool = False, javascript: bool = True
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport=NARROW if narrow else WIDE,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=javascript,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if person is not None:
            context.add_cookies([_session_of(person, live_server.url)])
        page = context.new_page()
        _listen(page, complaints)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _session_of(person: Person, url: str) -> Any:
    client = Client()
    client.force_login(person)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


def _listen(page: Page, complaints: list[str]) -> None:
    def on_console(message: ConsoleMessage) -> None:
        # A refused form is answered with 422, which the browser notes as a resource that failed to load;
        # what htmx notes of a request that found no server, the page tells people itself.
        told = ("Failed to load resource", "htmx:afterRequest", "htmx:sendError")
        if message.type == "error" and not message.text.startswith(told):
            complaints.append(f"{page.url}: {message.text}")

    def on_response(response: Response) -> None:
        broken_part = response.status >= 400 and response.request.resource_type not in {"document", "xhr", "fetch"}
        if response.status >= 500 or broken_part:
            complaints.append(f"{page.url}: {response.status} for {response.url}")

    page.on("console", on_console)
    page.on("response", on_response)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
