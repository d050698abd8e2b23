"""Logistic regression around what is believed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from ostrakon.analysis.worth.logistic import Logistic, fit_logistic

NOTHING = Logistic(0.0, np.zeros(3))


def drawn(rows: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.float64], NDArray[np.float64]]:
    """Features, labels and weights; the true line is .5 + x0 - 2 x1."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(rows, 3)).astype(np.float32)
    label = (rng.random(rows) < expit(0.5 + features @ [1.0, -2.0, 0.0])).astype(np.float64)
    return features, label, rng.uniform(0.2, 3.0, rows)


@pytest.mark.parametrize("slope_sd", [0.05, 1.0, 10.0])
def test_it_agrees_with_another_implementation_of_the_same_penalty(slope_sd: float) -> None:
    features, label, weight = drawn(300)
    found = fit_logistic(features, label, weight, believed=NOTHING, slope_sd=slope_sd, intercept_sd=1e6)
    other = LogisticRegression(C=slope_sd**2, tol=1e-10, max_iter=10_000)
    other.fit(features.astype(np.float64), label, sample_weight=weight)
    assert found.slope == pytest.approx(other.coef_[0], abs=1e-5)
    assert found.intercept == pytest.approx(other.intercept_[0], abs=1e-5)


def test_with_no_rows_the_answer_is_what_was_believed() -> None:
    believed = Logistic(-0.8, np.array([0.3, 0.0, -0.2]))
    found = fit_logistic(
        np.empty((0, 3), np.float32), np.empty(0), np.empty(0), believed=believed, slope_sd=0.1
    )
    assert found.intercept == believed.intercept
    assert found.slope.tolist() == believed.slope.tolist()


def test_rows_without_weight_are_as_none() -> None:
    features, label, _ = drawn(50)
    believed = Logistic(-0.8, np.array([0.3, 0.0, -0.2]))
    found = fit_logistic(features, label, np.zeros(50), believed=believed, slope_sd=0.1)
    assert [found.intercept, *found.slope] == pytest.approx([-0.8, 0.3, 0.0, -0.2])


def test_much_evidence_overrules_a_wrong_belief() -> None:
    features, label, weight = drawn(50_000)
    believed = Logistic(-3.0, np.array([-1.0, 1.0, 1.0]))
    found = fit_logistic(features, label, weight, believed=believed, slope_sd=1.0)
    assert found.slope == pytest.approx([1.0, -2.0, 0.0], abs=0.06)
    assert found.intercept == pytest.approx(0.5, abs=0.06)


def test_a_tight_belief_is_kept_against_little_evidence() -> None:
    features, label, weight = drawn(30)
    believed = Logistic(0.0, np.array([-1.0, 1.0, 1.0]))
    found = fit_logistic(features, label, weight, believed=believed, slope_sd=0.01)
    assert found.slope == pytest.approx(believed.slope, abs=0.01)


@given(st.integers(0, 10_000), st.floats(0.05, 3.0), st.floats(-2, 2))
@settings(max_examples=25)
def test_the_answer_is_where_the_posterior_is_flat(seed: int, slope_sd: float, believed_slope: float) -> None:
    features, label, weight = drawn(40, seed)
    believed = Logistic(0.1, np.full(3, believed_slope))
    found = fit_logistic(features, label, weight, believed=believed, slope_sd=slope_sd, intercept_sd=2.0)
    gap = weight * (label - expit(found.log_odds(features)))
    assert features.T @ gap == pytest.approx((found.slope - believed.slope) / slope_sd**2, abs=1e-4)
    assert gap.sum() == pytest.approx((found.intercept - believed.intercept) / 2.0**2, abs=1e-4)


def test_labels_that_a_feature_separates_give_a_finite_line() -> None:
    features = np.array([[-1.0], [-0.5], [0.5], [1.0]], np.float32)
    found = fit_logistic(
        features, np.array([0.0, 0, 1, 1]), np.ones(4), believed=Logistic(0.0, np.zeros(1)), slope_sd=5.0
    )
    assert 1 < found.slope[0] < 20


def test_log_odds_are_the_intercept_and_the_features_times_the_slope() -> None:
    line = Logistic(-1.0, np.array([2.0, 0.5]))
    assert line.log_odds(np.array([[1.0, 4.0], [0.0, 0.0]], np.float32)).tolist() == [3.0, -1.0]
