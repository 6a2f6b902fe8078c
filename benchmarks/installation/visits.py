"""What a person and a pipeline wait for: pages, recall while typing, preflight; over HTTP, one after the other."""

import re
import sys
import time
from collections.abc import Callable, Sequence

import httpx

from benchmarks.installation.figures import Figure, percentile
from benchmarks.installation.server import Server

PAGES = {
    "front page": "/",
    "failures": "/failures/",
    "failures, page 100": "/failures/?page=100",
    "failures, searched": "/failures/?q=certificate",
    "a failure": "/failures/F-17/",
    "a failure, imported": "/failures/F-5000/",
    "tell": "/failures/new/",
    "modes": "/modes/",
    "a mode": "/modes/M-1/",
    "lessons": "/lessons/",
    "a lesson": "/lessons/L-1/",
    "preflight": "/preflight/",
    "services": "/catalogue/",
    "a service": "/catalogue/services/payments/",
    "history": "/history/",
    "people": "/people/",
}
VISITS = 40
_CHANGE = """Renew the certificate of the {thing}

diff --git a/certs/{thing}.yaml b/certs/{thing}.yaml
--- a/certs/{thing}.yaml
+++ b/certs/{thing}.yaml
@@ -1,2 +1,2 @@
-expires: 2026-12-14
+expires: 2027-12-14
"""


def figures(server: Server, stories: Sequence[str]) -> list[Figure]:
    """Return how long everything takes, and how heavy pages are."""
    with httpx.Client(base_url=server.address, timeout=60, follow_redirects=True) as browser:
        _sign_in(browser, server.link())
        found = _with_work(server, "recall as one types", lambda: _recall_while_typing(browser, stories))
        found += _with_work(server, "preflight", lambda: _preflights(server, stories))
        for name, path in PAGES.items():
            found += _page(server, browser, name, path)
        return [*found, _first_visit(browser)]


def _with_work(server: Server, name: str, measure: Callable[[], list[float]]) -> list[Figure]:
    """Return figures of what takes a person's time, and the processor's: the latter doesn't hang on what else runs."""
    before = server.processor_seconds()
    times = measure()
    work = (server.processor_seconds() - before) * 1000 / len(times)
    return [
        Figure(f"{name}, half of them", percentile(times, 0.5), "ms"),
        Figure(f"{name}, 95 of 100", percentile(times, 0.95), "ms", 150),
        Figure("  work of the processor, on average", work, "ms"),
    ]


def _sign_in(browser: httpx.Client, link: str) -> None:
    page = browser.get(link)
    browser.post(str(page.url), data={"csrfmiddlewaretoken": _token_in(page.text)})
    if browser.get("/failures/").url.path != "/failures/":
        raise SystemExit("The sign-in link didn't sign in.")


def _token_in(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return found[1] if found else ""


def _recall_while_typing(browser: httpx.Client, stories: Sequence[str]) -> list[float]:
    token = _token_in(browser.get("/failures/new/").text)
    headers = {"X-CSRFToken": token, "HX-Request": "true"}
    times = []
    for story in stories:
        # What is typed grows; a request goes out whenever the writer pauses.
        for part in (0.3, 0.6, 1.0):
            said = {"story": story[: max(20, int(len(story) * part))], "title": "", "services": []}
            times.append(_timed(lambda: browser.post("/failures/resembling/", data=said, headers=headers)))  # noqa: B023
    return times


def _preflights(server: Server, stories: Sequence[str]) -> list[float]:
    headers = {"Authorization": f"Bearer {server.token()}"}
    times = []
    with httpx.Client(base_url=server.address, timeout=60, headers=headers) as pipeline:
        for number, story in enumerate(stories):
            for change in (_CHANGE.format(thing=f"relay-{number}"), story[:400]):
                body = {"change": change, "services": ["payments"]}
                times.append(_timed(lambda: pipeline.post("/api/preflights", json=body)))  # noqa: B023
    return times


def _page(server: Server, browser: httpx.Client, name: str, path: str) -> list[Figure]:
    answer = browser.get(path)
    if answer.status_code == httpx.codes.NOT_FOUND:  # a small corpus has no 5,000th failure
        print(f"{path} isn't there; it is not measured.", file=sys.stderr)
        return []
    answer.raise_for_status()
    before = server.processor_seconds()
    times = [_timed(lambda: browser.get(path)) for _ in range(VISITS)]
    work = (server.processor_seconds() - before) * 1000 / VISITS
    return [
        Figure(f"{name}, 95 of 100", percentile(times, 0.95), "ms", 200),
        Figure("  work of the processor, on average", work, "ms"),
        Figure("  its HTML", len(answer.content) / 1000, "kB", 150),
    ]


def _first_visit(browser: httpx.Client) -> Figure:
    """Return the weight of everything a first visit to the front page loads, as it comes over the line."""
    page = browser.get("/")
    links = re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css|svg|woff2)[^"]*)"', page.text)
    sizes = []
    for address in ["/", *dict.fromkeys(links)]:
        with browser.stream("GET", address) as answer:
            sizes.append(sum(len(part) for part in answer.iter_raw()))
    return Figure("first visit to the front page, all of it", sum(sizes) / 1000, "kB", 150)


def _timed(ask: Callable[[], httpx.Response]) -> float:
    """Return the milliseconds that one request took; stop if it was no answer."""
    began = time.perf_counter()
    ask().raise_for_status()
    return (time.perf_counter() - began) * 1000
