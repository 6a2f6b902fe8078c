"""Times as tools and people write them: each read one way, or refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from failonce.intake.moments import UnreadableTimeError, day_in, moment_of

BERLIN = ZoneInfo("Europe/Berlin")
WRITTEN = [
    ("2025-03-04T05:06:07Z", "2025-03-04T05:06:07"),
    ("2025-03-04 05:06:07+01:00", "2025-03-04T04:06:07"),
    ("2025-03-04 05:06:07 +0100", "2025-03-04T04:06:07"),
    ("2025-03-04 05:06:07 UTC", "2025-03-04T05:06:07"),
    ("2025-03-04T5:06:07-00:00", "2025-03-04T05:06:07"),
    ("2025-07-04 05:06", "2025-07-04T03:06:00"),
    ("2025-03-04", "2025-03-03T23:00:00"),
    ("2025", "2024-12-31T23:00:00"),
    ("04.03.2025 05:06", "2025-03-04T04:06:00"),
    ("31/12/2025", "2025-12-30T23:00:00"),
    ("12/31/2025 1:05 PM", "2025-12-31T12:05:00"),
    ("4/4/2025", "2025-04-03T22:00:00"),
    ("4 December 2019", "2019-12-03T23:00:00"),
    ("December 4th, 2019", "2019-12-03T23:00:00"),
    ("05/Mar/19 3:30 PM", "2019-03-05T14:30:00"),
    ("Tue, 04 Mar 2025 05:06:07 +0100", "2025-03-04T04:06:07"),
    ("1741064767", "2025-03-04T05:06:07"),
    (1741064767, "2025-03-04T05:06:07"),
    (1741064767000, "2025-03-04T05:06:07"),
    ("1628-08-10 12:00:00+00:00", "1628-08-10T12:00:00"),
]


@pytest.mark.parametrize(("written", "instant"), WRITTEN)
def test_a_time_is_read_one_way(written, instant):
    found = moment_of(written, BERLIN)

    assert found is not None
    assert found.at.astimezone(UTC) == datetime.fromisoformat(f"{instant}+00:00")


@pytest.mark.parametrize("nothing", [None, "", "  ", "-", "None", "n/a", "null"])
def test_nothing_is_no_time(nothing):
    assert moment_of(nothing, BERLIN) is None


@pytest.mark.parametrize(
    "nonsense",
    ["yesterday", "2025-02-30", "2025-13-01", "25:00", True, [], {}, "12", float("inf"), "99999999999999999", "0000"],
)
def test_nonsense_is_refused(nonsense):
    with pytest.raises(UnreadableTimeError, match="isn't a time such as"):
        moment_of(nonsense, BERLIN)


def test_a_day_that_could_be_two_is_refused():
    with pytest.raises(UnreadableTimeError, match="may be two different days"):
        moment_of("03/04/2025", BERLIN)


@pytest.mark.parametrize(
    ("written", "how"),
    [
        ("2025-07-04 05:06", "The time has no zone; it is read as Europe/Berlin."),
        ("2025-07-04", "Only the day is given; it is read as midnight in Europe/Berlin."),
        ("2025", "Only the year is given; it is read as the first of January."),
        ("2025-07-04T05:06Z", ""),
    ],
)
def test_what_had_to_be_filled_in_is_said(written, how):
    found = moment_of(written, BERLIN)

    assert found is not None
    assert found.how == how


def test_a_time_without_a_zone_is_one_of_the_installation():
    with timezone.override(BERLIN):
        found = moment_of("2025-07-04 05:06")

    assert found is not None
    assert found.at == datetime(2025, 7, 4, 3, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("datahub:2017-02-09-db-outage", "2017-02-09"),
        ("2017-02-31-never, 2017-03-01", "2017-03-01"),
        ("PM2019-009", None),
        ("12017-02-099", None),
    ],
)
def test_a_day_in_a_name_is_found(text, day):
    found = day_in(text)

    assert (found.date().isoformat() if found else None) == day
