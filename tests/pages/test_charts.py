"""Every chart says in words and in a table what it draws."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pages.reading import Element, read
from tests.pages.sample import bins

from ostrakon.pages import charts, rounding

NOON = datetime(2026, 9, 14, 12, 0, tzinfo=UTC)
SHARE = st.floats(0, 1)
TIMES = st.lists(st.datetimes(timezones=st.just(UTC)), min_size=1, max_size=30)


def shares(svg: Element, attribute: str) -> list[float]:
    """The positions of an attribute's percentages."""
    values = [str(e.attributes.get(attribute, "")) for e in svg.all()]
    return [float(value[:-1]) for value in values if value.endswith("%")]


def column(table: str, at: int) -> list[int]:
    """The whole numbers of a column."""
    rows = read(table).one("tbody").all("tr")
    cells = [[cell for cell in row.children if isinstance(cell, Element)] for row in rows]
    return [int(line[at].text.replace(",", "")) for line in cells]


@given(SHARE, SHARE, SHARE, st.none() | SHARE)
def test_an_interval_bar_draws_what_it_says(
    value: float, low: float, high: float, mark: float | None
) -> None:
    svg = read(charts.interval_bar(value, low, high, mark=mark)).one("svg")
    assert svg.one("title").text == rounding.percent(value)
    assert rounding.percent(low) in svg.one("desc").text
    assert float(str(svg.one("circle").attributes["cx"])[:-1]) == pytest.approx(value * 100, abs=0.051)
    assert len(svg.all("line")) == (2 if mark is None else 3)


def test_a_voice_that_raised_the_number_points_right_and_one_that_lowered_it_left() -> None:
    raised = read(charts.moved_bar(0.1, 0.2)).one("rect").attributes
    lowered = read(charts.moved_bar(-0.1, 0.2)).one("rect").attributes
    assert (raised["x"], raised["width"], raised["class"]) == ("50.0%", "25.0%", "up")
    assert (lowered["x"], lowered["width"], lowered["class"]) == ("25.0%", "25.0%", "down")
    assert read(charts.moved_bar(0.0, 0.0)).one("rect").attributes["width"] == "0.0%"


@given(st.lists(SHARE | st.just(float("nan")), max_size=50))
def test_the_histogram_counts_every_known_probability_once(probabilities: list[float]) -> None:
    known = [p for p in probabilities if p == p]
    assert sum(charts.binned(probabilities)) == len(known)
    assert sum(column(charts.histogram_table(probabilities), 1)) == len(known)
    bars = read(charts.histogram(probabilities)).all("rect")
    assert len(bars) == sum(count > 0 for count in charts.binned(probabilities))


@pytest.mark.parametrize(
    ("span", "unit"),
    [
        (timedelta(0), "5 minutes"),
        (timedelta(hours=5), "5 minutes"),
        (timedelta(days=2), "an hour"),
        (timedelta(days=5), "6 hours"),
        (timedelta(days=40), "a day"),
        (timedelta(days=400), "a week"),
        (timedelta(days=1500), "4 weeks"),
        (timedelta(days=40000), "80 weeks"),
    ],
)
def test_the_timeline_chooses_its_step_by_the_span(span: timedelta, unit: str) -> None:
    steps = charts.in_steps([NOON, NOON + span])
    assert steps.unit == unit
    assert len(steps.counts) <= charts.MOST_STEPS + 1


@given(TIMES)
def test_the_timeline_and_its_table_count_every_report_once(times: list[datetime]) -> None:
    together = times[::2]
    table = charts.timeline_table(times, together)
    assert sum(column(table, 1)) == len(times)
    assert sum(column(table, 2)) == len(together)
    svg = read(charts.timeline(times, together)).one("svg")
    assert all(0 <= share <= 100 for share in shares(svg, "x") + shares(svg, "width"))
    assert f"{len(times)} reporter" in svg.one("desc").text


def test_reports_from_campaigns_stand_at_the_foot_of_their_bar() -> None:
    bars = read(charts.timeline([NOON] * 4, [NOON] * 3)).all("rect")
    assert [bar.attributes["class"] for bar in bars] == ["other", "full"]
    foot, top = (float(str(bar.attributes["y"])) for bar in bars)
    heights = [float(str(bar.attributes["height"])) for bar in bars]
    assert foot + heights[0] == pytest.approx(76)
    assert top + heights[1] == pytest.approx(foot)
    assert heights[0] == pytest.approx(3 * heights[1])


def test_the_calibration_plot_has_a_dot_for_every_bin_and_a_row_beside_it() -> None:
    found = bins(12)
    plot = read(charts.calibration_plot(found)).one("svg")
    assert len(plot.all("circle", "dot")) == len(column(charts.calibration_table(found), 3)) == 12
    assert sum(column(charts.calibration_table(found), 3)) == sum(item.rows for item in found)
    across = [float(str(dot.attributes["cx"])) for dot in plot.all("circle", "dot")]
    assert all(left < right for left, right in pairwise(across))


def test_on_the_diagonal_said_and_came_true_are_one() -> None:
    line = read(charts.calibration_plot(bins())).one("line", "diagonal").attributes
    span = [abs(float(str(line[f"{axis}2"])) - float(str(line[f"{axis}1"]))) for axis in "xy"]
    assert span[0] == span[1] > 0


@pytest.mark.parametrize(
    "chart",
    [
        charts.interval_bar(0.5, 0.2, 0.8),
        charts.moved_bar(-0.1, 0.2),
        charts.two_bars(("a", 0.0), ("b", 0.0), "title", "description"),
        charts.histogram([]),
        charts.timeline([NOON]),
        charts.calibration_plot([]),
        charts.calibration_plot(bins()),
    ],
)
def test_every_chart_is_an_image_with_a_name_and_a_description(chart: str) -> None:
    svg = read(chart).one("svg")
    assert svg.attributes["role"] == "img"
    assert [child.tag for child in svg.children if isinstance(child, Element)][:2] == ["title", "desc"]
    assert svg.one("title").text
    assert svg.one("desc").text
    assert svg.attributes["direction"] == "ltr"
