"""From a score to a probability of the truth, when the decisions that teach it are sometimes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.float64]

ERROR_PRIOR = (8.0, 120.0)
"""Beta prior of a reviewer's error, wrongly upheld or wrongly rejected: about 6 %, worth 128 decisions."""
SLOPE_SD = 1.0
INTERCEPT_SD = 0.5


@dataclass(frozen=True)
class Calibration:
    """P(violates) = sigma(intercept + slope x score); P(upheld) mixes in both kinds of reviewers' error."""

    intercept: float = 0.0
    slope: float = 1.0
    wrongly_upheld: float = 0.05
    wrongly_rejected: float = 0.05
    covariance: tuple[float, float, float] = (1.0, 0.0, 0.1)
    """Of the intercept, of both, of the slope (Laplace approximation); before any decision, what is believed."""

    def log_odds(self, score: Floats) -> Floats:
        """Calibrated log odds of a violation."""
        return self.intercept + self.slope * score

    def variance(self, score: Floats) -> Floats:
        """Variance of those log odds from the uncertainty of the calibration alone."""
        of_intercept, of_both, of_slope = self.covariance
        return of_intercept + 2 * score * of_both + score**2 * of_slope


def fit_calibration(score: Floats, label: Floats, weight: Floats) -> Calibration:
    """Maximum a posteriori of slope, intercept and both error rates on out-of-fold scores.

    A decision is upheld with probability e1 + (1 - e0 - e1) sigma(a + b score): a score cannot be more certain than
    the people who taught it, but the truth can. ``weight`` is rescaled to its effective number of rows.
    Source: Platt 1999 for the sigmoid; Raykar et al., JMLR 11 (2010), section 2, for the two error rates.
    """
    if len(label) == 0:
        return Calibration()
    mass = weight * weight.sum() / (weight**2).sum()

    def loss(point: Floats) -> float:
        truth = expit(point[0] + point[1] * score)
        errors = expit(point[2:])
        upheld = np.clip(errors[0] + (1 - errors.sum()) * truth, 1e-9, 1 - 1e-9)
        fit = -(mass * (label * np.log(upheld) + (1 - label) * np.log(1 - upheld))).sum()
        believed = -(ERROR_PRIOR[0] * np.log(errors) + ERROR_PRIOR[1] * np.log(1 - errors)).sum()
        return float(
            fit + believed + (point[0] / INTERCEPT_SD) ** 2 / 2 + ((point[1] - 1) / SLOPE_SD) ** 2 / 2
        )

    found = minimize(loss, np.array([0.0, 1.0, -3.0, -3.0]), method="BFGS")
    a, b, e0, e1 = found.x
    spread = np.linalg.inv(_curvature(loss, found.x))
    return Calibration(
        float(a), float(b), float(expit(e0)), float(expit(e1)),
        (float(spread[0, 0]), float(spread[0, 1]), float(spread[1, 1])),
    )  # fmt: skip


def _curvature(loss: Callable[[Floats], float], point: Floats, step: float = 1e-3) -> Floats:
    """Second derivatives by central differences: what BFGS gathers on its way is up to ten times off."""
    moves = step * np.eye(len(point))
    corners = [
        [loss(point + a + b) - loss(point + a - b) - loss(point - a + b) + loss(point - a - b) for b in moves]
        for a in moves
    ]
    return np.array(corners) / (4 * step**2)
