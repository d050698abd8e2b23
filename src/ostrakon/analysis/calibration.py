"""Do the probabilities come true? Bins of like probability, with the rate that was observed in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.wilson import wilson


@dataclass(frozen=True)
class Bin:
    """One bin of a calibration plot."""

    predicted: float
    """Mean probability of the bin's rows."""
    observed: float
    """Share of them that were violations."""
    low: float
    high: float
    """90 % Wilson interval of ``observed``."""
    rows: int


def bins(
    probability: NDArray[np.float64],
    violates: NDArray[np.float64],
    *,
    count: int = 15,
    weight: NDArray[np.float64] | None = None,
) -> list[Bin]:
    """Rows grouped by like probability into ``count`` bins of equal mass (of ``weight``)."""
    if len(probability) == 0:
        return []
    mass = np.ones(len(probability)) if weight is None else weight
    order = np.argsort(probability, kind="stable")
    position = np.cumsum(mass[order]) - mass[order] / 2
    index = np.minimum((position / mass.sum() * count).astype(int), count - 1)
    found = []
    for number in np.unique(index):
        rows = order[index == number]
        share = mass[rows] / mass[rows].sum()
        observed = float(share @ violates[rows])
        effective = float(1.0 / np.sum(share**2))
        low, high = wilson(observed * effective, effective)
        found.append(Bin(float(share @ probability[rows]), observed, low, high, len(rows)))
    return found


def calibration_error(
    probability: NDArray[np.float64], violates: NDArray[np.float64], *, count: int = 10
) -> float:
    """Expected calibration error: mean absolute gap between probability and rate, over bins of equal mass."""
    found = bins(probability, violates, count=count)
    rows = sum(item.rows for item in found)
    return (
        sum(item.rows * abs(item.predicted - item.observed) for item in found) / rows
        if rows
        else float("nan")
    )
