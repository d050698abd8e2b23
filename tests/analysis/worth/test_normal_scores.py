"""Features on one scale, by their ranks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from ostrakon.analysis.worth.normal_scores import KNOTS, fit_normal_scores

columns = st.lists(st.integers(-20, 20), min_size=2, max_size=60).map(
    lambda values: np.array(values, np.float32)[:, None]
)
Column = NDArray[np.float32]


@given(columns)
def test_a_score_is_the_normal_quantile_of_the_middle_rank(values: Column) -> None:
    found = fit_normal_scores(values)(values)[:, 0]
    if values.min() == values.max():
        assert found.tolist() == [0.0] * len(values)
        return
    middle = (rankdata(values[:, 0]) - 0.5) / len(values)
    assert found == pytest.approx(ndtri(np.clip(middle, 0.5 / KNOTS, 1 - 0.5 / KNOTS)), abs=1e-6)


@given(columns)
@settings(max_examples=50)
def test_only_the_order_of_values_matters(values: Column) -> None:
    stretched = np.exp(values / 5) + 100
    assert np.array_equal(fit_normal_scores(values)(values), fit_normal_scores(stretched)(stretched))


def test_a_larger_value_never_scores_lower() -> None:
    rng = np.random.default_rng(0)
    scale = fit_normal_scores(rng.lognormal(size=(5_000, 1)).astype(np.float32))
    line = np.linspace(-5, 50, 1_000, dtype=np.float32)[:, None]
    assert (np.diff(scale(line)[:, 0]) >= 0).all()


def test_the_scores_of_many_cases_are_about_standard_normal() -> None:
    rng = np.random.default_rng(0)
    values = rng.pareto(1.1, size=(20_000, 1)).astype(np.float32)
    scores = fit_normal_scores(values)(values)
    assert scores.mean() == pytest.approx(0.0, abs=0.02)
    assert scores.std() == pytest.approx(1.0, abs=0.03)
    assert np.abs(scores).max() < 3.11


def test_what_is_unknown_reads_as_the_median() -> None:
    scale = fit_normal_scores(np.array([[1.0], [np.nan], [3.0], [np.inf]], np.float32))
    # Known are 1 and 3: 2 stands in their middle, as what is unknown does.
    assert scale(np.array([[np.nan], [np.inf], [2.0]], np.float32)).ravel().tolist() == [0, 0, 0]
    assert scale(np.array([[1.0]], np.float32))[0, 0] == pytest.approx(ndtri(0.25))


def test_a_feature_that_is_the_same_everywhere_says_nothing() -> None:
    scale = fit_normal_scores(np.full((9, 1), 7.0, np.float32))
    assert scale(np.array([[0.0], [7.0], [1e6]], np.float32)).ravel().tolist() == [0, 0, 0]


def test_a_feature_of_which_nothing_is_known_says_nothing() -> None:
    scale = fit_normal_scores(np.full((9, 1), np.nan, np.float32))
    assert scale(np.array([[1.0], [np.nan]], np.float32)).ravel().tolist() == [0, 0]


def test_every_column_has_a_scale_of_its_own() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.random((50, 1), np.float32), 1000 * rng.random((50, 1), np.float32)
    both = np.hstack([one, other])
    apart = [fit_normal_scores(one)(one), fit_normal_scores(other)(other)]
    assert np.array_equal(fit_normal_scores(both)(both), np.hstack(apart))


def test_a_log_without_cases_has_a_scale() -> None:
    nothing = np.empty((0, 2), np.float32)
    assert fit_normal_scores(nothing)(nothing).shape == (0, 2)
