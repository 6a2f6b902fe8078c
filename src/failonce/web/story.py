"""Turns people's Markdown into HTML that is safe to show and never outranks the page around it."""

import re
from collections.abc import Sequence
from itertools import groupby

import nh3
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from failonce.recall.traces import written_by_machine

# Rendering grows with length; past this a story is shown as it was typed, which takes no time at all.
LONGEST_RENDERED = 200_000
PAGE_HEADINGS = 2  # h1 is the page's, h2 its sections', so a story's first level is h3.

TAGS = {"p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
TAGS |= {"h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}

_FENCE = re.compile(r" {0,3}(?:```|~~~)")

# Pictures are off: the policy on every page would block them, and a picture on another host tells it who reads.
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")


def story_html(text: str) -> SafeString:
    """Return the story as HTML: Markdown with tables, no raw HTML, no scripts, links that pass on nothing."""
    if len(text) > LONGEST_RENDERED:
        return mark_safe(linebreaks(text, autoescape=True))  # noqa: S308  escaped in the same breath
    lines = re.split(r"\r\n|\r|\n", text)
    env = {"lines": lines, "traces": _traces(lines)}
    tokens = _markdown.parse(text, env)
    _lower_headings(tokens)
    html = _markdown.renderer.render(tokens, _markdown.options, env)
    return mark_safe(  # noqa: S308  this is where it is made safe
        nh3.clean(
            str(html),
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel="nofollow noopener",
        )
    )


def _traces(lines: list[str]) -> dict[int, int]:
    """Where each stack trace or log begins, among lines, and where it ends: a blank line or a fence parts two."""
    found: dict[int, int] = {}
    begin = 0
    for apart, group in groupby(lines, lambda line: not line.strip() or bool(_FENCE.match(line))):
        together = list(group)
        trace = slice(0) if apart else written_by_machine(together)
        if trace.stop:
            found[begin + trace.start] = begin + trace.stop
        begin += len(together)
    return found


def _trace_as_code(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Read a trace as code, as Markdown would run its lines together, or take one for a heading or a list.

    What the writer marked as code is never asked about; what stands indented in a list stays in the list.
    """
    traces = state.env["traces"]
    if start not in traces or 0 < state.blkIndent <= state.sCount[start]:
        return False
    if not silent:
        state.line = traces[start]
        state.push("code_block", "code", 0).content = "\n".join([*state.env["lines"][start : state.line], ""])
    return True


def _indented_trace(state: StateBlock, start: int, _end: int, _silent: bool) -> bool:
    """Have paragraphs ask about the next trace: past lines as indented as code, and into one, they go on unasked."""
    traces, ahead = state.env["traces"], start + 1
    while ahead not in traces and state.is_code_block(ahead) and not state.isEmpty(ahead):
        ahead += 1
    if ahead in traces and not state.blkIndent:
        state.sCount[ahead] = min(0, state.sCount[ahead])  # below 0, a quote in a list has the line
    return False


_markdown.block.ruler.after("fence", "trace", _trace_as_code, {"alt": ["paragraph", "reference", "blockquote"]})
_markdown.block.ruler.before("lheading", "indented_trace", _indented_trace, {"alt": ["paragraph"]})


def _lower_headings(tokens: Sequence[Token]) -> None:
    """Begin at the level below the page's sections, whatever level the writer began at, so that none is skipped."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) - highest + 1 + PAGE_HEADINGS)}"
