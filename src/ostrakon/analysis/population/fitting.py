"""Poisson log-linear models by Newton's method, compiled: one table of counts is fitted in some ten microseconds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Floats

MOST_STEPS = 100
SETTLED = 1e-9
"""A step that moves no fitted logarithm by more is the last."""


@dataclass(frozen=True)
class PoissonFit:
    """The maximum of a Poisson likelihood."""

    coefficients: Floats
    covariance: Floats
    expected: Floats
    """(cells,) fitted counts."""
    log_likelihood: float
    """With the term ln y!, as R has it."""
    deviance: float

    @property
    def aic(self) -> float:
        """-2 ln L + 2 parameters."""
        return 2 * len(self.coefficients) - 2 * self.log_likelihood


def fitted(design: Floats, counts: Floats, offset: Floats | None = None) -> PoissonFit | None:
    """ln E(counts) = design b + offset; None where the likelihood has no maximum, or more than one.

    Args:
        design: (cells, parameters), the first column the intercept. counts: (cells,) >= 0, also fractions.
    """
    scale = np.abs(design).max(axis=0)
    scale[scale == 0] = 1.0
    shift = np.zeros(len(counts)) if offset is None else offset
    beta, covariance, mu, is_maximum = newton(np.ascontiguousarray(design / scale), counts, shift)
    if not is_maximum:
        return None
    return PoissonFit(
        beta / scale,
        covariance / np.outer(scale, scale),
        mu,
        log_likelihood(counts, mu),
        deviance(counts, mu),
    )


def log_likelihood(counts: Floats, expected: Floats) -> float:
    """ln of the Poisson probability of the counts."""
    return float((special.xlogy(counts, expected) - expected - special.gammaln(counts + 1)).sum())


def deviance(counts: Floats, expected: Floats) -> float:
    """Twice the distance to the likelihood of a model that fits every cell."""
    return float(2 * (special.xlogy(counts, counts / expected) - counts + expected).sum())


@compiled
def newton(
    design: NDArray[np.float64], counts: NDArray[np.float64], offset: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], bool]:
    """Coefficients, their covariance, fitted counts, and whether that is a maximum.

    Where the likelihood has no maximum, some fitted count runs to 0 and its logarithm falls by about one a step for
    ever; where it has one, the steps shrink to nothing and the fitted counts are all positive. So a last step that is
    small is a proof (Fienberg and Rinaldo, Annals of Statistics 40, 2012: the fitted counts are the
    positive point that shares the margins of the data).
    """
    cells, size = design.shape
    beta = np.zeros(size)
    eta = np.log(counts + 0.5)
    mu = np.exp(eta)
    none = np.zeros((size, size))
    for step in range(MOST_STEPS):
        information = np.zeros((size, size))
        wanted = np.zeros(size)
        for cell in range(cells):
            response = mu[cell] * (eta[cell] - offset[cell]) + counts[cell] - mu[cell]
            for a in range(size):
                left = design[cell, a]
                if left != 0.0:
                    wanted[a] += left * response
                    left *= mu[cell]
                    for b in range(a + 1):
                        information[a, b] += left * design[cell, b]
        factor, is_positive = cholesky(information)
        if not is_positive:
            return beta, none, mu, False
        beta = solved(factor, wanted)
        aimed = offset + design @ beta
        moved = 0.0
        for cell in range(cells):
            change = aimed[cell] - eta[cell]
            if step > 0 and abs(change) > 4.0:  # far out the quadratic picture is wrong: go some of the way
                change = 4.0 if change > 0 else -4.0
                aimed[cell] = eta[cell] + change
            moved = max(moved, abs(change))
        eta = aimed
        mu = np.exp(np.minimum(eta, 700.0))
        if moved < SETTLED:
            return beta, inverse(factor), mu, True
    return beta, none, mu, False


@compiled
def cholesky(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], bool]:
    """Lower factor of a symmetric matrix given by its lower half, and whether it is safely positive definite."""
    size = len(matrix)
    factor = np.zeros((size, size))
    for a in range(size):
        for b in range(a + 1):
            total = matrix[a, b]
            for c in range(b):
                total -= factor[a, c] * factor[b, c]
            if a == b:
                if not total > 1e-11 * matrix[a, a]:
                    return factor, False
                factor[a, a] = math.sqrt(total)
            else:
                factor[a, b] = total / factor[b, b]
    return factor, True


@compiled
def solved(factor: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """x of L L' x = wanted."""
    size = len(factor)
    x = wanted.copy()
    for a in range(size):
        for b in range(a):
            x[a] -= factor[a, b] * x[b]
        x[a] /= factor[a, a]
    for a in range(size - 1, -1, -1):
        for b in range(a + 1, size):
            x[a] -= factor[b, a] * x[b]
        x[a] /= factor[a, a]
    return x


@compiled
def inverse(factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of L L'."""
    size = len(factor)
    found = np.empty((size, size))
    for a in range(size):
        unit = np.zeros(size)
        unit[a] = 1.0
        found[:, a] = solved(factor, unit)
    return found
