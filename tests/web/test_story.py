"""Stories are Markdown; whatever they hold, the page they stand on stays safe and in order."""

import time

import pytest

from failonce.web.story import LONGEST_RENDERED, story_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("It was **late**.", "<p>It was <strong>late</strong>.</p>"),
        ("~~fixed~~", "<s>fixed</s>"),
        ("| a |\n|---|\n| 1 |", "<td>1</td>"),
        ("3. third", '<ol start="3">'),
        ("```\nrm -rf data\n```", "<pre><code>rm -rf data"),
        ("[runbook](https://example.org/x)", '<a href="https://example.org/x" rel="nofollow noopener">runbook</a>'),
    ],
)
def test_markdown_becomes_html(text: str, html: str) -> None:
    assert html in story_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[click](javascript:alert(1))",
        "[click](data:text/html,x)",
        "<p style='position:fixed'>x</p>",
        '[x](https://example.org "a" onclick=alert(1))',
        "<javascript:alert(1)>",
    ],
)
def test_nothing_in_a_story_can_run(text: str) -> None:
    html = story_html(text)

    assert "<script" not in html
    assert "<img" not in html
    assert "<p style" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert "<a onclick" not in html


def test_a_picture_elsewhere_becomes_a_link_and_is_not_fetched() -> None:
    html = story_html("![graph](https://example.org/graph.png)")

    assert "<img" not in html
    assert 'href="https://example.org/graph.png"' in html


@pytest.mark.parametrize(("text", "tag"), [("# Big", "h3"), ("## Big", "h3"), ("###### Big", "h3"), ("Big\n===", "h3")])
def test_headings_never_outrank_the_page(text: str, tag: str) -> None:
    assert story_html(text).startswith(f"<{tag}>")


def test_headings_keep_their_order_below_the_page() -> None:
    html = story_html("## Big\n\n### Next\n\n###### Small")

    assert "<h3>Big</h3>" in html
    assert "<h4>Next</h4>" in html
    assert "<h6>Small</h6>" in html


def test_a_stack_trace_keeps_its_lines() -> None:
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1\n    ~~~~^\nKeyError: 7\n'

    html = story_html(f"It said:\n{trace}\nWell.")

    assert html == f"<p>It said:</p>\n<pre><code>{trace}</code></pre>\n<p>Well.</p>\n"


LOG = "2026-11-29 10:12:01 a\n2026-11-29 10:12:02 b\n"
REQUIRED = """\
Error: Cannot find module 'pay'
Require stack:
- /srv/app/index.js
    at Module._resolve (node:internal/modules:1:2)
    at Module._load (node:internal/modules:3:4)
"""


@pytest.mark.parametrize(
    ("before", "trace", "after"),
    [
        ("", LOG, "---"),
        ("It said:\n", LOG, "==="),
        ("", f"{LOG}-------\n{LOG}", ""),
        ("", f"{LOG}# retry\n{LOG}", "It ended."),
        ("", REQUIRED, ""),
        ("It said:\n", REQUIRED, ""),
        ("- It said:\n", LOG, "It ended."),
        ("> It said:\n", LOG, ""),
        ("# It said:\n", LOG, "- and\n- so on"),
        ("It said:\n", f"    {LOG}", "It ended."),
        ("It\nsaid:\n", f"    {LOG}", "---"),
        ("It said:\n      more\n", f"    {LOG}", "---"),
        ("It said:\n\tmore\n\tand more\n", LOG, "It ended."),
        ("", LOG, "```\ncode\n```"),
        ("", LOG, f"```\n{LOG}```\nIt ended."),
    ],
)
def test_a_trace_keeps_its_lines_whatever_stands_around_it(before: str, trace: str, after: str) -> None:
    html = story_html(before + trace + after)

    assert f"<pre><code>{trace}</code></pre>" in html
    assert html.count("<pre>") == 1 + ("```" in after)
    assert html.count("<h3>") == before.startswith("#")
    assert ("<p>It ended.</p>" in html) == ("It ended." in after)


@pytest.mark.parametrize(
    "text",
    [
        "- Then\n  KeyError: 7 was told\n  and we went on.",
        "- Then\n      KeyError: 7\n      KeyError: 8",
        f"- a\n- {LOG}",
        "- > Then\n  INFO: a\n  INFO: b",
        "- > Then\n        more\n      INFO: a\n      INFO: b",
        "It\n- said:\n          more\n      INFO: a\n      INFO: b",
        f"> {LOG}",
    ],
)
def test_lists_and_quotes_of_people_stay(text: str) -> None:
    assert "<pre>" not in story_html(text)


def test_links_beside_a_trace_lead_where_they_led() -> None:
    html = story_html("See [the run][1] and\nINFO: a\nINFO: b\nand [it][1]\n\n[1]: https://x.example/")

    assert html.count('href="https://x.example/"') == 2


@pytest.mark.parametrize(
    "text",
    [
        "-   It said:\n\n    ```\n    2026-11-29 10:12:01 a\n    2026-11-29 10:12:02 b\n    ```\n\n-   next",
        "~~~\n```\n2026-11-29 10:12:01 a\n2026-11-29 10:12:02 b\n~~~\nok",
        "````\n```\n2026-11-29 10:12:01 a\n2026-11-29 10:12:02 b\n```\n````",
        "It said:\n      \n    2026-11-29 10:12:01 a\n    2026-11-29 10:12:02 b\n",
        "| x\x0by | z |\n|---|---|\n| 1 | 2 |",
    ],
)
def test_what_the_writer_marked_stays_as_it_is(text: str) -> None:
    html = story_html(text)

    assert html.count("<pre>") == ("2026" in text)
    assert "<table>" in html or "2026-11-29 10:12:01 a\n2026-11-29 10:12:02 b\n" in html


def test_a_trace_after_marked_code_keeps_its_lines_too() -> None:
    assert story_html("```disk```\n\nKeyError: 7\n  at once").count("<pre>") == 1


def test_many_traces_take_no_more_room_than_they_fill() -> None:
    text = "x" + "~" * 90_000 + "\n\n" + "KeyError:\nKeyError:\n\n" * 5_000

    assert len(story_html(text)) < 4 * len(text)


def test_a_very_long_story_is_shown_as_typed_and_at_once() -> None:
    text = "<b>*[" * LONGEST_RENDERED

    begun = time.perf_counter()
    html = story_html(text)

    assert time.perf_counter() - begun < 2
    assert html.startswith("<p>&lt;b&gt;*[")


@pytest.mark.parametrize("unit", ["[", "> ", "*a **a ", "- ", "`", "|a", "<a ", "![x]("])
def test_no_repeated_sign_makes_a_story_slow(unit: str) -> None:
    text = unit * (LONGEST_RENDERED // 10 // len(unit))

    begun = time.process_time()
    story_html(text)

    assert time.process_time() - begun < 2
