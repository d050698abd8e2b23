"""Intervals of shares hold what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrakon.analysis.shares import clopper_pearson, score, stratified


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_clopper_pearson_is_the_one_of_newcombe_1998(count: int, of: int, low: float, high: float) -> None:
    """The same table, method 5."""
    found = clopper_pearson(count, of)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_strata_weigh_as_much_as_they_hold() -> None:
    """1 of 10 in a stratum of 900, 5 of 10 in one of 100: .9 x .1 + .1 x .5 = .14, and not 6 of 20."""
    found = stratified(np.array([1.0, 5.0]), np.array([10.0, 10.0]), np.array([900.0, 100.0]))
    assert found.value == pytest.approx(0.14)


def test_an_interval_of_strata_holds_the_truth_in_95_of_100_draws() -> None:
    rng, size, share = np.random.default_rng(5), np.array([900.0, 90.0]), np.array([0.04, 0.4])
    drawn = np.array([60, 30])
    truth = float(size @ share / size.sum())
    found = [
        stratified(rng.binomial(drawn, share).astype(float), drawn.astype(float), size) for _ in range(400)
    ]
    assert np.mean([one.low <= truth <= one.high for one in found]) >= 0.95


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30), st.integers(1, 500)), min_size=1, max_size=5)
)
def test_a_share_lies_within_its_interval_and_that_within_0_and_1(rows: list[tuple[int, int, int]]) -> None:
    count, of, size = (np.array(column, float) for column in zip(*rows, strict=True))
    found = stratified(np.minimum(count, of), of, size)
    assert -1e-12 <= found.low <= found.value <= found.high <= 1 + 1e-12


def test_of_nothing_anything_is_possible() -> None:
    for found in (score(0, 0), clopper_pearson(0, 0)):
        assert math.isnan(found.value)
        assert (found.low, found.high) == (0.0, 1.0)
