"""The small drawn sign of each kind of failure: six equals, told apart by shape and word, not by alarm."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Sixteen units square, drawn with one pen. Each is a picture of what happened:
SHAPES = {
    # it went up, and had to come back
    "failed_deployment": '<path d="M4 14V6a3.5 3.5 0 0 1 7 0v7M8 10l3 3.5L14 10"/>',
    # an interrupted line
    "incident": '<path d="M1 8h4.5M5.5 3.5v9M10.5 3.5v9M10.5 8H15"/>',
    # something passed close by
    "near_miss": '<circle cx="7" cy="11" r="3"/><path d="M1 4.5h13M11 1.5l3 3-3 3"/>',
    # the proof-reader's caret: a word was missing here
    "mistake": '<path d="M1.5 5h13M4.5 13.5 8 8l3.5 5.5"/>',
    # a flask
    "failed_experiment": '<path d="M5.5 2h5M6.75 2v4.5L2.75 14h10.5l-4-7.5V2M4.75 10.5h6.5"/>',
    # steps, one of them not connected
    "process_failure": '<circle cx="3" cy="8" r="2"/><path d="M5 8h2"/><circle cx="9" cy="8" r="2"/>'
    '<path d="M14.5 4v8"/>',
}


def word_for(kind: str) -> str:
    """Return the kind in words."""
    return str(kind).replace("_", " ")


def kind_glyph(kind: str) -> SafeString:
    """Return the sign and its word; an unknown kind keeps its word and goes without a sign."""
    return format_html('<span class="glyph">{}{}</span>', sign(str(kind)), word_for(kind))


def sign(kind: str) -> SafeString:
    """Return the sign alone; it is never the only carrier of its meaning, so it has no text of its own."""
    if kind not in SHAPES:
        return SafeString("")
    return format_html(
        '<svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.5" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(SHAPES[kind]),  # noqa: S308  drawn above, by us
    )
