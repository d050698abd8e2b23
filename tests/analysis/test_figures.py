"""Figures keep back what the data do not carry."""

from __future__ import annotations

import math

import pytest

from ostrakon.analysis.figures import estimate, exact, refused, warned


def test_an_estimate_with_everything_checked_is_one() -> None:
    assert estimate("n", 5, 4, 6, "accounts", "m").grade == "estimate"


def test_an_unchecked_assumption_makes_a_figure_indicative() -> None:
    found = estimate("n", 5, 4, 6, "accounts", "m", unchecked=True)
    assert (found.grade, found.warnings) == ("indicative", ())


@pytest.mark.parametrize("high", [12.1, math.inf])
def test_an_interval_wider_than_threefold_is_an_order_of_magnitude(high: float) -> None:
    found = estimate("n", 5, 4, high, "accounts", "m")
    assert found.grade == "indicative"
    assert found.warnings[0].startswith("order of magnitude")


def test_an_open_end_is_no_number() -> None:
    assert estimate("n", 5, 4, math.inf, "accounts", "m").high is None


def test_a_value_outside_its_interval_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="does not lie within"):
        estimate("n", 7, 4, 6, "accounts", "m")


def test_a_refused_figure_has_no_value_and_says_why() -> None:
    found = refused("n", "accounts", "m", "one list")
    assert (found.value, found.low, found.high, found.grade, found.refused) == (
        None, None, None, "not shown", "one list",
    )  # fmt: skip


def test_a_warning_lowers_an_estimate_and_leaves_a_count() -> None:
    assert warned(estimate("n", 5, 4, 6, "accounts", "m"), "w").grade == "indicative"
    assert warned(exact("n", 5, "accounts", "m"), "w").grade == "exact count"
