"""Wilson's interval against what others compute, a published table, and draws with a known truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ostrakon.analysis.wilson import Z95, wilson

COUNTS = st.integers(0, 2000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(COUNTS)
def test_the_interval_is_the_one_of_scipy_and_holds_the_share(pair: tuple[int, int]) -> None:
    count, of = pair
    low, high = wilson(count, of)
    if of:
        other = stats.binomtest(count, of).proportion_ci(0.9, method="wilson")
        assert (low, high) == pytest.approx((other.low, other.high), abs=1e-12)
    assert 0 <= low <= (count / of if of else 0.5) <= high <= 1


def test_of_nothing_everything_is_possible() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_it_is_the_one_of_newcombe_1998(count: int, of: int, low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (95 %)."""
    assert wilson(count, of, Z95) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("truth", "of"), [(0.05, 80), (0.3, 30), (0.3, 80), (0.5, 80)])
def test_ninety_percent_intervals_are_right_about_ninety_times_in_a_hundred(truth: float, of: int) -> None:
    counts = np.random.default_rng(5).binomial(of, truth, 4000)
    right = [low <= truth <= high for low, high in (wilson(count, of) for count in counts.tolist())]
    assert np.mean(right) == pytest.approx(0.9, abs=0.04)
