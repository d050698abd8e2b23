"""Shares with their 95 % intervals: of all that was drawn alike, and of strata that were drawn unlike."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ostrakon.analysis.log import Floats
from ostrakon.analysis.wilson import Z95, wilson


@dataclass(frozen=True)
class Share:
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float


def score(count: float, of: float) -> Share:
    """By Wilson's interval; of nothing, anything is possible.

    >>> found = score(10, 100)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0552, 0.1744)
    """
    return Share(count / of if of > 0 else math.nan, *wilson(count, of, Z95))


def clopper_pearson(count: float, of: float) -> Share:
    """Exact interval: it never covers less than it says.

    Args:
        count, of: need not be whole (effective numbers); 0 <= count <= of.
    Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413, by quantiles of the beta distribution.

    >>> found = clopper_pearson(10, 100)
    >>> round(found.low, 4), round(found.high, 4)
    (0.049, 0.1762)
    """
    if of <= 0:
        return Share(math.nan, 0.0, 1.0)
    low = 0.0 if count <= 0 else float(stats.beta.ppf(0.025, count, of - count + 1))
    high = 1.0 if count >= of else float(stats.beta.ppf(0.975, count + 1, of - count))
    return Share(count / of, low, high)


def stratified(count: Floats, of: Floats, size: Floats) -> Share:
    """A share of all strata together, each with its own draw: Clopper-Pearson of the effective number.

    Args:
        count, of: (h,) what was found among how many that were drawn at random from each stratum, of >= 1.
        size: (h,) how many there are in each stratum.
    Source: E. L. Korn and B. I. Graubard, Confidence intervals for proportions with small expected number of positive
        counts estimated from survey data, Survey Methodology 24 (1998) 193-201; where the variance is none, Kish's
        effective number.

    >>> found = stratified(np.array([10.0]), np.array([100.0]), np.array([5000.0]))
    >>> round(found.low, 4), round(found.high, 4)
    (0.0488, 0.1767)
    """
    weight = size / size.sum()
    share = count / of
    value = float(weight @ share)
    # n - 1: the variance of a share is not known but estimated; a stratum of one is taken as widely as it could vary
    spread = np.where(of > 1, share * (1 - share) / np.maximum(of - 1, 1), 0.25)
    variance = float(weight**2 @ spread)
    kish = 1.0 / float(weight**2 @ (1 / of))
    effective = min(value * (1 - value) / variance, float(of.sum())) if variance > 0 else kish
    effective *= _few(float(of.sum()), len(of))
    found = clopper_pearson(value * effective, effective)
    return Share(value, min(found.low, value), max(found.high, value))


def _few(drawn: float, strata: int) -> float:
    """Each stratum has a share of its own to estimate: of few draws, fewer count."""
    whole, left = (stats.t.ppf(0.975, max(1.0, drawn - taken)) for taken in (1, strata))
    return float(whole / left) ** 2
