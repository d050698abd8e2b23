"""Did accounts come and go while the lists were made? Then there is no one number of them.

In a closed population an account that list A saw early is as likely to stand on list B as one that A saw late, and
the two times say nothing about each other. Who leaves is missed by what comes after.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy import stats

from ostrakon.analysis.campaigns.chance import cauchy_combination
from ostrakon.analysis.log import Floats
from ostrakon.analysis.population.fitting import fitted
from ostrakon.analysis.population.listing import Listing

LEAST_SHARED = 10
LEAST_SPREAD = 0.05
"""A list whose times spread over less than this share of the whole span was made at one moment."""


def closure(data: Listing) -> float | None:
    """p-value of "nobody came or went"; None where the times cannot say.

    Three signs, joined by Cauchy's rule: whom A saw when, among those on B and the others; the order of the two times
    among those on both; and for lists made at one moment, whether overlaps shrink with the time between them.
    """
    if not np.isfinite(data.first).any():
        return None
    signs = [_presence(data), _agreement(data), _distance(data)]
    known = np.array([sign for sign in signs if sign is not None])
    return cauchy_combination(known) if len(known) else None


def _spread_lists(data: Listing) -> list[int]:
    """Lists that were made over some time."""
    span = np.nanmax(data.first) - np.nanmin(data.first)
    if span <= 0:
        return []
    return [
        number
        for number in range(len(data.lists))
        if np.isfinite(data.first[:, number]).sum() >= 2 * LEAST_SHARED
        and np.nanstd(data.first[:, number]) > LEAST_SPREAD * span
    ]


def _presence(data: Listing) -> float | None:
    """Over ordered pairs of lists: a score test, straight and bent, of "on B" against the rank of A's time."""
    statistic, freedom = 0.0, 0
    for a in _spread_lists(data):
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


def _agreement(data: Listing) -> float | None:
    """Over pairs of lists: rank correlation of the two times of the accounts on both; one-sided."""
    total = weight = 0.0
    for a, b in combinations(_spread_lists(data), 2):
        both = np.isfinite(data.first[:, a]) & np.isfinite(data.first[:, b])
        shared = int(both.sum())
        ranks = [stats.rankdata(data.first[both, one]) for one in (a, b)]
        if shared < LEAST_SHARED or min(np.ptp(rank) for rank in ranks) == 0:
            continue
        total += float(np.corrcoef(ranks[0], ranks[1])[0, 1]) * (shared - 1)
        weight += shared - 1
    return float(stats.norm.sf(total / np.sqrt(weight))) if weight else None


def _distance(data: Listing) -> float | None:
    """Poisson regression of overlaps, given the sizes, on the time between lists made at one moment each."""
    at = [number for number in range(len(data.lists)) if number not in _spread_lists(data)]
    at = [number for number in at if np.isfinite(data.first[:, number]).sum() >= LEAST_SHARED]
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
