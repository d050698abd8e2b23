"""Logistic regression that is shrunk towards what is believed beforehand, not towards nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

ROUNDS = 50
CLOSE_ENOUGH = 1e-8


@dataclass(frozen=True)
class Logistic:
    """A fitted model: log odds = intercept + features @ slope."""

    intercept: float
    slope: Floats

    def log_odds(self, features: NDArray[np.float32]) -> Floats:
        """(N,) log odds of (N, F) features."""
        return self.intercept + features @ self.slope


def fit_logistic(
    features: NDArray[np.float32],
    label: Floats,
    weight: Floats,
    *,
    believed: Logistic,
    slope_sd: float,
    intercept_sd: float = 1.0,
) -> Logistic:
    """Maximum a posteriori by Newton's method, with normal priors around ``believed``.

    ``features`` (N, F), ``label`` (N,) in [0, 1], ``weight`` (N,) >= 0. With no rows the answer is ``believed``.
    Source: Bishop, Pattern Recognition and Machine Learning, 2006, section 4.4 (Laplace approximation).
    """
    design = np.column_stack([np.ones(len(label)), features.astype(np.float64)])
    centre = np.concatenate([[believed.intercept], believed.slope])
    precision = np.concatenate([[intercept_sd**-2], np.full(len(believed.slope), slope_sd**-2)])
    point = centre.copy()
    for _ in range(ROUNDS):
        odds = expit(design @ point)
        slope = design.T @ (weight * (odds - label)) + precision * (point - centre)
        curvature = (design.T * (weight * odds * (1 - odds))) @ design + np.diag(precision)
        step = np.linalg.solve(curvature, slope)
        point = point - step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < CLOSE_ENOUGH:
            break
    return Logistic(float(point[0]), point[1:])
