"""Do the probabilities come true? Shares with their intervals, in bins of like probability."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrakon.analysis.calibration import bins, calibration_error
from ostrakon.analysis.wilson import wilson

shares = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


def test_bins_hold_equal_numbers_of_rows_of_like_probability() -> None:
    probability = np.array([0.9, 0.1, 0.5, 0.2, 0.6, 0.8])
    violates = np.array([1.0, 0, 1, 0, 0, 1])
    found = bins(probability, violates, count=3)
    assert [item.rows for item in found] == [2, 2, 2]
    assert [item.predicted for item in found] == pytest.approx([0.15, 0.55, 0.85])
    assert [item.observed for item in found] == [0.0, 0.5, 1.0]


def test_a_bins_interval_is_that_of_its_share() -> None:
    (found,) = bins(np.full(10, 0.9), np.array([1.0] * 9 + [0.0]), count=1)
    assert (found.low, found.high) == pytest.approx(wilson(9, 10))


def test_weights_make_bins_of_equal_weight_and_an_interval_of_the_effective_rows() -> None:
    probability, violates = np.array([0.1, 0.2, 0.9]), np.array([0.0, 1.0, 1.0])
    low, high = bins(probability, violates, count=2, weight=np.array([3.0, 1.0, 4.0]))
    assert (low.rows, high.rows) == (2, 1)
    assert low.predicted == pytest.approx((3 * 0.1 + 1 * 0.2) / 4)
    assert low.observed == pytest.approx(1 / 4)
    # Kish: 1 / (.75^2 + .25^2) = 1.6 rows
    assert (low.low, low.high) == pytest.approx(wilson(0.25 * 1.6, 1.6))


@given(shares)
def test_every_row_is_in_one_bin(rows: list[tuple[float, bool]]) -> None:
    probability, violates = np.array([row[0] for row in rows]), np.array([float(row[1]) for row in rows])
    found = bins(probability, violates)
    assert sum(item.rows for item in found) == len(rows)
    assert sum(item.rows * item.observed for item in found) == pytest.approx(violates.sum())
    assert [item.predicted for item in found] == sorted(item.predicted for item in found)
    assert all(item.low <= item.observed + 1e-12 and item.observed <= item.high + 1e-12 for item in found)


def test_without_rows_there_is_no_bin_and_no_error() -> None:
    assert bins(np.empty(0), np.empty(0)) == []
    assert math.isnan(calibration_error(np.empty(0), np.empty(0)))


def test_the_error_is_the_mean_gap_between_probability_and_rate() -> None:
    # Ten bins of two rows; in nine of them .5 is predicted and one of two violates, in the last .9 and none does.
    probability = np.array([0.5] * 18 + [0.9] * 2)
    violates = np.array([1.0, 0.0] * 9 + [0.0, 0.0])
    assert calibration_error(probability, violates) == pytest.approx(0.9 / 10)


def test_probabilities_that_come_true_have_a_small_error_and_shifted_ones_their_shift() -> None:
    rng = np.random.default_rng(0)
    probability = rng.uniform(0.2, 0.8, 40_000)
    violates = (rng.random(40_000) < probability).astype(float)
    assert calibration_error(probability, violates) < 0.02
    assert calibration_error(probability - 0.1, violates) == pytest.approx(0.1, abs=0.01)
