"""Profile-likelihood intervals: which numbers of unseen accounts the data do not contradict."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special
from scipy.optimize import brentq, minimize_scalar

from ostrakon.analysis.population.fitting import fitted
from ostrakon.analysis.population.models import Estimate, Model

DROP_95 = 1.9207294103470256
"""Half the 95th percentile of chi-square with one degree of freedom."""
FURTHEST = 1e12
"""An end beyond so many is none."""


@dataclass(frozen=True)
class Profile:
    """The multinomial estimate, which differs a little from the Poisson one, and its 95 % interval."""

    value: float
    low: float
    high: float
    """Infinite where the likelihood never falls far enough."""


def profile(estimate: Estimate) -> Profile:
    """Cormack's profile interval (Biometrics 48, 1992).

    For a hypothetical number n0 of unseen accounts the model is fitted with a cell more, the empty one; the
    likelihood is that of n0 given how the fitted total falls on the cells.
    """
    likelihood = _profile_likelihood(estimate.model)
    seen, middle = estimate.seen, max(estimate.value - estimate.seen, 1e-6)
    best = minimize_scalar(
        lambda log_unseen: -likelihood(math.exp(log_unseen)),
        bounds=(math.log(middle) - 5, math.log(middle) + 5),
        method="bounded",
        options={"xatol": 1e-10},
    )
    top, level = math.exp(best.x), -float(best.fun) - DROP_95
    return Profile(
        seen + top,
        seen + _crossing(likelihood, level, top, 0.0),
        seen + _crossing(likelihood, level, top, math.inf),
    )


def _profile_likelihood(model: Model) -> Callable[[float], float]:
    design = np.vstack([np.eye(1, model.design.shape[1]), model.design])
    offset = None if model.offset is None else np.append(0.0, model.offset)
    seen = float(model.counts.sum())

    def likelihood(unseen: float) -> float:
        counts = np.append(unseen, model.counts)
        fit = fitted(design, counts, offset)
        if fit is None:
            return -math.inf
        share = fit.expected / fit.expected.sum()
        ways = special.gammaln(seen + unseen + 1) - special.gammaln(unseen + 1)
        return float(ways + special.xlogy(counts, share).sum())

    return likelihood


def _crossing(likelihood: Callable[[float], float], level: float, top: float, towards: float) -> float:
    """Where the profile passes the level, below the top or above it; the limit where it never does."""

    def above(log_unseen: float) -> float:
        return likelihood(math.exp(log_unseen)) - level

    step = 0.1 if towards else -0.1
    near = math.log(top)
    while True:
        far = near + step
        if math.exp(far) > FURTHEST or math.exp(far) < 1e-6:
            return towards
        if above(far) < 0:
            break
        near, step = far, step * 1.5
    return math.exp(float(brentq(above, near, far, xtol=1e-10)))
