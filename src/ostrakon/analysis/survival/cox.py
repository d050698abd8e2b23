"""Cox's proportional hazards with delayed entry and Efron's ties, by Newton's method.

Sums over the risk set of an age are differences of two running sums, of those who stop at it or later and of those
who enter at it or later: one pass, whatever the number of ages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.analysis.log import Counts, Floats
from ostrakon.analysis.survival.spells import Spells

MOST_STEPS = 50
LEAST_EVENTS = 10
"""Ends for each covariate below which its coefficient means little (Peduzzi et al., J. Clin. Epidemiology 48, 1995)."""


@dataclass(frozen=True)
class CoxFit:
    """Log hazard ratios."""

    coefficients: Floats
    se: Floats
    log_likelihood: float
    """Partial."""
    log_likelihood_without: float
    """With all coefficients 0."""


@dataclass(frozen=True)
class _Ends:
    """The ends in order of age; Efron takes away a growing share of those who end together."""

    row: Counts
    group: Counts
    """Which ends fall on the same age."""
    share: Floats
    """j / d for the j-th of d ends of the age, from 0."""
    after_stop: Counts
    """Where, in order of stop, those begin who stop at the age or later."""
    after_entry: Counts


def cox(data: Spells, covariates: Floats) -> CoxFit | None:
    """The maximum of Efron's partial likelihood; None where there is none (a covariate that separates, or is constant).

    Args:
        covariates: (n, p) of the spells, finite.

    Source: Cox, JRSS B 34 (1972); ties: Efron, JASA 72 (1977).
    """
    spread = covariates.std(axis=0)
    if not data.ended.any() or not (spread > 0).all():
        return None
    x = (covariates - covariates.mean(axis=0)) / spread
    order = np.argsort(data.stop, kind="stable"), np.argsort(data.entry, kind="stable")
    ends = _ends(data, order)
    beta = np.zeros(x.shape[1])
    start, gradient, information = _partial(x, beta, order, ends)
    reached = start
    for _ in range(MOST_STEPS):
        try:
            step = np.asarray(np.linalg.solve(information, gradient), np.float64)
        except np.linalg.LinAlgError:
            return None
        moved, gradient, information, reached = _climbed(x, beta, step, order, ends, reached)
        done = float(np.abs(moved - beta).max()) < 1e-10
        beta = moved
        if np.abs(beta).max() > 50:
            return None
        if done:
            se = np.sqrt(np.diag(np.linalg.inv(information)))
            return CoxFit(beta / spread, se / spread, reached, start)
    return None


def _climbed(
    x: Floats, beta: Floats, step: Floats, order: tuple[Counts, Counts], ends: _Ends, reached: float
) -> tuple[Floats, Floats, Floats, float]:
    """A step, halved until the likelihood does not fall."""
    for _ in range(30):
        value, gradient, information = _partial(x, beta + step, order, ends)
        if value >= reached - 1e-9:
            break
        step = step / 2
    return beta + step, gradient, information, value


def _ends(data: Spells, order: tuple[Counts, Counts]) -> _Ends:
    rows = np.flatnonzero(data.ended)
    rows = rows[np.argsort(data.stop[rows], kind="stable")]
    days, group, size = np.unique(data.stop[rows], return_inverse=True, return_counts=True)
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    share = (np.arange(len(rows)) - first[group]) / size[group]
    by_stop, by_entry = data.stop[order[0]], data.entry[order[1]]
    return _Ends(
        rows,
        group,
        share,
        np.searchsorted(by_stop, days, "left")[group],
        np.searchsorted(by_entry, days, "left")[group],
    )


def _partial(
    x: Floats, beta: Floats, order: tuple[Counts, Counts], ends: _Ends
) -> tuple[float, Floats, Floats]:
    """Log partial likelihood, gradient and information."""
    p = x.shape[1]
    risk = np.exp(np.clip(x @ beta, -500, 500))
    terms = (
        np.column_stack([np.ones(len(x)), x, (x[:, :, None] * x[:, None, :]).reshape(len(x), -1)])
        * risk[:, None]
    )
    sums = _later(terms[order[0]])[ends.after_stop] - _later(terms[order[1]])[ends.after_entry]
    together = np.zeros((ends.group[-1] + 1, terms.shape[1]))
    np.add.at(together, ends.group, terms[ends.row])
    sums = sums - ends.share[:, None] * together[ends.group]
    total, mean = sums[:, 0], sums[:, 1 : 1 + p] / sums[:, :1]
    square = (sums[:, 1 + p :] / sums[:, :1]).sum(axis=0).reshape(p, p)
    value = float((x[ends.row] @ beta - np.log(total)).sum())
    return value, (x[ends.row] - mean).sum(axis=0), square - mean.T @ mean


def _later(terms: Floats) -> Floats:
    """(n + 1, m) sums of each row and all after it."""
    return np.vstack([np.cumsum(terms[::-1], axis=0)[::-1], np.zeros((1, terms.shape[1]))])
