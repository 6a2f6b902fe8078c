"""Reading times as tools and people write them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

from django.utils import timezone

_NUMBER = re.compile(r"-?\d{9,19}(\.\d+)?")
_SLASHED = re.compile(
    r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp])\.?[Mm]\.?)?)?"
)
_ZONED = re.compile(r"(.*?) ?(UTC|GMT|Z)")
_LOOSE_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d):(\d{2}.*)")
_WORDED = (
    "%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d %B %Y %H:%M", "%d %b %Y %H:%M", "%B %d %Y %H:%M",
    "%b %d %Y %H:%M", "%d/%b/%y %I:%M %p", "%d/%b/%Y %H:%M", "%d/%b/%y", "%Y/%m/%d", "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
)  # fmt: skip
_A_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")


class UnreadableTimeError(ValueError):
    """This isn't a time; the message says what it is and what would be one."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, and how it was read where that isn't plain."""

    at: datetime
    how: str = ""


def moment_of(value: object, zone: tzinfo | None = None) -> Moment | None:
    """Return the time that was written, None for nothing; raise UnreadableTimeError for anything else.

    A time without a zone is one of `zone`, the installation's unless given.
    """
    if value is None or (isinstance(value, str) and value.strip().lower() in {"", "none", "null", "-", "n/a"}):
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise UnreadableTimeError(f"{str(value)[:40]!r} isn't a time such as 2026-05-01T14:30Z.")
    text = " ".join(str(value).split())
    for reading in (_number, _iso, _worded, _slashed, _mail):
        try:
            found = reading(text)
        except (ValueError, OverflowError, OSError):
            continue
        if found is not None:
            return _placed(found, text, zone or timezone.get_current_timezone())
    if _SLASHED.fullmatch(text):
        raise UnreadableTimeError(f"{text[:40]!r} may be two different days. Write it as 2026-05-01.")
    raise UnreadableTimeError(f"{text[:40]!r} isn't a time such as 2026-05-01T14:30Z.")


def day_in(text: str) -> datetime | None:
    """Return the first day written as 2026-05-01 in a file name or an id, at midnight in the installation's zone."""
    for year, month, day in _A_DATE.findall(text):
        try:
            return timezone.make_aware(datetime(int(year), int(month), int(day)))  # noqa: DTZ001
        except ValueError:
            continue
    return None


def _placed(found: datetime, text: str, zone: tzinfo) -> Moment:
    if found.tzinfo is not None:
        return Moment(found.astimezone(UTC))
    aware = found.replace(tzinfo=zone)
    if re.fullmatch(r"\d{4}", text):
        return Moment(aware, "Only the year is given; it is read as the first of January.")
    if not re.search(r":\d\d", text):
        return Moment(aware, f"Only the day is given; it is read as midnight in {zone}.")
    return Moment(aware, f"The time has no zone; it is read as {zone}.")


def _number(text: str) -> datetime | None:
    if not _NUMBER.fullmatch(text):
        return None
    seconds = float(text)
    while abs(seconds) > 1e11:  # milliseconds and finer
        seconds /= 1000
    found = datetime.fromtimestamp(seconds, UTC)
    return found if 1990 < found.year < 2100 else None


def _iso(text: str) -> datetime | None:
    if re.fullmatch(r"\d{4}", text):
        return datetime(int(text), 1, 1)  # noqa: DTZ001 - placed in a zone by the caller
    if loose := _LOOSE_ISO.fullmatch(text):
        text = f"{loose[1]}T0{loose[2]}:{loose[3]}"
    if zoned := _ZONED.fullmatch(text):
        text = f"{zoned[1]}+00:00"
    return datetime.fromisoformat(re.sub(r" ([+-]\d\d:?\d\d)$", r"\1", text))


def _worded(text: str) -> datetime | None:
    text, zone = (match[1], UTC) if (match := _ZONED.fullmatch(text)) else (text, None)
    text = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text.replace(",", ""))
    for form in _WORDED:
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def _slashed(text: str) -> datetime | None:
    """Read 31.12.2026 and 12/31/2026; a day that could be either is nobody's guess to make."""
    found = _SLASHED.fullmatch(text)
    if found is None:
        return None
    first, dot, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
    if dot == "/" and first <= 12 and second <= 12 and first != second:
        return None
    day, month = (first, second) if dot == "." or first > 12 else (second, first)
    hour, minute, second_of = int(found[5] or 0), int(found[6] or 0), int(found[7] or 0)
    if half := (found[8] or "").lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    return datetime(year, month, day, hour, minute, second_of)  # noqa: DTZ001


def _mail(text: str) -> datetime | None:
    reading: Callable[[str], datetime] = parsedate_to_datetime
    return reading(text)
