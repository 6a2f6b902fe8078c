"""Moments, lengths and chances read like words."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from failonce.web.moments import chance, lasting, relative, when_html, with_codes

MOMENT = datetime(2024, 7, 19, 4, 9, tzinfo=UTC)


@time_machine.travel(datetime(2026, 7, 20, tzinfo=UTC), tick=False)
def test_a_moment_is_exact_and_says_how_long_ago() -> None:
    assert when_html(MOMENT) == (
        '<time datetime="2024-07-19T04:09:00Z" title="2 years ago">19 Jul 2024, 04:09 UTC</time>'
    )


def test_a_moment_is_shown_in_the_zone_of_the_installation() -> None:
    with timezone.override("Europe/Berlin"):
        html = when_html(MOMENT)

    assert "19 Jul 2024, 06:09 CEST" in html
    assert 'datetime="2024-07-19T04:09:00Z"' in html


def test_a_date_has_no_hour() -> None:
    assert when_html(date(2027, 6, 1)) == '<time datetime="2027-06-01">1 Jun 2027</time>'


def test_no_moment_says_so() -> None:
    assert when_html(None) == "time not known"


@time_machine.travel(MOMENT, tick=False)
@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(hours=-3), "3 hours ago"),
        (timedelta(days=2), "in 2 days"),
    ],
)
def test_how_far_away_a_moment_is(away: timedelta, words: str) -> None:
    assert relative(MOMENT + away) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(0), "1 min"),
        (timedelta(minutes=40), "40 min"),
        (timedelta(minutes=58), "1 h"),
        (timedelta(minutes=75), "75 min"),
        (timedelta(hours=18), "18 h"),
        (timedelta(hours=24), "1 day"),
        (timedelta(days=3), "3 days"),
        (timedelta(days=29), "1 month"),
        (timedelta(days=100), "3 months"),
        (timedelta(days=365), "1 year"),
        (timedelta(days=800), "2 years"),
    ],
)
def test_how_long_something_lasted(length: timedelta, words: str) -> None:
    assert lasting(length) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "less than once in 10"),
        (0.08, "about once in 10"),
        (0.81, "about 8 times in 10"),
        (0.999, "more than 9 times in 10"),
    ],
)
def test_a_chance_is_never_a_certainty(probability: float, words: str) -> None:
    assert chance(probability) == words


def test_codes_in_a_sentence_are_marked_and_the_rest_is_text() -> None:
    assert with_codes("L-1, <b> of F-12; CVE-2021-4 and F-0 are none") == (
        '<span class="code">L-1</span>, &lt;b&gt; of <span class="code">F-12</span>; CVE-2021-4 and F-0 are none'
    )
