"""How a walk judges a page: can everybody use it, and does it fit a small screen?"""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# The rules of WCAG 2.2 up to AA, and what axe itself advises.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(element => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .filter(element => !element.closest("[tabindex='0'], pre, .table"))
    .map(element => element.outerHTML.slice(0, 120))"""


def barriers(page: Page) -> list[str]:
    """Return what would keep somebody from using this page, empty when nothing does."""
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['help']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def sticks_out(page: Page) -> list[str]:
    """Return the elements that make this page scroll sideways, empty when it fits."""
    if page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"):
        return []
    found: list[str] = page.evaluate(TOO_WIDE)
    return found or ["something that cannot be named"]
