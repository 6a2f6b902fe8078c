"""The styleguide shows everything, error pages say what to do, and no page breaks the strict policy."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client

from failonce.failures.models import Kind
from failonce.web import glyphs, styleguide, stylesheet

SOURCE = Path(styleguide.__file__).parent.parent


def test_the_styleguide_shows_every_part_with_its_template(client: Client) -> None:
    page = client.get("/styleguide/").content.decode()

    assert page.count("Template to copy") == len(styleguide.parts()) > 20
    assert "&lt;li class=&quot;log-row&quot;&gt;" in page


def test_every_component_of_the_stylesheet_is_in_the_styleguide(client: Client) -> None:
    page = client.get("/styleguide/").content.decode()
    rules = "\n".join(file.read_text() for file in (stylesheet.FOLDER / "components").glob("*.css"))

    classes = set(re.findall(r"^  \.([a-z][\w-]+)", rules, re.MULTILINE))

    # The menu is for somebody signed in, messages for somebody who just did something.
    elsewhere = {"menu", "messages"}
    assert {name for name in classes if not re.search(rf'class="[^"]*\b{name}\b', page)} <= elsewhere


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_has_a_sign_and_a_word(kind: str) -> None:
    html = glyphs.kind_glyph(kind)

    assert "<svg" in html
    assert kind.replace("_", " ") in html


def test_a_kind_nobody_drew_keeps_its_word() -> None:
    assert glyphs.kind_glyph("alien<visit>") == '<span class="glyph">alien&lt;visit&gt;</span>'


def test_no_template_has_inline_style_or_script() -> None:
    inline = re.compile(r"""<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+\s*=|hx-on|hx-vals=.js:|javascript:""")

    found = [str(file) for file in SOURCE.rglob("*.html") if inline.search(file.read_text(encoding="utf-8"))]

    assert found == []


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_pages_for_when_all_else_fails_need_no_context(name: str) -> None:
    assert "Go to the front page" in render_to_string(name)


@pytest.mark.parametrize(
    "name", ["400.html", "421.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html", "refused.html"]
)
def test_error_pages_are_calm(name: str) -> None:
    page = render_to_string(name, {"words": [("story", "The queue filled up.")], "error": "Somebody saved in between."})

    text = re.sub(r"<[^>]+>", "", page.replace("<!doctype html>", ""))
    assert "!" not in text
    assert "Oops" not in text


def test_a_page_that_is_not_there_says_what_to_do(client: Client, db: None) -> None:
    client.raise_request_exception = False
    response = client.get("/nowhere/at/all/")

    assert response.status_code == 404
    assert "Check the code" in response.content.decode()


def test_htmx_is_the_version_we_checked() -> None:
    script = (SOURCE / "web" / "static" / "vendor" / "htmx" / "htmx.min.js").read_text(encoding="utf-8")

    assert 'version:"2.0.11"' in script
