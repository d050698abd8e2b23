"""Every model on one table, and an interval over those that the data do not tell apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special
from scipy.optimize import brentq

from ostrakon.analysis.log import Floats
from ostrakon.analysis.population.few_lists import Interval, chapman
from ostrakon.analysis.population.histories import Histories, captures, without
from ostrakon.analysis.population.models import (
    HETEROGENEITY,
    Estimate,
    all_pairs,
    estimated,
    independence,
    standard_models,
    with_columns,
    with_pairs,
)
from ostrakon.analysis.population.stepwise import stepwise

AVERAGED = ("Mt", "Mth Chao (LB)", "Mth Poisson2", "Mth Darroch")
"""Forms that the averaged interval knows beside the chosen one. Gamma3.5 is shown but has no upper end to speak of."""
TAILS = (0.025, 0.975)
LIKELIHOOD_RATIO = 2.7055
"""Of one-sided 5 %: accounts do not differ."""
ONE_SIDED = 1.6448536269514722
MATERIAL = 0.5
"""Variance of the log odds of being listed from where on a number is off by a tenth or more."""


@dataclass(frozen=True)
class ModelSet:
    """What each model says about one table; the choice is the stepwise one."""

    chosen: Estimate
    all: tuple[Estimate, ...]
    """With the chosen one, in the order to show them."""

    def averaged(self) -> tuple[float, float]:
        """95 % interval over models: each says where ln of the unseen lies, weighed by exp(-AIC / 2).

        Source: Buckland, Burnham and Augustin, Biometrics 53 (1997); quantiles of the mixture of normal laws.
        """
        models = [item for item in self.all if item.model.name in AVERAGED or item is self.chosen]
        aic = np.array([item.aic for item in models])
        weight = np.exp((aic.min() - aic) / 2)
        centre = np.array([item.fit.coefficients[0] for item in models])
        spread = np.sqrt([item.fit.covariance[0, 0] for item in models])

        def share_below(log_unseen: float) -> float:
            return float(weight @ special.ndtr((log_unseen - centre) / spread) / weight.sum())

        low, high = float((centre - 9 * spread).min()), float((centre + 9 * spread).max())
        ends = [float(brentq(lambda x, q=q: share_below(x) - q, low, high)) for q in TAILS]
        return self.chosen.seen + math.exp(ends[0]), self.chosen.seen + math.exp(min(ends[1], 700.0))


def model_set(table: Histories) -> ModelSet | None:
    """All models of a table of three lists or more; None where not even independence has a maximum."""
    chosen = stepwise(table)
    if chosen is None:
        return None
    searched = [forward_by(table, criterion) for criterion in ("AIC", "BIC")]
    return ModelSet(
        chosen, (chosen, *standard_models(table), *(item for item in searched if item is not None))
    )


def forward_by(table: Histories, criterion: str) -> Estimate | None:
    """Pairs that overlap come in one by one while they lower AIC or BIC; pairs that never meet stay out."""
    overlap = table.overlaps()
    left = [pair for pair in all_pairs(len(table.lists)) if overlap[pair] > 0]
    name = f"pairs by {criterion}"
    best = estimated(with_pairs(table, [], name))
    chosen: list[tuple[int, int]] = []
    while best is not None and left:
        wider = [(estimated(with_pairs(table, [*chosen, pair], name)), pair) for pair in left]
        found = [
            (_score(item, criterion), number) for number, (item, _) in enumerate(wider) if item is not None
        ]
        if not found or min(found)[0] >= _score(best, criterion):
            return best
        best, pair = wider[min(found)[1]]
        chosen.append(pair)
        left.remove(pair)
    return best


def _score(estimate: Estimate | None, criterion: str) -> float:
    if estimate is None:
        return float("inf")
    return estimate.aic if criterion == "AIC" else estimate.bic


@dataclass(frozen=True)
class Difference:
    """How much accounts differ in how easily they are listed: the variance of their log odds, about."""

    is_seen: bool
    """At one-sided 5 %. Lists that depend on each other look the same."""
    is_excluded: bool
    """Whether the data rule out so much of it that the number would be far off."""


def differences(table: Histories) -> Difference:
    """Independence against Darroch's heterogeneity: likelihood ratio, and the upper 95 % end of its size.

    Source: Darroch, Fienberg, Glonek and Junker, JASA 88 (1993).
    """
    plain = independence(table)
    count: Floats = captures(len(table.lists)).astype(np.float64)
    without_it = estimated(plain)
    with_it = estimated(with_columns(plain, [HETEROGENEITY["Darroch"](count)]))
    if without_it is None or with_it is None:
        return Difference(False, False)
    size, spread = with_it.fit.coefficients[-1], math.sqrt(with_it.fit.covariance[-1, -1])
    ratio = 2 * (with_it.fit.log_likelihood - without_it.fit.log_likelihood)
    return Difference(bool(size > 0 and ratio > LIKELIHOOD_RATIO), bool(size + ONE_SIDED * spread < MATERIAL))


def dropping_each(table: Histories) -> list[tuple[str, Interval | None]]:
    """What the rest says without each list in turn; three lists leave two, and Chapman."""
    return [(name, _of_rest(without(table, number))) for number, name in enumerate(table.lists)]


def _of_rest(table: Histories) -> Interval | None:
    if len(table.lists) == 2:
        overlap = table.overlaps()
        return chapman(overlap[0, 0], overlap[1, 1], overlap[0, 1])
    rest = stepwise(table)
    return None if rest is None else Interval(rest.value, *rest.wald)
