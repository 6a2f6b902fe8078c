"""Time and weights, drawn as SVG with attributes only, always beside the same thing in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import log1p

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from failonce.web.moments import lasting

# Positions are percentages of the drawing's width, so that it fits any page while its text keeps its size.
EDGE = 0.5
MOST_LABELS = 5
MONTHS_APART = (1, 3, 6, 12, 24, 60, 120, 240)


@dataclass(frozen=True, slots=True)
class Axis:
    """Where a moment stands between two others."""

    since: datetime
    until: datetime

    def at(self, moment: datetime) -> float:
        """Return the place of a moment in percent of the width."""
        whole = (self.until - self.since) / timedelta(seconds=1)
        share = (moment - self.since) / timedelta(seconds=1) / whole if whole else 0.5
        return EDGE + (100 - 2 * EDGE) * min(1.0, max(0.0, share))

    def labels(self) -> list[tuple[datetime, str]]:
        """Return at most five dates worth naming: the first of years or months, or else where it begins and ends."""
        for months in MONTHS_APART:
            firsts = list(_firsts_of_months(self.since, self.until, months))
            if 2 <= len(firsts) <= MOST_LABELS:
                return [(first, f"{first.year}" if months >= 12 else f"{first:%b} {first.year}") for first in firsts]
        ends = [self.since] if self.since == self.until else [self.since, self.until]
        return [(end, f"{end.day} {end:%b} {end.year}") for end in ends]


def _firsts_of_months(since: datetime, until: datetime, apart: int) -> Iterable[datetime]:
    number = since.year * 12 + since.month - 1
    number += -number % apart
    while True:
        first = since.replace(
            year=number // 12, month=number % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0
        )
        if first > until:
            return
        if first >= since:
            yield first
        number += apart


def line(x1: float, x2: float, y: float, kind: str, width: float = 1) -> SafeString:
    """Return a level line."""
    return format_html(
        '<line x1="{}%" x2="{}%" y1="{}" y2="{}" class="{}" stroke="currentColor" stroke-width="{}"/>',
        *(f"{x:.2f}" for x in (x1, x2)), y, y, kind, width,
    )  # fmt: skip


def stem(x: float, y1: float, y2: float, kind: str, width: float = 1) -> SafeString:
    """Return an upright line."""
    return format_html(
        '<line x1="{0}%" x2="{0}%" y1="{1}" y2="{2}" class="{3}" stroke="currentColor" stroke-width="{4}"/>',
        f"{x:.2f}", y1, y2, kind, width,
    )  # fmt: skip


def dot(x: float, y: float, kind: str, radius: float = 4.5, title: str = "") -> SafeString:
    """Return a dot; what it stands for appears when one rests on it."""
    return format_html(
        '<circle cx="{}%" cy="{}" r="{}" class="{}" fill="currentColor" stroke-width="1.5"><title>{}</title></circle>',
        f"{x:.2f}", y, radius, kind, title,
    )  # fmt: skip


def words(x: float, y: float, text: str) -> SafeString:
    """Return a label that stays inside the drawing: at an edge it begins or ends there."""
    anchor = "start" if x < 8 else "end" if x > 92 else "middle"
    return format_html('<text x="{}%" y="{}" text-anchor="{}">{}</text>', f"{x:.2f}", y, anchor, text)


def drawing(parts: Sequence[SafeString], height: int, text: str) -> SafeString:
    """Return the whole drawing with its text alternative; time runs from left to right in every language."""
    return format_html(
        '<svg role="img" aria-label="{}" width="100%" height="{}" direction="ltr">{}</svg>',
        text, height, format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def gaps(moments: Sequence[datetime]) -> list[float]:
    """Place moments in order so that minutes and months both show: the longer a gap, the less each hour adds."""
    sizes = [log1p((b - a).total_seconds() / 60) for a, b in pairwise(moments)]
    # A gap narrower than a label would put two labels on top of each other.
    least = 0.22 * sum(sizes) or 1.0
    sizes = [max(size, least) for size in sizes]
    places, place = [0.0], 0.0
    for size in sizes:
        place += size
        places.append(place)
    return [EDGE + (100 - 2 * EDGE) * here / (place or 1) for here in places]


def failure_timeline(started_at: datetime, ended_at: datetime | None, told_at: datetime | None) -> SafeString:
    """Draw when a failure began, when it ended and when it was told; nothing when all was within a minute."""
    marks = [(started_at, "began", "mark")]
    if ended_at:
        marks.append((ended_at, "ended", "mark"))
    if told_at and told_at >= started_at:
        marks.append((told_at, "told", "told"))
    marks.sort(key=lambda mark: mark[0])
    moments = [moment for moment, _, _ in marks]
    if moments[-1] - moments[0] < timedelta(minutes=1):
        return SafeString()
    places = gaps(moments)
    parts = [line(places[0], places[-1], 26, "axis")]
    if ended_at:
        parts.append(line(places[0], places[moments.index(ended_at)], 26, "lasted", 5))
    said = [_said(marks[0])]
    for (moment, name, kind), x, (earlier, _, _), before in zip(marks[1:], places[1:], marks, places, strict=False):
        parts.append(words((before + x) / 2, 16, lasting(moment - earlier)))
        parts.append(_moment(moment, name, kind, x))
        said.append(f"{lasting(moment - earlier)} later {_said((moment, name, kind))}")
    parts.insert(1, _moment(*marks[0], places[0]))
    return drawing(parts, 50, "; ".join(said) + ".")


def _moment(moment: datetime, name: str, kind: str, x: float) -> SafeString:
    return dot(x, 26, kind, 5, f"{moment:%Y-%m-%d %H:%M}") + words(x, 46, name)


def _said(mark: tuple[datetime, str, str]) -> str:
    moment, name, _ = mark
    return f"{name} {moment.day} {moment:%b %Y, %H:%M}"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time a failure mode happened, or nearly did."""

    at: datetime
    code: str
    title: str
    nearly: bool = False


def occurrence_strip(occurrences: Sequence[Occurrence], now: datetime | None = None) -> SafeString:
    """Draw every time a mode happened, up to today, so that a long quiet end can be seen."""
    happened = sorted(occurrences, key=lambda one: one.at)
    now = max(now or timezone.now(), happened[-1].at)
    axis = Axis(happened[0].at, now)
    levels = _levels([axis.at(one.at) for one in happened])
    ground = 30 + 12 * max(levels)
    parts = [
        line(EDGE, axis.at(happened[-1].at), ground, "axis"),
        line(axis.at(happened[-1].at), 100 - EDGE, ground, "grid"),
    ]
    labels = axis.labels()
    for first, name in labels:
        parts += [stem(axis.at(first), ground, ground + 5, "axis"), words(axis.at(first), ground + 19, name)]
    if not labels or axis.at(labels[-1][0]) < 85:
        parts.append(words(100 - EDGE, ground + 19, "now"))
    named = _far_apart([axis.at(one.at) for one in happened])
    for one, level in zip(happened, levels, strict=True):
        x, y = axis.at(one.at), ground - 12 - 12 * level
        parts.append(stem(x, y, ground, "lasted"))
        parts.append(dot(x, y, "open" if one.nearly else "mark", title=f"{one.code} {one.title}"))
        if named:
            parts.append(words(x, y - 9, one.code))
    text = "; ".join(f"{one.at.day} {one.at:%b %Y} {one.code}" for one in happened)
    return drawing(parts, ground + 24, f"{in_words(happened, now)} {text}.")


def in_words(occurrences: Sequence[Occurrence], now: datetime | None = None) -> str:
    """Say how often, since when, and how long it has been quiet."""
    if not occurrences:
        return "Nothing is known to have happened this way yet."
    happened = sorted(occurrences, key=lambda one: one.at)
    quiet = lasting(max((now or timezone.now()) - happened[-1].at, timedelta()))
    last = f"{happened[-1].at:%b %Y}"
    if len(happened) == 1:
        return f"Once, in {last}, {quiet} ago."
    return f"{len(happened)} times since {happened[0].at:%b %Y}; the last time {quiet} ago."


def _levels(places: Sequence[float]) -> list[int]:
    """Stack what would otherwise hide behind its neighbour, at most four high."""
    levels: list[int] = []
    for i, place in enumerate(places):
        crowded = i > 0 and place - places[i - 1] < 1.6
        levels.append(min(3, levels[-1] + 1) if crowded else 0)
    return levels


def _far_apart(places: Sequence[float]) -> bool:
    return all(b - a >= 15 for a, b in pairwise(places))


def ticks(moments: Sequence[datetime], since: datetime, until: datetime, text: str) -> SafeString:
    """Draw a few ticks on a line, small enough to stand in a row of a list."""
    axis = Axis(since, until)
    parts = [line(0, 100, 14, "axis")]
    parts += [stem(axis.at(moment), 4, 14, "mark", 2) for moment in sorted(moments) if since <= moment <= until]
    return format_html(
        '<svg class="ticks" role="img" aria-label="{}" width="112" height="18" direction="ltr">{}</svg>',
        text, format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def bar(value: float, usual: float, most: float) -> SafeString:
    """Draw how large a value is among others up to `most`, with a stroke at what is usual where that differs."""
    share, mark = (100 * abs(each) / (most or 1) for each in (value, usual))
    parts = [format_html('<rect y="2" width="{}%" height="6" fill="currentColor"/>', f"{share:.2f}")]
    if abs(share - mark) >= 0.5:
        parts.append(stem(mark, 0, 10, "usual", 2))
    return format_html(
        '<svg class="bar" width="100%" height="10" aria-hidden="true" focusable="false">{}</svg>',
        format_html_join("", "{}", ((part,) for part in parts)),
    )
