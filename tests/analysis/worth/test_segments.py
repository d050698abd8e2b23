"""Sums and means over each case's slice of voices."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ostrakon.analysis.worth.segments import means, totals, weighted_means

value = st.floats(-8, 8, width=32) | st.just(math.nan)
weight = st.floats(0.125, 1, width=32)
slices = st.lists(st.lists(st.tuples(value, weight), max_size=6), max_size=5)
Slices = list[list[tuple[float, float]]]


def laid_out(rows: Slices) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    flat = [pair for own in rows for pair in own]
    start = np.cumsum([0, *(len(own) for own in rows)]).astype(np.int64)
    return start, np.array([v for v, _ in flat], np.float32), np.array([w for _, w in flat], np.float32)


def known(own: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(v, w) for v, w in own if not math.isnan(v)]


@given(slices)
def test_a_total_leaves_out_what_is_unknown(rows: Slices) -> None:
    start, values, _ = laid_out(rows)
    assert totals(start, values).tolist() == pytest.approx([sum(v for v, _ in known(own)) for own in rows])


@given(slices)
def test_a_mean_leaves_out_what_is_unknown_and_is_unknown_where_nothing_is_known(rows: Slices) -> None:
    start, values, _ = laid_out(rows)
    directly = [float(np.mean([v for v, _ in known(own)])) if known(own) else math.nan for own in rows]
    assert means(start, values).tolist() == pytest.approx(directly, nan_ok=True)


@given(slices)
def test_a_weighted_mean_divides_by_the_weight_of_what_is_known(rows: Slices) -> None:
    directly = [
        sum(v * w for v, w in known(own)) / sum(w for _, w in known(own)) if known(own) else math.nan
        for own in rows
    ]
    assert weighted_means(*laid_out(rows)).tolist() == pytest.approx(
        directly, nan_ok=True, rel=1e-6, abs=1e-6
    )


def test_a_weight_of_nothing_gives_an_unknown_mean() -> None:
    zero = np.zeros(1, np.float32)
    assert np.isnan(weighted_means(np.array([0, 1]), np.ones(1, np.float32), zero)).all()


def test_a_million_small_values_are_added_without_loss() -> None:
    values = np.full(1_000_000, 0.1, np.float32)
    exactly = 1_000_000 * float(np.float32(0.1))
    assert totals(np.array([0, 1_000_000]), values)[0] == pytest.approx(exactly, rel=1e-9)
