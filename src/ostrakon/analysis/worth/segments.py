"""Sums and means of a value over each case's slice of voices, accumulated in float64."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled


@compiled
def totals(start: NDArray[np.int64], value: NDArray[np.float32]) -> NDArray[np.float64]:
    """(C,) sum over each case; NaN values are unknown and left out."""
    result = np.zeros(len(start) - 1)
    for case in range(len(start) - 1):
        for voice in range(start[case], start[case + 1]):
            if not np.isnan(value[voice]):
                result[case] += value[voice]
    return result


@compiled
def means(start: NDArray[np.int64], value: NDArray[np.float32]) -> NDArray[np.float64]:
    """(C,) mean over each case; NaN values are left out, NaN where nothing is known."""
    result = np.full(len(start) - 1, np.nan)
    for case in range(len(start) - 1):
        known = 0
        total = 0.0
        for voice in range(start[case], start[case + 1]):
            if not np.isnan(value[voice]):
                known += 1
                total += value[voice]
        if known:
            result[case] = total / known
    return result


@compiled
def weighted_means(
    start: NDArray[np.int64], value: NDArray[np.float32], weight: NDArray[np.float32]
) -> NDArray[np.float64]:
    """(C,) weighted mean over each case; NaN values are left out, NaN where nothing is known."""
    result = np.full(len(start) - 1, np.nan)
    for case in range(len(start) - 1):
        mass = 0.0
        total = 0.0
        for voice in range(start[case], start[case + 1]):
            if not np.isnan(value[voice]):
                mass += weight[voice]
                total += weight[voice] * value[voice]
        if mass > 0:
            result[case] = total / mass
    return result
