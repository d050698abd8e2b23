"""Learning without labels: what is found behind accounts that were never suspended is false.

Source: the target-decoy rounds of L. Kaell and others, "Semi-supervised learning for peptide identification from
shotgun proteomics datasets", Nature Methods 4 (2007) 923-925.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, Floats
from ostrakon.analysis.returners.boosting import PLACEBO_GROWTH, Scorer
from ostrakon.analysis.returners.names import Singles
from ostrakon.analysis.returners.rates import best_of, line_at

STATED = (0.30, 0.20, 0.10, 0.05)
"""False rate of what is taken for true, round by round."""
MOST_NEGATIVES = 40_000
LEARNED_FROM = 20_000
"""New accounts whose pairs are learned from, at most; all are scored."""
LEAST_TAKEN = 20
"""Pairs above the line, at least: fewer teach nothing."""


def learned_from_placebo(
    seen: Singles,
    new: Codes,
    of_placebo: NDArray[np.bool_],
    start: Floats,
    ratio: float,
    teaches: NDArray[np.bool_],
) -> Floats | None:
    """Log odds of every pair, from models that never saw its new account; None where nothing could be learned.

    Args:
        start: an order to begin with.
        ratio: suspended accounts for each placebo account.
        teaches: (P,) the pairs that may be learned from.
    """
    accounts = int(new.max(initial=-1)) + 1
    fold = np.random.default_rng(0).permutation(accounts)
    inside = np.flatnonzero((fold[new] < LEARNED_FROM) & teaches)
    half = fold[new] % 2
    part, score = half[inside], start[inside]
    models: list[Scorer] = []
    for stated in STATED:
        models = []
        for number in (0, 1):
            mine = np.flatnonzero(part == number)
            rows = inside[mine]
            model = _learn(seen[rows], new[rows], of_placebo[rows], score[mine], stated, ratio)
            if model is None:
                return None
            models.append(model)
        score = np.where(part == 0, models[1].log_odds(seen[inside]), models[0].log_odds(seen[inside]))
    found = np.empty(len(seen))
    for number in (0, 1):
        rows = np.flatnonzero(half == number)
        found[rows] = models[1 - number].log_odds(seen[rows])
    return found


def _learn(
    seen: Singles, new: Codes, of_placebo: NDArray[np.bool_], score: Floats, stated: float, ratio: float
) -> Scorer | None:
    """One round on one half: above the line for the stated rate is true, all of the placebo is false."""
    target, decoy = best_of(new, score, ~of_placebo), best_of(new, score, of_placebo)
    line = line_at(target, decoy, ratio, stated)
    taken = np.flatnonzero(~of_placebo & (score >= line))
    if len(taken) < LEAST_TAKEN:
        return None
    false = np.flatnonzero(of_placebo)
    if len(false) > MOST_NEGATIVES:
        false = np.sort(np.random.default_rng(1).choice(false, MOST_NEGATIVES, replace=False))
    rows = np.concatenate([taken, false])
    return Scorer(seen[rows], np.arange(len(rows)) < len(taken), PLACEBO_GROWTH)
