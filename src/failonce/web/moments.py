"""Moments, lengths of time, chances and codes, in the words people use."""

import re
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.dateformat import format as in_words
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

_CODE = re.compile(r"\b[FLMP]-[1-9][0-9]*\b")
NOT_KNOWN = "time not known"


def when_html(moment: datetime | date | None, pattern: str = "j M Y, H:i e") -> SafeString:
    """Return a moment exactly, with how long ago it was as a title."""
    if moment is None:
        return SafeString(NOT_KNOWN)
    if not isinstance(moment, datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), in_words(moment, "j M Y"))
    exact = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    shown = in_words(timezone.localtime(moment), pattern)
    return format_html('<time datetime="{}" title="{}">{}</time>', exact, relative(moment), shown)


def relative(moment: datetime) -> str:
    """Return how far away a moment is: "3 months ago", "in 2 days", "just now"."""
    now = timezone.now()
    if abs(now - moment) < timedelta(minutes=1):
        return "just now"
    if moment > now:
        return f"in {timesince(now, moment, depth=1)}".replace("\xa0", " ")
    return f"{timesince(moment, now, depth=1)} ago".replace("\xa0", " ")


def lasting(length: timedelta) -> str:
    """Return a length of time short enough for a drawing: "40 min", "18 h", "3 days", "2 years"."""
    minutes = length.total_seconds() / 60
    for size, unit, units in (
        (365.25 * 1440, " year", " years"),
        (30.44 * 1440, " month", " months"),
        (1440, " day", " days"),
        (60, " h", " h"),
    ):
        if minutes >= 1.5 * size:
            return f"{round(minutes / size)}{units}"
        # Between one and one and a half of a unit, the smaller unit says more: 75 min, 29 h.
        if 0.95 * size <= minutes < 1.05 * size:
            return f"1{unit}"
    return f"{max(1, round(minutes))} min"


def with_codes(text: str) -> SafeString:
    """Return a plain sentence as HTML, with each code in it (F-12, L-1, M-3, P-7) marked as one."""
    return SafeString(_CODE.sub(r'<span class="code">\g<0></span>', escape(text)))


def chance(probability: float) -> str:
    """Return a probability as people say one; never a certainty, since recall never is."""
    tenths = round(probability * 10)
    if tenths >= 10:
        return "more than 9 times in 10"
    if tenths <= 0:
        return "less than once in 10"
    return "about once in 10" if tenths == 1 else f"about {tenths} times in 10"
