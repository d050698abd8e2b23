"""From a score to a probability of the truth, when the decisions that teach it are sometimes wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit

from ostrakon.analysis.worth.calibrate import Calibration, fit_calibration

Floats = NDArray[np.float64]


def decided(
    rows: int,
    *,
    intercept: float = 0.0,
    slope: float = 1.0,
    wrongly_upheld: float = 0.0,
    wrongly_rejected: float = 0.0,
    seed: int = 0,
) -> tuple[Floats, Floats, Floats]:
    """Scores, decisions and weights of 1, where the truth follows the sigmoid and the reviewers err so often."""
    rng = np.random.default_rng(seed)
    score = rng.normal(0, 2.5, rows)
    truth = rng.random(rows) < expit(intercept + slope * score)
    upheld = np.where(truth, rng.random(rows) >= wrongly_rejected, rng.random(rows) < wrongly_upheld)
    return score, upheld.astype(np.float64), np.ones(rows)


def test_slope_intercept_and_both_error_rates_are_recovered() -> None:
    found = fit_calibration(
        *decided(40_000, intercept=-0.8, slope=1.5, wrongly_upheld=0.09, wrongly_rejected=0.04)
    )
    assert found.slope == pytest.approx(1.5, abs=0.1)
    assert found.intercept == pytest.approx(-0.8, abs=0.1)
    assert found.wrongly_upheld == pytest.approx(0.09, abs=0.01)
    assert found.wrongly_rejected == pytest.approx(0.04, abs=0.01)


def test_reviewers_who_never_err_are_found_to_err_seldom() -> None:
    found = fit_calibration(*decided(40_000))
    assert found.wrongly_upheld < 0.01
    assert found.wrongly_rejected < 0.01
    assert found.slope == pytest.approx(1.0, abs=0.05)


def test_a_score_that_says_nothing_gets_a_flat_line() -> None:
    score, label, weight = decided(5_000, slope=0.0)
    assert fit_calibration(score, label, weight).slope == pytest.approx(0.0, abs=0.1)


def test_without_decisions_it_is_what_was_believed() -> None:
    nothing = np.empty(0)
    assert fit_calibration(nothing, nothing, nothing) == Calibration()
    assert Calibration().log_odds(np.array([-1.0, 2.0])).tolist() == [-1.0, 2.0]


@pytest.mark.parametrize("upheld", [0.0, 1.0])
def test_a_single_decision_moves_it_little_and_in_its_direction(upheld: float) -> None:
    found = fit_calibration(np.zeros(1), np.array([upheld]), np.ones(1))
    assert 0 < (found.intercept if upheld else -found.intercept) < 1.5
    assert found.slope == pytest.approx(1.0, abs=0.01)


def test_decisions_that_are_all_upheld_raise_the_probability_but_not_to_certainty() -> None:
    found = fit_calibration(np.zeros(20), np.ones(20), np.ones(20))
    assert 0.7 < expit(found.log_odds(np.zeros(1)))[0] < 0.999


@given(st.floats(1e-3, 1e3))
@settings(max_examples=10)
def test_only_the_proportions_of_the_weights_matter(factor: float) -> None:
    score, label, _ = decided(60)
    weight = np.random.default_rng(1).uniform(0.2, 2.0, 60)
    one, other = fit_calibration(score, label, weight), fit_calibration(score, label, factor * weight)
    assert (other.intercept, other.slope) == pytest.approx((one.intercept, one.slope), abs=1e-3)


def test_rows_of_little_weight_count_little() -> None:
    score, label, weight = decided(400)
    mixed = np.concatenate([weight, np.full(400, 1e-6)])
    one, other = (
        fit_calibration(score, label, weight),
        fit_calibration(np.tile(score, 2), np.concatenate([label, 1 - label]), mixed),
    )
    assert (other.intercept, other.slope) == pytest.approx((one.intercept, one.slope), abs=1e-2)


rows = st.lists(st.tuples(st.floats(-8, 8), st.booleans(), st.floats(0.1, 10)), min_size=1, max_size=25)


@given(rows)
@settings(max_examples=30)
def test_whatever_was_decided_the_line_and_its_variance_are_finite(
    drawn: list[tuple[float, bool, float]],
) -> None:
    found = fit_calibration(*np.array(drawn, float).T)
    at = np.linspace(-8, 8, 9)
    assert np.isfinite(found.log_odds(at)).all()
    assert (found.variance(at) > 0).all()
    assert 0 < found.wrongly_upheld < 0.5
    assert 0 < found.wrongly_rejected < 0.5


def test_the_variance_is_that_of_the_line_at_the_score() -> None:
    calibration = Calibration(covariance=(0.4, -0.1, 0.2))
    # Var(a + b s) = Var(a) + 2 s Cov(a, b) + s^2 Var(b) = .4 - .4 + .8 at s = 2
    assert calibration.variance(np.array([0.0, 2.0])) == pytest.approx([0.4, 0.8])


def test_the_covariance_tells_how_far_the_line_lies_from_the_truth() -> None:
    # Standardised errors of 60 fits: their mean square is 1 +- .2 if the covariance is right.
    at = np.array([-2.0, 0.0, 2.0])
    squares = []
    for seed in range(60):
        found = fit_calibration(
            *decided(400, intercept=-0.5, wrongly_upheld=0.06, wrongly_rejected=0.06, seed=seed)
        )
        squares.append((found.log_odds(at) - (-0.5 + at)) ** 2 / found.variance(at))
    assert 0.6 < np.mean(squares) < 1.6


def test_as_many_decisions_of_the_same_kind_make_it_about_as_sure() -> None:
    kind = {"intercept": -0.5, "slope": 1.3, "wrongly_upheld": 0.06, "wrongly_rejected": 0.06}
    fits = [fit_calibration(*decided(3_000, **kind, seed=seed)) for seed in range(12)]
    variance = np.array([found.variance(np.array([-2.0, 0.0, 2.0])) for found in fits])
    assert (variance.max(0) < 2 * variance.min(0)).all()


def test_more_decisions_make_it_surer() -> None:
    few, many = fit_calibration(*decided(100)), fit_calibration(*decided(10_000))
    assert many.variance(np.zeros(1))[0] < few.variance(np.zeros(1))[0] / 20
