"""Interrupted time series: the treated alone, their own trend carried on.

Source: Bernal, Cummins and Gasparrini, Interrupted time series regression for the evaluation of public health
interventions, IJE 46 (2017): a log-linear model with a step. Poisson quasi-likelihood holds for any mean that is not
negative; its errors are those of Newey and West (Econometrica 55 (1987)), so neither overdispersion nor days that
depend on each other make them too small.
"""

from __future__ import annotations

import math

import numpy as np

from ostrakon.analysis.effect.answer import Answer, answer_of_ratio
from ostrakon.analysis.effect.panel import Panel
from ostrakon.analysis.log import Counts, Floats

LEAST_BEFORE, LEAST_AFTER = 20, 5
STEPS = 100


def interrupted(panel: Panel) -> Answer | None:
    """Trend and step in the sum of the treated, by periods since the treatment; None with too few before or after."""
    series, since = aligned(panel)
    if (since < 0).sum() < LEAST_BEFORE or (since >= 0).sum() < LEAST_AFTER or not (series > 0).any():
        return None
    found = step(series, since)
    if found is None:
        return None
    value, error = found
    after = float(series[since >= 0].mean()) / _kept(panel).size
    name = "interrupted time series (trend and step, Poisson, Newey-West)"
    return answer_of_ratio(name, math.exp(value), error, after, len(series) - 3)


def _kept(panel: Panel) -> Counts:
    """The treated that were seen for LEAST_BEFORE periods before and LEAST_AFTER after."""
    rows = panel.treated
    onset = panel.onset[rows]
    return rows[(onset >= LEAST_BEFORE) & (onset + LEAST_AFTER <= panel.periods)]


def aligned(panel: Panel) -> tuple[Floats, Counts]:
    """Sum over the treated at each period since the treatment, for the periods at which all of them were seen."""
    rows = _kept(panel)
    if not len(rows):
        return np.zeros(0), np.zeros(0, np.int64)
    onset = panel.onset[rows]
    since = np.arange(-int(onset.min()), panel.periods - int(onset.max()))
    return panel.outcome[rows[:, None], onset[:, None] + since].sum(axis=0), since


def step(series: Floats, since: Counts) -> tuple[float, float] | None:
    """(log step, its Newey-West error); None where it has no maximum.

    Args:
        series: (n,) not negative. since: (n,) periods since the treatment.
    """
    design = np.column_stack([np.ones(len(series)), since / len(series), (since >= 0).astype(np.float64)])
    coefficients = np.array([math.log(float(series.mean())), 0.0, 0.0])
    for _ in range(STEPS):
        mean = np.exp(np.clip(design @ coefficients, -30, 30))
        bread = design.T @ (mean[:, None] * design)
        move = np.linalg.lstsq(bread, design.T @ (series - mean), rcond=None)[0]
        coefficients = coefficients + np.clip(move, -2, 2)
        if float(np.abs(move).max()) < 1e-10:
            return float(coefficients[2]), _newey_west(design, series - mean, bread)
    return None


def _newey_west(design: Floats, left: Floats, bread: Floats) -> float:
    scores = design * left[:, None]
    lags = int(4 * (len(left) / 100) ** (2 / 9))
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    inverse = np.linalg.pinv(bread)
    variance = (inverse @ meat @ inverse)[2, 2] * len(left) / (len(left) - design.shape[1])
    return float(math.sqrt(max(variance, 0.0)))
