"""How many links are false: counted behind accounts that were never suspended, and by what people found.

The placebo's count is a lower bound: whoever looks like suspended accounts alone is not in it. Where people have judged
links, theirs is the second estimate, and the larger of the two is stated.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, Floats

CAUTION = 1.28
"""Standard deviations added to a count before it is stated, so that chance makes it too small one time in ten."""


def best_of(new: Codes, score: Floats, among: NDArray[np.bool_]) -> Floats:
    """The best score of each new account among some pairs, in no order; accounts without such a pair are absent."""
    best = np.full(int(new.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(best, new[among], score[among])
    found: Floats = best[np.isfinite(best)]
    return found


def counted_rate(target: Floats, decoy: Floats, ratio: float, caution: float = 0.0) -> tuple[Floats, Floats]:
    """Scores of targets, falling, and the share of false ones among each and all before it.

    One more decoy than was seen is assumed, so that a few links are never said to be perfect; a later, laxer line that
    has a lower share lends it to the stricter ones.

    Source: J. E. Elias and S. P. Gygi, "Target-decoy search strategy", Nature Methods 4 (2007) 207-214, separate
    searches; the added one: L. Levitsky and others, J. Proteome Research 16 (2017) 393-397.

    >>> counted_rate(np.array([3.0, 2.0, 1.0, 0.5]), np.array([0.7]), 1.0)[1].tolist()
    [0.333..., 0.333..., 0.333..., 0.5]
    """
    scores = np.sort(target)[::-1]
    decoys = np.sort(decoy)
    above = len(decoys) - np.searchsorted(decoys, scores, side="left")
    counted = above + 1 + caution * np.sqrt(above)
    share = np.minimum(counted * ratio / np.arange(1, len(scores) + 1), 1.0)
    return scores, np.minimum.accumulate(share[::-1])[::-1]


def line_at(target: Floats, decoy: Floats, ratio: float, stated: float) -> float:
    """The lowest score at which the counted share of false ones is at most ``stated``; infinite where there is none."""
    scores, share = counted_rate(target, decoy, ratio)
    fit = np.flatnonzero(share <= stated)
    return float(scores[fit[-1]]) if len(fit) else np.inf


def rate_of(scores: Floats, share: Floats, asked: Floats) -> Floats:
    """The rate of each asked score by the table of :func:`counted_rate`: that of the next lower score there."""
    if len(scores) == 0:
        return np.ones(len(asked))
    place = np.searchsorted(-scores, -asked, side="right")
    return share[np.clip(place - 1, 0, len(scores) - 1)]


def judged_rate(judged: Floats, same: NDArray[np.bool_], asked: Floats) -> Floats:
    """(A,) the share that people found different among the judged pairs of an asked score and above it.

    Half a *different* is added, so that a few verdicts never promise perfection; a laxer score that has a lower share
    lends it to the stricter ones.

    >>> judged_rate(np.array([3.0, 2.0, 1.0]), np.array([True, True, False]), np.array([2.5, 1.0])).tolist()
    [0.166..., 0.375]
    """
    order = np.argsort(-judged, kind="stable")
    count = np.arange(1, len(judged) + 1)
    share = (np.cumsum(~same[order]) + 0.5) / (count + 1)
    return rate_of(judged[order], np.minimum.accumulate(share[::-1])[::-1], asked)
