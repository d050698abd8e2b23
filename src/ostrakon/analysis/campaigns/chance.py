"""How surprising a count is: Poisson tails in logarithms, false-discovery control, the price of having looked."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Floats

LEAST_P = 1e-300
"""No chance is given as 0: none is so small that its logarithm is infinite."""


@compiled
def log_poisson_tail(seen: float, mean: float) -> float:
    """ln P(X >= seen) for X ~ Poisson(mean): the series above the mean, its complement below.

    >>> round(math.exp(log_poisson_tail(2, 0.5)), 6)
    0.090204
    """
    if seen <= 0:
        return 0.0
    if mean <= 0:
        return -math.inf
    term = -mean + seen * math.log(mean) - math.lgamma(seen + 1.0)
    if seen <= mean:
        below = 0.0
        one = math.exp(-mean) if mean < 700 else 0.0
        if one == 0.0:  # far in the tail: the normal law is exact enough where nothing is surprising
            return math.log(0.5 * math.erfc((seen - 0.5 - mean) / math.sqrt(2.0 * mean)))
        for count in range(math.ceil(seen)):
            below += one
            one *= mean / (count + 1.0)
        return math.log(max(1.0 - below, 1e-16))
    total, ratio, above = 1.0, 1.0, seen
    while ratio > 1e-12:
        above += 1.0
        ratio *= mean / above
        total += ratio
    return min(0.0, term + math.log(total))


def log_choose(things: int, taken: int) -> float:
    """ln of the number of ways to take some of the things.

    >>> round(math.exp(log_choose(5, 2)), 6)
    10.0
    """
    return math.lgamma(things + 1) - math.lgamma(taken + 1) - math.lgamma(things - taken + 1)


def significant(log_p: Floats, hypotheses: float, level: float) -> NDArray[np.bool_]:
    """(n,) which of the smallest p-values among ``hypotheses`` pass at this false-discovery rate.

    Those that are not given may be anything larger. Benjamini and Hochberg, J. R. Stat. Soc. B 57 (1995), section 3.

    >>> significant(np.log([0.001, 0.03, 0.2]), 4, 0.05).tolist()
    [True, False, False]
    """
    order = np.argsort(log_p, kind="stable")
    rank = np.arange(1, len(order) + 1)
    passed = np.flatnonzero(log_p[order] <= math.log(level) + np.log(rank / hypotheses))
    chosen = np.zeros(len(order), np.bool_)
    if len(passed):
        chosen[order[: passed[-1] + 1]] = True
    return chosen


LEAST_EXPECTED = 1e-9
"""Nothing is expected less often than this: activities are estimates."""


def log_evidence(seen: int, expected: float) -> float:
    """ln of an e-value: how much better a raised rate explains a Poisson count than the expected one.

    The likelihood ratio, averaged over rates theta >= 1 with density theta^-2:
    e^E E^(1-x) Gamma(x - 1, E). Its mean under the null is at most 1 also when the counts came one after the other
    and each expectation was made from those before (Ramdas et al., Statistical Science 38, 2023, section 3).

    >>> round(log_evidence(20, 2), 1)
    25.2
    >>> log_evidence(2, 3)
    0.0
    """
    if seen < 2 or seen <= expected:
        return 0.0
    expected = max(expected, LEAST_EXPECTED)
    upper = special.gammaincc(seen - 1, expected)
    return float(expected + (1 - seen) * math.log(expected) + special.gammaln(seen - 1) + math.log(upper))


def cauchy_combination(p_values: Floats) -> float:
    """One p-value out of several that may depend on each other (Liu and Xie, JASA 115, 2020, equation 2).

    >>> round(cauchy_combination(np.array([0.01, 0.01])), 4)
    0.01
    >>> round(cauchy_combination(np.array([1e-300, 1.0])), 3)
    0.0
    """
    small = p_values < 1e-15
    p = np.clip(p_values, 1e-300, 1.0 - 1e-9)
    with np.errstate(divide="ignore"):
        parts = np.where(small, 1.0 / (np.pi * p), np.tan((0.5 - p) * np.pi))
    statistic = float(parts.mean())
    if statistic > 1e15:
        return 1.0 / (math.pi * statistic)
    return 0.5 - math.atan(statistic) / math.pi
