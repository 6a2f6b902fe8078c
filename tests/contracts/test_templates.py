"""What every template keeps to: pages that a strict policy lets through, and words that blame nobody."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import failonce

PACKAGE = Path(failonce.__file__).parent
TEMPLATES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.glob("*/templates/**/*") if path.is_file())
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
FRAGMENTS = [path for path in PAGES if path.name.startswith("_")]

COMMENT = re.compile(r"{#.*?#}|{% comment.*?%}.*?{% endcomment %}", re.DOTALL)
SHOWN_CODE = re.compile(r"{{ [\w.]+\.code }}|[FLMP]-{{ [\w.]+ }}")
TITLE = re.compile(r"{% block title %}.*?{% endblock %}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
# The policy forbids to evaluate text, which the browser does with the first kind and htmx with the others.
EVALUATED = re.compile(r"^(on|hx-on|hx-vars$)")
EVALUATED_VALUE = re.compile(r"^\s*(js|javascript):")
UNWELCOME = re.compile(r"culprit|violator|offender|root cause owner|\bfault of\b|blame score|\boops\b|!", re.IGNORECASE)


class Findings(HTMLParser):
    """Collects what a template would have to lose."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.unsafe: list[str] = []
        self.said: list[str] = []
        self.bare_codes: list[str] = []
        self._inside = ""
        self._classes: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element's name and attributes."""
        self._inside = tag
        self._classes = (dict(attrs).get("class") or "").split()
        line = f"line {self.getpos()[0]}: <{tag}"
        if tag == "style" or (tag == "script" and "src" not in dict(attrs)):
            self.unsafe.append(f"{line}> inside the page")
        for name, value in attrs:
            if name == "style" or EVALUATED.match(name) or EVALUATED_VALUE.match(value or ""):
                self.unsafe.append(f"{line} {name}>")
            if name in {"src", "href"} and tag != "a" and (value or "").startswith(("http:", "https:", "//")):
                self.unsafe.append(f"{line} {name}={value}>")
            if name in {"title", "alt", "placeholder", "aria-label", "value"} and value:
                self.said.append(value)

    def handle_data(self, data: str) -> None:
        """Keep what people read."""
        if self._inside != "script":
            self.said.append(data)
        if "F-0" in data and not {"code", "unseen"} & set(self._classes):
            self.bare_codes.append(f"line {self.getpos()[0]}: {data.strip()}")


def findings(template: str) -> Findings:
    """Return what was found in a template once Django's own language is taken out of it."""
    return Findings(TAG.sub("x", COMMENT.sub("", template)))


def text_of(path: Path) -> str:
    """Return a template as it is written."""
    return (PACKAGE / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_template_holds_no_style_script_or_address_of_elsewhere(path):
    assert findings(text_of(path)).unsafe == []


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_a_template_blames_nobody_and_does_not_shout(path):
    assert [said for said in findings(text_of(path)).said if UNWELCOME.search(said)] == []


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_code_is_shown_as_one_so_that_no_line_ends_within_it(path):
    shown = SHOWN_CODE.sub("F-0", TITLE.sub("", COMMENT.sub("", text_of(path))))

    assert Findings(TAG.sub("x", shown)).bare_codes == []


@pytest.mark.parametrize("path", FRAGMENTS, ids=str)
def test_a_fragment_says_what_it_takes(path):
    head = "\n".join(text_of(path).splitlines()[:3])

    assert "{% comment %}" in head, "begin with {% comment %}Takes: … {% endcomment %}"


@pytest.mark.parametrize(
    "template",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<button onclick="go()">',
        '<a hx-on:click="go()">',
        "<a hx-vals='js:{x: 1}'>",
        '<img src="https://elsewhere.example/x.png">',
        '<link href="//elsewhere.example/x.css">',
        '{% if x %}<p\n  style="{{ y }}">{% endif %}',
    ],
)
def test_what_the_policy_would_block_is_found(template):
    assert len(findings(template).unsafe) == 1


@pytest.mark.parametrize("words", ["Saved!", "Oops, try again", "Find the culprit", '<input placeholder="Go on!">'])
def test_unwelcome_words_are_found(words):
    assert any(UNWELCOME.search(said) for said in findings(words).said)


def test_what_is_welcome_passes():
    html = '{# ! #}{% if a != b %}<a href="https://example.org">Default of</a>{% endif %}<script src="/x.js"></script>'

    assert findings(html).unsafe == []
    assert not any(UNWELCOME.search(said) for said in findings(html).said)
