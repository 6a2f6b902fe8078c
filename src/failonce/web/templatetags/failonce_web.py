"""Filters and tags for every room's templates: stories, moments, chances, glyphs and drawings."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django import template
from django.forms import BaseForm
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from failonce.web import drawing, glyphs, stylesheet
from failonce.web import moments as say
from failonce.web.story import story_html

register = template.Library()


class Told(Protocol):
    """What a drawing needs to know of a failure."""

    code: str
    title: str
    kind: str
    started_at: datetime
    ended_at: datetime | None
    told_at: datetime


@register.filter
def story(text: str | None) -> SafeString:
    """Show Markdown: {{ failure.story|story }}, inside <div class="story" dir="auto">."""
    return story_html(text or "")


@register.filter
def when(moment: datetime | date | None) -> SafeString:
    """Show a moment to the minute: 19 Jul 2024, 04:09 UTC."""
    return say.when_html(moment)


@register.filter
def day(moment: datetime | date | None) -> SafeString:
    """Show the day alone, as lists do: 19 Jul 2024."""
    return say.when_html(moment, "j M Y")


@register.filter
def ago(moment: datetime) -> str:
    """Say how long ago: 3 months ago."""
    return say.relative(moment)


@register.filter
def lasting(length: timedelta) -> str:
    """Say how long: 18 h."""
    return say.lasting(length)


@register.filter
def chance(probability: float) -> SafeString:
    """Say a probability, about 8 times in 10, with the way to what it is made of."""
    said, way = say.chance(probability), reverse("ranking")
    return format_html(
        '<a class="chance" href="{}">{}<span class="unseen">, how this is reckoned</span></a>', way, said
    )


@register.filter
def address(email: str) -> SafeString:
    """Show an e-mail address, which a narrow column may break after its @ before anywhere else."""
    name, at, host = email.partition("@")
    return format_html("{}{}<wbr>{}", name, at, host)


@register.filter
def codes(text: object) -> SafeString:
    """Show a sentence with codes in it, as in L-1, changed plan."""
    return say.with_codes(str(text))


@register.filter
def in_words(value: str) -> str:
    """Say what the database calls not_sure or changed_plan."""
    return str(value).replace("_", " ")


@register.filter
def keeps_words(form: BaseForm) -> bool:
    """Whether a form that comes back holds all that was written: a password has to be typed again."""
    return all(field.widget_type != "password" for field in form)


@register.simple_tag
def kind_glyph(kind: str) -> SafeString:
    """Show a kind of failure: its sign and its word."""
    return glyphs.kind_glyph(kind)


@register.simple_tag
def stylesheet_address() -> str:
    """Return where the current stylesheet is."""
    return stylesheet.address()


@register.simple_tag(takes_context=True)
def masthead_link(context: template.Context, name: str, words: str) -> SafeString:
    """Link to a part of failonce, marked while one is inside it."""
    address = reverse(name)
    path = getattr(context.get("request"), "path", "")
    here = "page" if path == address else "true" if path.startswith(address) else "false"
    return format_html('<li><a href="{}" aria-current="{}">{}</a></li>', address, here, words)


@register.simple_tag
def failure_timeline(failure: Told) -> SafeString:
    """Draw when it began, ended and was told; empty when there is nothing to draw."""
    return drawing.failure_timeline(failure.started_at, failure.ended_at, failure.told_at)


@register.inclusion_tag("web/_occurrences.html")
def occurrence_strip(failures: Iterable[Told]) -> dict[str, Any]:
    """Draw every time a mode happened; list the same failures beside it, for those who read rather than look."""
    failures = sorted(failures, key=lambda one: one.started_at)
    seen = [drawing.Occurrence(one.started_at, one.code, one.title, str(one.kind) == "near_miss") for one in failures]
    return {
        "strip": drawing.occurrence_strip(seen) if seen else "",
        "in_words": drawing.in_words(seen),
    }


@register.simple_tag
def bar(value: float, usual: float, most: float) -> SafeString:
    """Draw how large a value is among others up to `most`, and what is usual; the row says the number."""
    return drawing.bar(value, usual, most)


@register.simple_tag
def ticks(moments: Iterable[datetime], years: int = 5) -> SafeString:
    """Draw a few ticks for a row of a list: how often in the last years."""
    now = timezone.now()
    since = now - timedelta(days=365.25 * years)
    seen = [moment for moment in moments if since <= moment <= now]
    return drawing.ticks(seen, since, now, f"{len(seen)} in the last {years} years")
