"""Learning from what people found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, Counts, Floats
from ostrakon.analysis.returners.boosting import REVIEW_GROWTH, Scorer
from ostrakon.analysis.returners.names import Singles

LEAST_EACH = 15
"""Verdicts of *same* and of *different*, at least, before anything is learned from them."""
FOLDS = 5
HALF_TRUSTED = 20
"""Verdicts of *same* at which they weigh as much as the placebo."""


@dataclass(frozen=True)
class Verdicts:
    """Judged pairs among those that are looked at."""

    pair: Counts
    same: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.pair)

    @property
    def are_enough(self) -> bool:
        """Whether something can be learned."""
        return min(int(self.same.sum()), int((~self.same).sum())) >= LEAST_EACH


def verdicts(reviews: pl.DataFrame | None, account: pl.Series, suspended: pl.Series) -> Verdicts:
    """Verdicts of ``same`` and ``different`` on these pairs, the last one of each; ``unclear`` teaches nothing."""
    if reviews is None or reviews.height == 0:
        return Verdicts(np.empty(0, np.int64), np.empty(0, np.bool_))
    last = reviews.unique(["account", "suspended_account"], keep="last", maintain_order=True)
    pairs = pl.DataFrame({"account": account, "suspended_account": suspended}).with_row_index("pair")
    judged = pairs.join(
        last.filter(pl.col("verdict").is_in(["same", "different"])), on=["account", "suspended_account"]
    ).sort("pair")
    return Verdicts(
        judged["pair"].cast(pl.Int64).to_numpy().copy(), (judged["verdict"] == "same").to_numpy().copy()
    )


def learned_from_verdicts(seen: Singles, new: Codes, known: Verdicts) -> Floats:
    """(P,) log odds of every pair; of accounts that were judged by models that did not see their verdicts."""
    judged = seen[known.pair]
    score = Scorer(judged, known.same, REVIEW_GROWTH).log_odds(seen)
    fold = np.random.default_rng(0).integers(0, FOLDS, int(new.max(initial=-1)) + 1)
    fold_of_judged = fold[new[known.pair]]
    was_judged = np.isin(new, new[known.pair])
    for number in range(FOLDS):
        others = fold_of_judged != number
        if len(np.unique(known.same[others])) == 2:
            rows = np.flatnonzero(was_judged & (fold[new] == number))
            score[rows] = Scorer(judged[others], known.same[others], REVIEW_GROWTH).log_odds(seen[rows])
    return score


def trust(known: Verdicts) -> float:
    """What verdicts weigh beside the placebo, 0 to 1."""
    same = float(known.same.sum())
    return same / (same + HALF_TRUSTED)
