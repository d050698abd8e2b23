"""Which lists depend on each other: pairs come in one by one, the most surprising first.

Forward selection as in Chan, Silverman and Vincent, "Multiple systems estimation for sparse capture data", JASA 116
(2021) (the R package SparseMSE): from main effects, each absent pair's observed overlap is compared with
the fitted one by a Poisson tail; the pair with the smallest p below the threshold comes in if the model then still
has a maximum.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Floats
from ostrakon.analysis.population.fitting import newton
from ostrakon.analysis.population.histories import Histories, membership
from ostrakon.analysis.population.models import Estimate, Pair, all_pairs, estimated, with_pairs

THRESHOLD = 0.02
"""SparseMSE's default."""


def stepwise(table: Histories, threshold: float = THRESHOLD) -> Estimate | None:
    """The model that forward selection ends with; None where not even main effects have a maximum.

    Args:
        threshold: a pair comes in only if its p is smaller.
    """
    pairs = chosen_pairs(table, threshold)
    return None if pairs is None else estimated(with_pairs(table, pairs, "stepwise"))


def chosen_pairs(table: Histories, threshold: float = THRESHOLD) -> list[Pair] | None:
    """The pairs in the order in which they came in; None where main effects have no maximum."""
    k = len(table.lists)
    _, order, count = forward(table.counts, membership(k), math.log(threshold))
    pairs = all_pairs(k)
    return None if count < 0 else [pairs[number] for number in order[:count]]


def values(k: int, resamples: Floats, threshold: float = THRESHOLD) -> Floats:
    """(r,) N of each table of (r, 2^k - 1) counts, the model selected anew for each; infinite where there is none."""
    return np.asarray(_values(resamples, membership(k), math.log(threshold)))


@compiled
def _values(
    tables: NDArray[np.float64], on: NDArray[np.float64], log_threshold: float
) -> NDArray[np.float64]:
    found = np.empty(len(tables))
    for number in range(len(tables)):
        unseen, _, _ = forward(tables[number], on, log_threshold)
        found[number] = tables[number].sum() + unseen
    return found


@compiled
def forward(
    counts: NDArray[np.float64], on: NDArray[np.float64], log_threshold: float
) -> tuple[float, NDArray[np.int64], int]:
    """Expected number of the unseen (infinite without a maximum), pair numbers in order, how many (-1: no model)."""
    cells, k = on.shape
    most = k * (k - 1) // 2
    order, is_in, kept = np.full(most, -1, np.int64), np.zeros(most, np.bool_), np.ones(cells, np.bool_)
    design = np.empty((cells, 1 + k))
    design[:, 0] = 1.0
    design[:, 1:] = on
    beta, _, expected, is_maximum = newton(design, counts, np.zeros(cells))
    if not is_maximum:
        return math.inf, order, -1
    entered, has_entered = 0, True
    while has_entered and entered < most:
        log_p = _surprise(counts, expected, on, is_in)
        has_entered = False
        for number in np.argsort(log_p):
            if not log_p[number] < log_threshold:
                break
            wider, fewer = _with_pair(counts, on, design, kept, number)
            found, _, mu, is_maximum = newton(wider[fewer], counts[fewer], np.zeros(fewer.sum()))
            if is_maximum:
                beta, design, kept = found, wider, fewer
                expected = np.zeros(cells)
                expected[kept] = mu
                order[entered], is_in[number] = number, True
                entered, has_entered = entered + 1, True
                break
    return math.exp(min(beta[0], 700.0)), order, entered


@compiled
def _with_pair(
    counts: NDArray[np.float64],
    on: NDArray[np.float64],
    design: NDArray[np.float64],
    kept: NDArray[np.bool_],
    number: int,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The design and the kept cells with a pair more; a pair that never meets takes its cells away."""
    a, b = _pair(number, on.shape[1])
    both = on[:, a] * on[:, b]
    if (both * counts).sum() == 0.0:
        return design, kept & (both == 0.0)
    wider = np.empty((len(design), design.shape[1] + 1))
    wider[:, :-1] = design
    wider[:, -1] = both
    return wider, kept


@compiled
def _pair(number: int, k: int) -> tuple[int, int]:
    """The lists of a pair, numbered as ``all_pairs`` does."""
    a = 0
    while number >= k - 1 - a:
        number -= k - 1 - a
        a += 1
    return a, a + 1 + number


@compiled
def _surprise(
    counts: NDArray[np.float64],
    expected: NDArray[np.float64],
    on: NDArray[np.float64],
    is_in: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """(pairs,) ln of the smaller Poisson tail of each absent pair's overlap; 0 for those that are in."""
    cells, k = on.shape
    found = np.zeros(len(is_in))
    number = 0
    for a in range(k):
        for b in range(a + 1, k):
            if not is_in[number]:
                seen, mean = 0.0, 0.0
                for cell in range(cells):
                    if on[cell, a] > 0 and on[cell, b] > 0:
                        seen += counts[cell]
                        mean += expected[cell]
                found[number] = log_smaller_tail(seen, mean)
            number += 1
    return found


@compiled
def log_smaller_tail(seen: float, mean: float) -> float:
    """ln of P(X <= seen) below the mean, of P(X >= seen) above it, X ~ Poisson(mean): the series from its largest term.

    >>> round(math.exp(log_smaller_tail(2.0, 0.5)), 6), round(math.exp(log_smaller_tail(1.0, 6.0)), 6)
    (0.090204, 0.017351)
    """
    if mean <= 0.0:
        return 0.0 if seen <= 0.0 else -math.inf
    term = -mean + seen * math.log(mean) - math.lgamma(seen + 1.0)
    total, ratio, at = 1.0, 1.0, seen
    if seen < mean:
        while at >= 1.0 and ratio > 1e-12:
            ratio *= at / mean
            at -= 1.0
            total += ratio
    else:
        while ratio > 1e-12:
            at += 1.0
            ratio *= mean / at
            total += ratio
    return min(0.0, term + math.log(total))
