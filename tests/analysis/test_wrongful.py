"""What it cost the innocent: shares of what was drawn, times with open cases, and what is not told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from ostrakon.analysis.figures import Figure, Measured
from ostrakon.analysis.tables import SUSPENSIONS
from ostrakon.analysis.wrongful import wrongful

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    names = SUSPENSIONS.names
    whole = [
        {"account": f"a{place}", "suspended_at": START, **dict.fromkeys(names[2:]), **row}
        for place, row in enumerate(rows)
    ]
    return pl.DataFrame(whole, schema={column.name: column.kind.dtype for column in SUSPENSIONS.columns})


def figure(found: Measured, name: str) -> Figure:
    return next(one for one in found.figures if one.name == name)


def looked(stratum: str, suspensions: int, looks: int, wrong: int, **more: Any) -> list[dict[str, Any]]:
    said = ["rejected"] * wrong + ["upheld"] * (looks - wrong) + [None] * (suspensions - looks)
    return [{"stratum": stratum, "verdict": verdict, **more} for verdict in said]


def test_the_rate_is_that_of_a_random_part_weighted_by_stratum() -> None:
    """900 of which 50 were looked at and 1 was wrong, 100 of which 50 and 20: .9 x .02 + .1 x .4 = .058."""
    found = figure(wrongful(table(looked("a", 900, 50, 1) + looked("b", 100, 50, 20))), "wrongful_rate")
    assert found.value == pytest.approx(0.058)
    assert found.low is not None
    assert found.high is not None
    assert 0.02 < found.low < 0.058 < found.high < 0.13


def test_the_share_of_appeals_is_of_those_that_were_answered() -> None:
    """3 granted and 6 refused are 1 of 3; two open ones are neither."""
    rows = [{"appeal": "granted"}] * 3 + [{"appeal": "refused"}] * 6 + [{"appealed_at": at(1)}] * 2
    found = figure(wrongful(table(rows)), "overturned_of_appealed")
    assert found.value == pytest.approx(1 / 3)
    assert found.warnings[0] == "3 of 9"


def test_appeals_alone_give_no_rate_of_wrong_suspensions() -> None:
    found = figure(wrongful(table([{"appeal": "granted"}] * 40)), "wrongful_rate")
    assert found.refused is not None
    assert "blind second look" in found.refused


def test_a_large_stratum_without_a_second_look_refuses_the_rate_and_is_named() -> None:
    found = figure(wrongful(table(looked("a", 80, 40, 2) + looked("bulk", 20, 0, 0))), "wrongful_rate")
    assert found.refused is not None
    assert "bulk" in found.refused


def test_a_small_stratum_without_a_second_look_may_be_all_right_or_all_wrong() -> None:
    whole = figure(wrongful(table(looked("a", 190, 100, 5))), "wrongful_rate")
    part = figure(wrongful(table(looked("a", 190, 100, 5) + looked("b", 10, 0, 0))), "wrongful_rate")
    assert whole.low is not None
    assert whole.high is not None
    assert (part.low, part.high) == pytest.approx((0.95 * whole.low, 0.95 * whole.high + 0.05))
    assert part.grade == "indicative"


def test_open_cases_are_waited_for_until_the_end() -> None:
    """10 answered on days 1 to 10 and 10 open since day 0 on day 10: half is reached on day 10, not on day 5.5."""
    rows = [{"appealed_at": at(0), "answered_at": at(day + 1)} for day in range(10)]
    found = wrongful(table(rows + [{"appealed_at": at(0)}] * 10))
    assert figure(found, "time_to_answer").value == 10


def test_half_open_at_the_end_gives_no_median() -> None:
    rows = [{"appealed_at": at(0), "answered_at": at(day + 1)} for day in range(5)]
    found = figure(wrongful(table(rows + [{"appealed_at": at(0)}] * 10)), "time_to_answer")
    assert found.refused is not None
    assert "still open" in found.refused


def test_only_those_found_wrong_are_waited_for_until_they_are_back() -> None:
    wrong = [{"appeal": "granted", "reinstated_at": at(4)}] * 12
    right = [{"appeal": "refused"}] * 100
    assert figure(wrongful(table(wrong + right)), "time_to_reinstate").value == 4


def test_groups_stand_side_by_side_and_small_ones_are_not_told() -> None:
    rows = looked("a", 50, 30, 1, group="target") + looked("a", 20, 20, 10, group="press")
    found = wrongful(table(rows + looked("a", 4, 4, 4, group="eyewitness"))).tables["by_group"]
    assert [row["group"] for row in found] == ["all", "press", "target"]
    assert found[1]["rate"] == pytest.approx(0.5)


def test_nobody_suspended_is_a_refusal_and_a_count_of_nothing() -> None:
    found = wrongful(table([]))
    assert found.figures[0].value == 0
    assert all(one.refused for one in found.figures[1:])


def test_two_columns_are_enough_to_count() -> None:
    found = wrongful(table([{}] * 7).select("account", "suspended_at"))
    assert found.figures[0].value == 7
    assert all(one.refused for one in found.figures[1:])
