"""Weights of synthetic difference-in-differences: controls and periods that together look like the treated before.

Source: Arkhangelsky, Athey, Hirshberg, Imbens and Wager, Synthetic Difference-in-Differences, AER 111 (2021),
section 2 and algorithm 1; the Frank-Wolfe steps are those of the authors' R package synthdid.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Floats

FIRST_STEPS, STEPS = 100, 10_000
LEAST_FALL = 1e-5
"""In units of the noise: the search ends when a step lowers the objective by less than its square."""


def noise(before: Floats) -> float:
    """Standard deviation of the first differences of controls before the treatment, (N0, T0), T0 >= 3."""
    return float(np.diff(before, axis=1).std(ddof=1))


def period_weights(before: Floats, after: Floats, sigma: float) -> Floats:
    """(T0,) on the simplex: periods that foretell the controls' mean after.

    Args:
        before: (N0, T0) controls. after: (N0,) their means after. sigma: see ``noise``.
    """
    return _simplex(before, after, 1e-6 * sigma, sigma)


def unit_weights(before: Floats, treated: Floats, treated_cells: int, sigma: float) -> Floats:
    """(N0,) on the simplex: controls that move as the treated did before.

    Args:
        before: (N0, T0) controls. treated: (T0,) mean of the treated. treated_cells: N1 times T1.
    """
    return _simplex(before.T, treated, treated_cells**0.25 * sigma, sigma)


def _simplex(design: Floats, target: Floats, zeta: float, sigma: float) -> Floats:
    """Least squares on the simplex with a free constant (centred columns) and a ridge."""
    centred = np.asfortranarray(design - design.mean(axis=0))
    wanted = target - target.mean()
    start = np.full(design.shape[1], 1.0 / design.shape[1])
    least = max((LEAST_FALL * sigma) ** 2, 1e-300)
    rough = _frank_wolfe(centred, wanted, start, zeta, least, FIRST_STEPS)
    rough[rough <= rough.max() / 4] = 0.0
    return _frank_wolfe(centred, wanted, rough / rough.sum(), zeta, least, STEPS)


@compiled
def _frank_wolfe(
    design: NDArray[np.float64],
    target: NDArray[np.float64],
    start: NDArray[np.float64],
    zeta: float,
    least: float,
    steps: int,
) -> NDArray[np.float64]:
    """Exact line search towards the corner with the steepest fall; ``design`` (n, k) has its columns in one piece.

    Few corners are ever visited: their products with all columns are kept, so a step costs n + k and not n times k.
    """
    rows, columns = design.shape
    weights, fitted = start.copy(), design @ start
    products, wanted = fitted @ design, target @ design
    kept, is_kept = np.empty((columns, columns)), np.zeros(columns, np.bool_)
    ridge, last, size = rows * zeta**2, np.inf, weights @ weights
    for step in range(steps):
        slopes = products - wanted + ridge * weights
        corner = np.argmin(slopes)
        change = design[:, corner] - fitted
        curve = change @ change + ridge * (size - 2 * weights[corner] + 1)
        if curve <= 0.0:
            break
        length = min(1.0, max(0.0, (slopes @ weights - slopes[corner]) / curve))
        if not is_kept[corner]:
            kept[corner], is_kept[corner] = design[:, corner] @ design, True
        weights *= 1 - length
        weights[corner] += length
        fitted += length * change
        products += length * (kept[corner] - products)
        size, error = weights @ weights, fitted - target
        value = zeta**2 * size + (error @ error) / rows
        if step > 0 and last - value <= least:
            break
        last = value
    return weights
