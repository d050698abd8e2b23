"""How sure an estimate is when the model was chosen on the same data: it is chosen anew in every resample."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy import special

from ostrakon.analysis.log import Floats

LEVEL = 0.95

Estimator = Callable[[Floats], Floats]
"""(r, cells) tables of counts to (r,) estimates; infinite where there is none."""


def resampled(counts: Floats, replicates: int, rng: np.random.Generator) -> Floats:
    """(replicates, cells) tables of as many accounts, drawn with replacement."""
    total = float(counts.sum())
    drawn: Floats = rng.multinomial(round(total), counts / total, size=replicates).astype(np.float64)
    return drawn


def acceleration(counts: Floats, estimate: Estimator) -> float:
    """Of the BCa interval, from a jackknife that leaves out one account of each cell.

    a = sum y r^3 / (6 (sum y r^2)^1.5), r = weighted mean of the jackknife values less the value (Efron, JASA 82,
    1987.6, weighted by the counts y). 0 where a jackknife table has no estimate.
    """
    occupied = np.flatnonzero(counts >= 1)
    tables = np.tile(counts, (len(occupied), 1))
    tables[np.arange(len(occupied)), occupied] -= 1
    value, weight = estimate(tables), counts[occupied]
    if not len(value) or not np.isfinite(value).all():
        return 0.0
    distance = weight @ value / weight.sum() - value
    spread = float(weight @ distance**2)
    return float(weight @ distance**3) / (6 * spread**1.5) if spread > 0 else 0.0


def bca(value: float, replicates: Floats, acceleration: float, level: float = LEVEL) -> tuple[float, float]:
    """Bias-corrected and accelerated interval (Efron, JASA 82, 1987).

    Ties count half; replicates without an estimate are infinite, so an end may be infinite.

    >>> low, high = bca(0.0, np.linspace(-1, 1, 2001), 0.0)
    >>> round(low, 2), round(high, 2)
    (-0.95, 0.95)
    """
    ordered = np.sort(replicates)
    below = (np.sum(ordered < value) + 0.5 * np.sum(ordered == value)) / len(ordered)
    bias = float(special.ndtri(np.clip(below, 0.5 / len(ordered), 1 - 0.5 / len(ordered))))
    ends = []
    for tail in ((1 - level) / 2, (1 + level) / 2):
        z = bias + float(special.ndtri(tail))
        moved = bias + z / (1 - acceleration * z) if acceleration * z < 1 else math.inf
        ends.append(_quantile(ordered, float(special.ndtr(moved))))
    return ends[0], ends[1]


def percentile(replicates: Floats, level: float = LEVEL) -> tuple[float, float]:
    """The interval between two quantiles of the replicates."""
    ordered = np.sort(replicates)
    return _quantile(ordered, (1 - level) / 2), _quantile(ordered, (1 + level) / 2)


def _quantile(ordered: Floats, share: float) -> float:
    """Linear between neighbours, infinite where the upper one is."""
    place = share * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    if low == high:
        return float(low)
    return float(low + (high - low) * (place - math.floor(place)))
