"""Did accounts come and go while the lists were made? Then there is no one number of them.

In a closed population an account that list A saw early is as likely to stand on list B as one that A saw late, and
the two times say nothing about each other. Who leaves is missed by what comes after.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from ostrakon.analysis.campaigns.chance import cauchy_combination
from ostrakon.analysis.log import Floats
from ostrakon.analysis.population.fitting import fitted
from ostrakon.analysis.population.listing import Listing

LEAST_SHARED = 10
ONE_SIDED = 1.6448536269514722
MATERIAL = 0.2
"""Share by which coming and going may put the number off before it has to be ruled out."""
LEAST_SPREAD = 0.05
"""A list whose times spread over less than this share of the whole span was made at one moment."""


@dataclass(frozen=True)
class Closure:
    """What the times say about coming and going."""

    p: float
    """Of "nobody came or went"."""
    is_excluded: bool
    """Whether the data rule out so much of it that the number would be far off."""


def closure(data: Listing) -> Closure | None:
    """Signs of coming and going; None where the times cannot say.

    Three signs, joined by Cauchy's rule: whom A saw when, among those on B and the others; how near the two times of
    an account on both are; and for lists made at one moment, whether overlaps shrink with the time between them.
    """
    if not np.isfinite(data.first).any():
        return None
    nearness = _nearness(data)
    distance = _distance(data)
    signs = [_presence(data), None if nearness is None else nearness.p, distance]
    known = np.array([sign for sign in signs if sign is not None])
    if not len(known):
        return None
    return Closure(
        cauchy_combination(known), distance is not None if nearness is None else nearness.is_excluded
    )


def _timed_lists(data: Listing, *, at_one_moment: bool) -> list[int]:
    """Lists with enough times, made over some time or at one moment."""
    span = np.nanmax(data.first) - np.nanmin(data.first)
    enough = [n for n in range(len(data.lists)) if np.isfinite(data.first[:, n]).sum() >= LEAST_SHARED]
    return [n for n in enough if (np.nanstd(data.first[:, n]) <= LEAST_SPREAD * span) == at_one_moment]


def _presence(data: Listing) -> float | None:
    """Over ordered pairs of lists: a score test, straight and bent, of "on B" against the rank of A's time."""
    statistic, freedom = 0.0, 0
    for a in _timed_lists(data, at_one_moment=False):
        timed = np.isfinite(data.first[:, a])
        rank = (stats.rankdata(data.first[timed, a]) - 0.5) / timed.sum() - 0.5
        bend = rank**2 - (rank**2).mean()
        for b in range(len(data.lists)):
            on_b = data.on[timed, b].astype(np.float64)
            if b == a or min(on_b.sum(), len(on_b) - on_b.sum()) < LEAST_SHARED:
                continue
            statistic += _score(np.column_stack([rank, bend]), on_b)
            freedom += 2
    return float(stats.chi2.sf(statistic, freedom)) if freedom else None


def _score(features: Floats, outcome: Floats) -> float:
    """Chi-square of a score test of no effect, given the margins."""
    centred = features - features.mean(axis=0)
    pull = centred.T @ outcome
    spread = centred.T @ centred * outcome.var()
    return float(pull @ np.linalg.pinv(spread) @ pull)


@dataclass(frozen=True)
class _Nearness:
    """Of the two times of accounts on two lists, over all pairs of lists."""

    p: float
    """One-sided: nearer than chance."""
    is_excluded: bool


def _nearness(data: Listing) -> _Nearness | None:
    """If a share leaves each day, two sightings of an account lie near each other: density times exp(-rate x gap).

    A score test of rate 0 given both lists' times; the same numbers give the rate with its standard error, and so
    whether so much leaving is ruled out that the number would be off by ``MATERIAL``.
    """
    excess = information = gaps = shared = 0.0
    for a, b in combinations(_timed_lists(data, at_one_moment=False), 2):
        both = np.isfinite(data.first[:, a]) & np.isfinite(data.first[:, b])
        one, other = data.first[both, a], data.first[both, b]
        if len(one) < LEAST_SHARED:
            continue
        chance, spread = _gaps_by_chance(one, other)
        excess += len(one) * (chance - float(np.abs(one - other).mean()))
        information += len(one) * spread
        gaps, shared = gaps + len(one) * chance, shared + len(one)
    if information <= 0:
        return None
    rate, se = excess / information, 1 / np.sqrt(information)
    most = (rate + ONE_SIDED * se) * gaps / shared
    return _Nearness(float(stats.norm.sf(rate / se)), bool(most < MATERIAL))


def _gaps_by_chance(one: Floats, other: Floats) -> tuple[float, float]:
    """Mean gap if the times of one were dealt anew to the other, and the variance of what is not in their margins."""
    from_one, from_other = _mean_gaps(one, other), _mean_gaps(other, one)
    mean = float(from_one.mean())
    square = float(one.var() + other.var() + (one.mean() - other.mean()) ** 2)
    return mean, square - float((from_one**2).mean()) - float((from_other**2).mean()) + mean**2


def _mean_gaps(one: Floats, other: Floats) -> Floats:
    """(n,) the mean distance of each time of one to all of the other."""
    ordered = np.sort(other)
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    place, size = np.searchsorted(ordered, one), len(ordered)
    found: Floats = (one * (2 * place - size) + sums[-1] - 2 * sums[place]) / size
    return found


def _distance(data: Listing) -> float | None:
    """Poisson regression of overlaps, given the sizes, on the time between lists made at one moment each."""
    at = _timed_lists(data, at_one_moment=True)
    when = {number: float(np.nanmedian(data.first[:, number])) for number in at}
    pairs = list(combinations(at, 2))
    gap = np.array([abs(when[a] - when[b]) for a, b in pairs])
    if len(pairs) < 3 or np.ptp(gap) <= 0:
        return None
    both = np.array([float((data.on[:, a] & data.on[:, b]).sum()) for a, b in pairs])
    size = data.on.sum(axis=0).astype(np.float64)
    offset = np.array([np.log(size[a] * size[b]) for a, b in pairs])
    signs = [
        _slope(both, offset, -gap),
        _slope(both, offset, np.array([min(when[a], when[b]) for a, b in pairs])),
    ]
    known = [sign for sign in signs if sign is not None]
    return min(1.0, len(known) * min(known)) if known else None


def _slope(counts: Floats, offset: Floats, along: Floats) -> float | None:
    """One-sided p-value of a rising rate."""
    spread = np.std(along)
    if spread <= 0:
        return None
    fit = fitted(np.column_stack([np.ones(len(counts)), (along - along.mean()) / spread]), counts, offset)
    if fit is None:
        return None
    return float(stats.norm.sf(fit.coefficients[1] / np.sqrt(fit.covariance[1, 1])))
