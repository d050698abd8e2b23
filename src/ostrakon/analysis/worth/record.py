"""A reporter's record: how often decisions agreed, shrunk to what reporters are like in general."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaincinv, betaln, digamma, expit

from ostrakon.analysis.log import ReportLog, by_reporter

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Prior:
    """Beta prior of a reporter's precision: mean in (0, 1), and its strength in decided cases."""

    mean: float = 0.5
    strength: float = 4.0

    @property
    def alpha(self) -> float:
        """Pseudo-count of upheld cases."""
        return self.mean * self.strength

    @property
    def beta(self) -> float:
        """Pseudo-count of rejected cases."""
        return (1 - self.mean) * self.strength


@dataclass(frozen=True)
class Records:
    """What decisions say of every reporter. Shapes: R reporters. All are sums, so a reversal is a difference."""

    prior: Prior
    upheld: Floats
    """(R,) decided cases of the reporter that stand as violations."""
    rejected: Floats
    """(R,) decided cases that do not: rejected, or upheld and later overturned."""

    @property
    def decided(self) -> Floats:
        """(R,) decided cases."""
        return self.upheld + self.rejected

    @property
    def precision(self) -> Floats:
        """(R,) posterior mean share of right reports."""
        return (self.prior.alpha + self.upheld) / (self.prior.strength + self.decided)

    @property
    def evidence(self) -> Floats:
        """(R,) what one word of the reporter adds to the log odds of a violation."""
        return log_odds(self.prior, self.upheld, self.rejected)

    def interval(self) -> tuple[Floats, Floats]:
        """(R,), (R,) the 90 % interval of the precision."""
        return precision_interval(self.prior, self.upheld, self.rejected)


def records(log: ReportLog, label: Floats, known: NDArray[np.bool_], prior: Prior) -> Records:
    """Every reporter's record on the cases marked ``known`` (C,), with outcomes ``label`` (C,) in [0, 1]."""
    return Records(prior, by_reporter(log, label * known), by_reporter(log, (1 - label) * known))


def log_odds(prior: Prior, upheld: Floats, rejected: Floats) -> Floats:
    """Expected log odds under the Beta posterior, less those of the prior: nothing for a reporter without record.

    psi(alpha) - psi(beta) is E[logit p] for p ~ Beta(alpha, beta). The prior's own value is taken off, not
    logit(mean): otherwise many unknown newcomers would add up to something (report-worth notes, step 5).

    >>> [round(float(x), 2) for x in log_odds(Prior(0.6, 4.0), np.array([0.0, 9.0]), np.array([0.0, 0.0]))]
    [0.0, 1.74]
    """
    empty = digamma(prior.alpha) - digamma(prior.beta)
    return np.asarray(digamma(prior.alpha + upheld) - digamma(prior.beta + rejected) - empty)


def precision_interval(prior: Prior, upheld: Floats, rejected: Floats) -> tuple[Floats, Floats]:
    """5 % and 95 % points of the Beta posterior, computed once for each distinct record."""
    both, place = np.unique(np.column_stack([upheld, rejected]), axis=0, return_inverse=True)
    alpha, beta = prior.alpha + both[:, 0], prior.beta + both[:, 1]
    place = place.ravel()
    low, high = (np.asarray(betaincinv(alpha, beta, end), np.float64) for end in (0.05, 0.95))
    return low[place], high[place]


def fit_prior(upheld: Floats, rejected: Floats) -> Prior:
    """Mean and strength that maximise the beta-binomial marginal likelihood of all records.

    Strength is kept near 4 by a weak log-normal prior (one e-fold), the mean within .05-.95.
    Source: empirical Bayes for binomial proportions; Carlin & Louis, Bayes and Empirical Bayes Methods, ch. 3.
    """
    some = (upheld + rejected) > 0
    if not some.any():
        return Prior()
    both, times = np.unique(np.column_stack([upheld[some], rejected[some]]), axis=0, return_counts=True)

    def loss(point: Floats) -> float:
        mean, strength = expit(point[0]), 4.0 * np.exp(point[1])
        alpha, beta = mean * strength, (1 - mean) * strength
        likelihood = times @ (betaln(alpha + both[:, 0], beta + both[:, 1]) - betaln(alpha, beta))
        return float(-likelihood + point[1] ** 2 / 2 + point[0] ** 2 / 8)

    best = minimize(loss, np.zeros(2), method="L-BFGS-B", bounds=[(-2.94, 2.94), (-2.0, 2.0)]).x
    return Prior(float(expit(best[0])), float(4.0 * np.exp(best[1])))
