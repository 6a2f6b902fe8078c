"""Turns people's Markdown into HTML that is safe to show and never outranks the page around it."""

import re
from collections.abc import Sequence

import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from failonce.recall.traces import written_by_machine

# Rendering grows with length; past this a story is shown as it was typed, which takes no time at all.
LONGEST_RENDERED = 200_000
PAGE_HEADINGS = 2  # h1 is the page's, h2 its sections', so a story's first level is h3.

TAGS = {"p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
TAGS |= {"h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}

# Pictures are off: the policy on every page would block them, and a picture on another host tells it who reads.
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


def story_html(text: str) -> SafeString:
    """Return the story as HTML: Markdown with tables, no raw HTML, no scripts, links that pass on nothing."""
    if len(text) > LONGEST_RENDERED:
        return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308  escaped in the same breath
    tokens = _with_traces_as_code(text)
    _lower_headings(tokens)
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return mark_safe(  # noqa: S308  this is where it is made safe
        nh3.clean(
            str(html),
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel="nofollow noopener",
        )
    )


def _with_traces_as_code(text: str) -> list[Token]:
    """Return the text's tokens with stack traces and logs as code: in a paragraph their lines would run into one another."""
    lines = re.split(r"\r\n|\r|\n", text)
    links: dict[str, object] = {}
    found: list[Token] = []
    skipped = 0
    for token in _markdown.parse(text, links):
        if skipped:
            skipped -= 1
            continue
        paragraph = lines[slice(*token.map)] if token.type == "paragraph_open" and not token.level and token.map else []
        trace = written_by_machine(paragraph)
        if not trace.stop:
            found.append(token)
            continue
        code = Token("code_block", "code", 0, content="\n".join([*paragraph[trace], ""]))
        before, after = ("\n".join(part) for part in (paragraph[: trace.start], paragraph[trace.stop :]))
        found += [*_markdown.parse(before, links), code, *_markdown.parse(after, links)]
        skipped = 2  # what the paragraph holds, and its end
    return found


def _lower_headings(tokens: Sequence[Token]) -> None:
    """Begin at the level below the page's sections, whatever level the writer began at, so that none is skipped."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) - highest + 1 + PAGE_HEADINGS)}"
