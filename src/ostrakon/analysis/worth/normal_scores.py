"""Features on one scale: the normal score of a value's rank among all cases, decided or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Singles = NDArray[np.float32]

KNOTS = 512
"""Quantiles kept of each feature; ranks beyond the outermost read as the outermost."""


@dataclass(frozen=True)
class NormalScores:
    """The quantiles of every feature over the cases of a log."""

    knots: tuple[Singles, ...]
    """Sorted values of each feature, at most KNOTS; empty where nothing is known of it."""

    def __call__(self, features: Singles) -> Singles:
        """(N, F) normal scores, within +-3.1; unknown values read as 0, the median.

        A value that is shared by many cases takes the middle of their ranks.
        """
        scores = np.zeros_like(features)
        for column, knots in enumerate(self.knots):
            if len(knots) == 0 or knots[0] == knots[-1]:
                continue
            values = features[:, column]
            known = np.isfinite(values)
            middle = np.searchsorted(knots, values, "left") + np.searchsorted(knots, values, "right")
            rank = np.clip(middle / (2 * len(knots)), 0.5 / KNOTS, 1 - 0.5 / KNOTS)
            scores[:, column] = np.where(known, ndtri(rank), 0.0)
        return scores


def fit_normal_scores(features: Singles) -> NormalScores:
    """Learn the quantiles of each column of (N, F) ``features``; not finite is unknown.

    >>> scale = fit_normal_scores(np.array([[1.0], [2.0], [4.0]], np.float32))
    >>> [round(float(x), 2) for x in scale(np.array([[1.0], [2.0], [np.nan]], np.float32)).ravel()]
    [-0.97, 0.0, 0.0]
    """
    knots = []
    for values in features.T:
        known = np.sort(values[np.isfinite(values)])
        if len(known) > KNOTS:
            known = known[((np.arange(KNOTS) + 0.5) / KNOTS * len(known)).astype(np.int64)]
        knots.append(known)
    return NormalScores(tuple(knots))
