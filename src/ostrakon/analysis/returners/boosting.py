"""Gradient boosting that may only like more of what speaks for a link, and less of what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.log import Floats
from ostrakon.analysis.returners.features import DIRECTION
from ostrakon.analysis.returners.names import Singles

SCORED_AT_ONCE = 1 << 18
"""Rows, so that the copies that scikit-learn makes stay small."""


@dataclass(frozen=True)
class Growth:
    """How a model is grown."""

    trees: int
    leaves: int
    least_in_leaf: int


PLACEBO_GROWTH = Growth(trees=80, leaves=15, least_in_leaf=20)
"""The note, section 6."""
REVIEW_GROWTH = Growth(trees=120, leaves=6, least_in_leaf=5)
"""Smaller trees, for some hundred verdicts."""
RATE, RIDGE = 0.08, 5.0


class Scorer:
    """Log odds of a link, learned from pairs; deterministic and on one core."""

    def __init__(self, seen: Singles, same: NDArray[np.bool_], growth: Growth) -> None:
        self._model = _model(growth)
        with _one_core():
            self._model.fit(_with_something_everywhere(seen), same)

    def log_odds(self, seen: Singles) -> Floats:
        """(P,) of these pairs."""
        with _one_core():
            parts = [
                self._model.decision_function(seen[begin : begin + SCORED_AT_ONCE])
                for begin in range(0, len(seen), SCORED_AT_ONCE)
            ]
        return np.concatenate([np.empty(0), *parts])


def _with_something_everywhere(seen: Singles) -> Singles:
    """A feature that no pair has, as where no table holds pictures, is nought: scikit-learn cannot bin nothing."""
    missing = np.isnan(seen).all(axis=0)
    return np.where(missing, np.float32(0), seen) if missing.any() else seen


def _model(growth: Growth) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier  # half a second: only who learns pays for it

    return HistGradientBoostingClassifier(
        max_iter=growth.trees,
        learning_rate=RATE,
        max_leaf_nodes=growth.leaves,
        min_samples_leaf=growth.least_in_leaf,
        l2_regularization=RIDGE,
        monotonic_cst=list(DIRECTION.values()),
        early_stopping=False,
        random_state=0,
    )


def _one_core() -> Any:
    """Threads that wait for each other cost more CPU than they save, and sums over threads could differ."""
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    return threadpool_limits(limits=1)
