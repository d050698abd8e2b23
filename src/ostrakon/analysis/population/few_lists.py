"""Estimates for little data: two lists (Chapman), one list with repeats (Chao), occasions in a row (Schnabel)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ostrakon.analysis.log import Floats
from ostrakon.analysis.population.histories import Histories, membership
from ostrakon.analysis.population.models import Z95

LEAST_OVERLAP = 7
"""With fewer accounts on both lists Chapman's estimate is too low more often than not (Robson and Regier 1964)."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float


def chapman(first: float, second: float, both: float) -> Interval:
    """Two lists: N = (n1 + 1)(n2 + 1) / (m + 1) - 1, with a log-normal interval of the unseen.

    Source: D. G. Chapman, University of California Publications in Statistics 1 (1951) 131-160; variance: G. A. F.
    Seber, Biometrika 57 (1970); interval: A. Chao, Biometrics 45 (1989).

    >>> found = chapman(200, 150, 30)
    >>> [round(x, 1) for x in (found.value, found.low, found.high)]
    [978.1, 753.3, 1319.4]

    Raises:
        ValueError: more on both lists than on one of them.
    """
    if not 0 <= both <= min(first, second):
        raise ValueError("as many as stand on both lists stand on each")
    value = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return log_normal(first + second - both, value, variance)


def log_normal(seen: float, value: float, variance: float) -> Interval:
    """95 % interval that stays above what was seen: the number of unseen is log-normal (Chao 1989)."""
    unseen = value - seen
    if unseen <= 0:
        return Interval(value, value, value)
    factor = math.exp(Z95 * math.sqrt(math.log1p(variance / unseen**2)))
    return Interval(value, seen + unseen / factor, seen + unseen * factor)


def chao_lower_bound(seen: float, once: float, twice: float, *, corrected: bool = False) -> Interval:
    """At least so many, from the accounts seen once and twice, however much they differ: many occasions.

    Args:
        corrected: the bias-corrected form n + f1 (f1 - 1) / (2 (f2 + 1)), defined also without any seen twice.

    Source: A. Chao, Biometrics 43 (1987).

    >>> [round(chao_lower_bound(1880, 1645, 183, corrected=form).value, 3) for form in (False, True)]
    [9273.511, 9228.859]

    Raises:
        ValueError: nobody was seen twice, and the form needs it.
    """
    if corrected:
        value = seen + once * (once - 1) / (2 * (twice + 1))
    elif twice > 0:
        value = seen + once**2 / (2 * twice)
    else:
        raise ValueError("nobody was seen exactly twice: use the bias-corrected form")
    ratio = once / max(twice, 1.0)
    variance = max(twice, 1.0) * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
    return log_normal(seen, value, variance)


def schnabel(caught: Floats, recaught: Floats, marked: Floats) -> Interval:
    """Occasions in a row, all caught are marked: N = sum n_i M_i / sum m_i, with Poisson limits of the recaptures.

    Args:
        caught, recaught, marked: (occasions,) caught, of them marked before, and marked in the population before.

    Source: Z. E. Schnabel, American Mathematical Monthly 45 (1938) 348-352; C. J. Krebs, Ecological Methodology, ch. 2.

    Raises:
        ValueError: nobody was caught twice.
    """
    product, again = float(caught @ marked), float(recaught.sum())
    if again <= 0:
        raise ValueError("nobody was caught twice")
    most, least = stats.chi2.ppf(0.975, 2 * again + 2) / 2, stats.chi2.ppf(0.025, 2 * again) / 2
    return Interval(product / again, product / most, product / least)


def schnabel_of(table: Histories) -> Interval:
    """The lists of a table as occasions, in their order."""
    on = membership(len(table.lists))
    before = np.cumsum(on, axis=1) - on > 0
    caught = table.sizes()
    recaught = (on * before * table.counts[:, None]).sum(axis=0)
    return schnabel(caught, recaught, (before * table.counts[:, None]).sum(axis=0))
