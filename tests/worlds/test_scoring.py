"""The figures by which queues are compared, on examples that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score
from tests.worlds.plain import counted, full_benchmark, made

from ostrakon.worlds.scoring import (
    average_precision,
    interval_coverage,
    score,
    selected_share,
    selection,
    wrong_at_recall,
)

# Ten rows, the best first; five violators stand at the places 1, 2, 4, 5 and 9.
SCORE = np.arange(10, 0, -1.0)
VIOLATES = np.array([1, 1, 0, 1, 1, 0, 0, 0, 1, 0], dtype=bool)


def test_average_precision_is_the_mean_precision_at_each_violator() -> None:
    by_hand = (1 / 1 + 2 / 2 + 3 / 4 + 4 / 5 + 5 / 9) / 5
    assert average_precision(SCORE, VIOLATES) == pytest.approx(by_hand)


def test_four_of_five_violators_are_found_after_five_rows_of_which_one_is_wrong() -> None:
    assert selection(SCORE, VIOLATES).tolist() == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    assert wrong_at_recall(SCORE, VIOLATES) == pytest.approx(1 / 5)


def test_the_selected_share_of_a_group() -> None:
    speakers = np.array([0, 0, 1, 0, 0, 1, 0, 1, 0, 1], dtype=bool)
    assert selected_share(SCORE, VIOLATES, speakers) == 1 / 4


def test_ties_count_in_parts_so_the_order_of_rows_cannot_matter() -> None:
    equal = np.ones(10)
    assert average_precision(equal, VIOLATES) == pytest.approx(0.5)
    assert selection(equal, VIOLATES) == pytest.approx(np.full(10, 0.8))
    assert wrong_at_recall(equal, VIOLATES) == pytest.approx(0.5)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=40))
def test_figures_agree_with_another_implementation_and_ignore_the_order(rows: list[tuple[int, bool]]) -> None:
    value, violates = np.array([row[0] for row in rows], float), np.array([row[1] for row in rows])
    if not violates.any():
        assert np.isnan(average_precision(value, violates))
        return
    assert average_precision(value, violates) == pytest.approx(average_precision_score(violates, value))
    assert wrong_at_recall(value, violates) == pytest.approx(wrong_at_recall(value[::-1], violates[::-1]))
    assert (selection(value, violates) @ violates) == pytest.approx(np.ceil(0.8 * violates.sum() - 1e-9))


def test_an_interval_is_right_when_it_meets_the_rate_of_its_bin() -> None:
    # Two bins of 100 rows; 10 % and 60 % of them violate. The 90 % Wilson intervals are (.060, .161) and (.518, .677).
    probability = np.repeat([0.1, 0.9], 100)
    violates = np.concatenate([np.arange(100) < 10, np.arange(100) < 60])
    low, high = np.repeat([0.0, 0.7], 100), np.repeat([0.2, 1.0], 100)
    low[:30], high[:30] = 0.17, 0.2
    found = interval_coverage(probability, low, high, violates, count=2)
    assert found.share == pytest.approx(70 / 200)
    assert found.width == pytest.approx((70 * 0.2 + 30 * 0.03 + 100 * 0.3) / 200)


def test_coverage_does_not_depend_on_the_order_of_rows() -> None:
    rng = np.random.default_rng(0)
    probability = rng.random(600)
    violates = rng.random(600) < probability
    low, high = probability - 0.05, probability + 0.05
    order = rng.permutation(600)
    found = interval_coverage(probability, low, high, violates)
    assert found.share > 0.85
    again = interval_coverage(probability[order], low[order], high[order], violates[order])
    assert again.share == found.share


def test_truth_as_a_queue_is_perfect() -> None:
    world = made("benchmark")
    queue = world.truth.with_columns(
        probability=pl.col("violates").cast(pl.Float64), probability_low=0.0, probability_high=1.0
    )
    found = score(world, queue)
    assert (found.average_precision, found.wrong, found.counter_speakers) == (1.0, 0.0, 0.0)
    assert found.calibration_error == 0.0
    assert found.coverage is not None
    assert (found.coverage.share, found.coverage.width) == (1.0, 1.0)


def test_decided_rows_are_left_out_by_the_queue_or_by_the_decisions() -> None:
    world = full_benchmark(0.0)
    queue = counted(world)
    marks = world.decisions.group_by("account").agg(decided=pl.col("outcome").last())
    marked = queue.join(marks, on="account", how="left").with_columns(pl.col("decided").fill_null(""))
    by_decisions, by_queue = score(world, queue, "count"), score(world, marked, "count")
    assert replace(by_decisions, calibration_error=0.0) == replace(by_queue, calibration_error=0.0)
    assert by_queue.rows == len(queue) - len(marks)


def test_rows_that_the_world_does_not_know_are_an_error() -> None:
    queue = pl.DataFrame({"account": ["nobody"], "policy": ["unspecified"], "probability": [0.5]})
    with pytest.raises(ValueError, match="does not know"):
        score(made("benchmark"), queue)
