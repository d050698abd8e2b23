"""From a score to a probability: by the placebo, which verdicts correct, or by verdicts alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from ostrakon.analysis.log import Codes, Floats

MOST_CERTAIN = 0.999
"""Nothing that is estimated is certain."""
LIKELY = 0.7
"""Probability by the placebo from which verdicts correct it: of what nobody would suggest they say nothing here."""
ASSUMED_SHARE = 0.1
"""Of the new accounts that are returners, while nothing says how many are."""
TILT = 0.001
"""Share of the score itself in a probability, so that pairs of unlike scores are never equally probable."""


def rising(score: Floats, truth: Floats, weight: Floats, asked: Floats) -> Floats:
    """(A,) the share of truth at each asked score: never falling, with straight lines between level stretches.

    Source: A. P. Oron and N. Flournoy, "Centered Isotonic Regression", Stat. Biopharm. Research 9 (2017) 258-267.

    >>> score, truth = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 1.0, 0.0, 1.0])
    >>> rising(score, truth, np.ones(4), np.array([1.0, 2.5, 4.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    from sklearn.isotonic import IsotonicRegression  # half a second: only who learns pays for it

    model: Any = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    level = model.fit(score, truth, sample_weight=weight).predict(score)
    values, number = np.unique(level, return_inverse=True)
    mass = np.bincount(number, weight)
    middle = np.bincount(number, weight * score) / mass
    found: Floats = np.interp(asked, middle, values)
    return found


def by_placebo(score: Floats, of_placebo: NDArray[np.bool_], ratio: float, asked: Floats) -> Floats:
    """(A,) the probability that a pair is no chance: one less placebo pairs for each pair with a suspended account.

    ``ratio``: suspended accounts for each placebo account.
    """
    weight = np.where(of_placebo, ratio, 1.0)
    real = rising(score, (~of_placebo).astype(np.float64), weight, asked)
    return _tilted(1.0 - (1.0 - real) / np.maximum(real, 1e-9), asked)


def by_verdicts(score: Floats, judged: Floats, same: NDArray[np.bool_]) -> Floats:
    """(P,) the probability by what people found.

    One verdict of *different* above all, and one of *same* below, are added: nobody is certain after a few verdicts.

    Args:
        judged: scores of the judged pairs from models that did not see their verdicts.
        same: their verdicts.
    """
    ends = np.array([judged.max(), judged.min()])
    truth = np.concatenate([same.astype(np.float64), [0.0, 1.0]])
    found = rising(np.concatenate([judged, ends]), truth, np.ones(len(truth)), score)
    return _tilted(found, score)


def more_false(by_chance: Floats, same: NDArray[np.bool_]) -> float:
    """How many times as many links are false as the placebo says, by what people found among those it holds likely.

    At least 1, for the placebo is a lower bound: who looks like suspended accounts alone is not in it.

    >>> round(more_false(np.full(40, 0.9), np.arange(40) >= 14), 1)
    3.0
    """
    watched = by_chance >= LIKELY
    expected = float((1 - by_chance[watched]).sum())
    return max(1.0, (float((~same[watched]).sum()) + 1.0) / (expected + 1.0))


def no_better_than_stated(probability: Floats, rate: Floats, score: Floats) -> Floats:
    """(P,) the probability, at most what the stated rate leaves; the order of scores stays. NaN takes nothing.

    Of a hundred links of which at least six are false, the last one is not true with .99.

    >>> no_better_than_stated(np.array([0.99, 0.5]), np.array([0.06, np.nan]), np.zeros(2)).round(3).tolist()
    [0.94, 0.5]
    """
    return _tilted(np.fmin(probability, 1.0 - rate), score)


def by_assumption(bits: Floats, new: Codes, suspended: int, accounts: int) -> Floats:
    """(P,) a guess while nothing is known: half of the bits, as channels agree together, against one of all.

    It is lowered until no more of the new accounts are taken for returners than there might be if one in ten were:
    chance alone finds some likeness for everybody.

    Args:
        bits, new: of each pair that may be shown, its Fellegi-Sunter bits and its new account.
        suspended, accounts: how many suspended and new accounts were compared.
    """
    odds = (bits * np.log(2) - np.log(suspended + 1)) / 2
    best = np.full(int(new.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(best, new, odds)
    found: Floats = np.clip(expit(odds - _lowered(best, most_returners(accounts))), 0.0, MOST_CERTAIN)
    return found


def most_returners(accounts: int) -> float:
    """How many of so many new accounts may be returners, if one in ten is: three standard deviations above."""
    expected = ASSUMED_SHARE * accounts
    return float(expected + 3 * np.sqrt(expected) + 1)


def stands_out(probability: Floats, new: Codes, accounts: int) -> NDArray[np.bool_]:
    """(P,) pairs of the new accounts that are likelier returners than most: twice as many as there may be, at most.

    For when nothing is known: below them chance alone orders the accounts, and to look at all is no use of anybody.
    """
    best = np.zeros(accounts)
    np.maximum.at(best, new, probability)
    most = int(2 * most_returners(accounts))
    if most >= accounts:
        return np.ones(len(new), bool)
    found: NDArray[np.bool_] = (best > np.sort(best)[-most - 1])[new]
    return found


def _lowered(odds: Floats, most: float) -> float:
    """By how many nats these must fall so that their probabilities sum to ``most``; 0 where they do not exceed it."""

    def excess(nats: float) -> float:
        return float(expit(odds - nats).sum()) - most

    return 0.0 if excess(0.0) <= 0 else float(brentq(excess, 0.0, float(odds.max()) + 50.0))


def _tilted(probability: Floats, score: Floats) -> Floats:
    found: Floats = np.clip(probability, 0.0, MOST_CERTAIN) * (1 - TILT) + TILT * expit(score)
    return found
