"""Drawings of time: true to their dates, readable without sight, and free of anything a strict policy blocks."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from failonce.web.drawing import Axis, Occurrence, failure_timeline, in_words, occurrence_strip, ticks

NOW = datetime(2026, 7, 1, tzinfo=UTC)
START = datetime(2024, 7, 19, 4, 9, tzinfo=UTC)


def happened(*days_ago: float) -> list[Occurrence]:
    return [Occurrence(NOW - timedelta(days=ago), f"F-{i}", "Pool <ran> dry") for i, ago in enumerate(days_ago, 1)]


def circles(svg: str) -> list[float]:
    return [float(x) for x in re.findall(r'<circle cx="([\d.]+)%"', svg)]


@pytest.mark.parametrize(
    "svg",
    [
        occurrence_strip(happened(900, 40, 39, 38), NOW),
        occurrence_strip(happened(0), NOW),
        failure_timeline(START, START + timedelta(hours=18), START + timedelta(days=400)),
        failure_timeline(START, None, START + timedelta(minutes=1)),
        ticks([START], START, NOW, "1 in two years"),
    ],
)
def test_a_drawing_is_well_formed_and_uses_attributes_only(svg: str) -> None:
    root = ElementTree.fromstring(svg)  # noqa: S314  our own drawing

    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert not any("style" in element.attrib for element in root.iter())
    assert not re.search(r"[\d.]+e[-+]|nan|inf%", svg)
    assert all(0 <= float(x) <= 100 for x in re.findall(r'"(-?[\d.]+)%"', svg))


def test_places_on_the_strip_follow_time() -> None:
    first, second, third = sorted(circles(occurrence_strip(happened(1000, 500, 0), NOW)))

    assert second - first == pytest.approx(third - second, abs=0.1)


def test_the_strip_runs_to_today_so_that_quiet_can_be_seen() -> None:
    assert max(circles(occurrence_strip(happened(1000, 500), NOW))) == pytest.approx(50, abs=1)


def test_what_nearly_happened_is_an_open_dot() -> None:
    nearly = Occurrence(START, "F-1", "Caught in time", nearly=True)

    assert 'class="open"' in occurrence_strip([nearly], NOW)


def test_dots_at_the_same_place_are_stacked() -> None:
    svg = occurrence_strip(happened(900, 1, 1, 1), NOW)

    assert len(set(re.findall(r'<circle cx="[\d.]+%" cy="(\d+)"', svg))) == 3


def test_the_strip_says_in_words_what_it_draws() -> None:
    svg = occurrence_strip(happened(400, 40), NOW)

    assert "2 times since May 2025; the last time 40 days ago." in svg
    assert "27 May 2025 F-1; 22 May 2026 F-2." in svg


@pytest.mark.parametrize(
    ("days_ago", "words"),
    [
        ((), "Nothing is known to have happened this way yet."),
        ((40,), "Once, in May 2026, 40 days ago."),
        ((900, 400, 3), "3 times since Jan 2024; the last time 3 days ago."),
    ],
)
def test_how_often_is_said_in_a_sentence(days_ago: tuple[float, ...], words: str) -> None:
    assert in_words(happened(*days_ago), NOW) == words


@pytest.mark.parametrize("days", [0, 0.01, 1, 40, 200, 500, 2000, 9000, 40000])
def test_an_axis_has_few_labels_and_they_are_in_order(days: float) -> None:
    labels = Axis(NOW - timedelta(days=days), NOW).labels()

    assert 1 <= len(labels) <= 5
    assert [moment for moment, _ in labels] == sorted(moment for moment, _ in labels)


def test_a_time_line_says_how_long_it_lasted_and_how_long_until_it_was_told() -> None:
    svg = failure_timeline(START, START + timedelta(hours=18), START + timedelta(days=4))

    assert "began 19 Jul 2024, 04:09; 18 h later ended 19 Jul 2024, 22:09; 3 days later told 23 Jul 2024, 04:09." in svg


def test_a_failure_told_while_it_went_on_keeps_its_order() -> None:
    svg = failure_timeline(START, START + timedelta(hours=18), START + timedelta(hours=1))

    assert svg.index(">told<") < svg.index(">ended<")


@pytest.mark.parametrize("told_after", [timedelta(seconds=59), timedelta(0), -timedelta(minutes=4), None])
def test_a_failure_told_as_it_began_has_nothing_to_draw(told_after: timedelta | None) -> None:
    assert failure_timeline(START, None, None if told_after is None else START + told_after) == ""


def test_titles_cannot_leave_the_drawing() -> None:
    assert "<ran>" not in occurrence_strip(happened(3), NOW)
