"""What a service needs and what needs it, drawn: needed on the right, needing on the left."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from failonce.catalogue.models import Service

DRAWN = 8  # on each side; the lists beside the drawing have all
_ROW = 34
_BOX = 28
_LEFT, _MIDDLE, _RIGHT, _WIDE = 0, 35, 70, 30  # percent of the width, so that text keeps its size on any page


def dependencies(service: Service, needed_by: Sequence[Service], needs: Sequence[Service]) -> SafeString:
    """Return the drawing, with a sentence as its text alternative; empty if there is nothing to draw."""
    if not needed_by and not needs:
        return SafeString("")
    rows = max(1, min(DRAWN + 1, len(needed_by)), min(DRAWN + 1, len(needs)))
    height = rows * _ROW
    centre = height / 2
    parts = [
        *_side(needed_by, _LEFT, height, (_LEFT + _WIDE, _MIDDLE)),
        *_side(needs, _RIGHT, height, (_RIGHT, _MIDDLE + _WIDE)),
        _box(service.name, "", _MIDDLE, centre, is_itself=True),
    ]
    # A group, not an image: an image would hide the links in it from those who can't see them.
    return format_html(
        '<svg height="{}" role="group" aria-label="{}" direction="ltr">{}</svg>',
        height,
        in_words(service, needed_by, needs),
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def in_words(service: Service, needed_by: Sequence[Service], needs: Sequence[Service]) -> str:
    """Return the drawing as a sentence."""
    return f"{service.name} needs {_named(needs)}, and is needed by {_named(needed_by)}."


def _side(others: Sequence[Service], x: int, height: int, ends: tuple[int, int]) -> list[SafeString]:
    shown = [(other.name, other.get_absolute_url()) for other in others[:DRAWN]]
    if len(others) > DRAWN:
        shown.append((f"and {len(others) - DRAWN} more", ""))
    first = (height - len(shown) * _ROW) / 2 + _ROW / 2
    places = [(name, url, first + number * _ROW) for number, (name, url) in enumerate(shown)]
    lines = [
        format_html(
            '<line class="axis" x1="{}%" y1="{}" x2="{}%" y2="{}" stroke="currentColor"/>',
            ends[0],
            y,
            ends[1],
            height / 2,
        )
        for _, _, y in places
    ]
    return [*lines, *(_box(name, url, x, y) for name, url, y in places)]


def _box(name: str, url: str, x: int, y: float, *, is_itself: bool = False) -> SafeString:
    # A nested drawing cuts off what is too long for its box; the whole name is its title.
    label = format_html(
        '<svg x="{}%" y="{}" width="{}%" height="{}"><title>{}</title>'
        '<rect class="{}" width="100%" height="100%" fill="none" stroke="currentColor"/>'
        '<text x="8" y="18">{}</text></svg>',
        x, y - _BOX / 2, _WIDE, _BOX, name, "lasted" if is_itself else "axis", name,
    )  # fmt: skip
    return format_html('<a href="{}" aria-label="{}">{}</a>', url, name, label) if url else label


def _named(services: Sequence[Service]) -> str:
    names = [service.name for service in services[:DRAWN]]
    if len(services) > DRAWN:
        names.append(f"{len(services) - DRAWN} more")
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]])) or "nothing that is known"
