"""From a score to a probability, by verdicts and by the placebo. Both must agree: the lower one is stated."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from ostrakon.analysis.log import Floats

MOST_CERTAIN = 0.999
"""Nothing that is estimated is certain."""


def by_placebo(score: Floats, of_placebo: NDArray[np.bool_], ratio: float) -> Floats:
    """(P,) the probability that a pair is no chance: one less placebo pairs for each pair with a suspended account.

    Never falls with the score (isotonic). ``ratio``: suspended accounts for each placebo account.
    """
    from sklearn.isotonic import IsotonicRegression  # half a second: only who learns pays for it

    weight = np.where(of_placebo, ratio, 1.0)
    share: Any = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    real = share.fit(score, ~of_placebo, sample_weight=weight).predict(score)
    found: Floats = np.clip(1.0 - (1.0 - real) / np.maximum(real, 1e-9), 0.0, MOST_CERTAIN)
    return found


def by_verdicts(score: Floats, judged: Floats, same: NDArray[np.bool_]) -> Floats:
    """(P,) the probability by a logistic curve through what people found.

    Args:
        judged: scores of the judged pairs from models that did not see their verdicts.
        same: their verdicts.
    Source: J. Platt, "Probabilistic Outputs for Support Vector Machines" (1999), with his corrected targets.
    """
    yes, no = int(same.sum()), int((~same).sum())
    aim = np.where(same, (yes + 1) / (yes + 2), 1 / (no + 2))

    def loss(of: Floats) -> float:
        z = np.exp(of[0]) * judged + of[1]
        return float(np.sum(np.logaddexp(0, z) - aim * z))

    slope, shift = minimize(loss, np.zeros(2), method="Nelder-Mead").x
    found: Floats = np.clip(expit(np.exp(slope) * score + shift), 0.0, MOST_CERTAIN)
    return found


def by_assumption(bits: Floats, accounts: int) -> Floats:
    """(P,) a guess while nothing is known: half of the bits, as channels agree together, against one of all."""
    found: Floats = np.clip(expit((bits * np.log(2) - np.log(accounts + 1)) / 2), 0.0, MOST_CERTAIN)
    return found
