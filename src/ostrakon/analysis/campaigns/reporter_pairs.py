"""The pair test: which two reporters meet within the hour on more accounts than chance would have it.

It is precise about two people and blind to groups in which no pair meets often, which the burst test sees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.analysis.campaigns.actions import Actions
from ostrakon.analysis.campaigns.chance import log_poisson_tail, significant
from ostrakon.analysis.campaigns.coaction import co_actions, windows
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Floats

WINDOW_S = 3600
LEAST_MET = 3
"""Among all pairs of a log two meetings are never improbable."""
NEAREST = 300
"""In a crowded hour only the nearest in time count, in what is seen and in what is expected alike."""
PAIR_Q = 0.01


@dataclass(frozen=True)
class ReporterPairs:
    """Pairs that pass at a false-discovery rate of ``PAIR_Q`` over all pairs of active reporters, one < other."""

    one: Codes
    other: Codes
    met: Codes
    """Accounts that both reported within ``WINDOW_S``."""
    expected: Floats
    """The same by chance."""
    log_p: Floats
    tested: float
    """Pairs that could have met often enough."""


def reporter_pairs(of: Actions) -> ReporterPairs:
    """The least probable pairs first.

    Null: the d_v actions of v fall on the log's N actions at random, so one of them falls into the window of action i
    of u with chance n_i / N, and they meet a Poisson number of times with mean d_v (sum of n_i over u's actions) / N.
    That carries how popular an account is, how fast it is reported, and how active both are. Of the two directions
    the less surprising counts.
    """
    account = np.repeat(np.arange(len(of.start) - 1, dtype=np.int32), np.diff(of.start))
    log = (of.reporter, account, of.at)
    met = co_actions(*log, window=WINDOW_S, least=LEAST_MET, nearest=NEAREST)
    near = windows(*log, window=WINDOW_S, nearest=NEAREST)
    beside = np.bincount(of.reporter[near.order], near.high - near.low - 1, minlength=of.reporters)
    expected = of.intensity[met.other] * beside[met.source] / max(of.count, 1)
    log_p = _tails(met.weight.astype(np.float64), expected)
    mutual, back = _directions(met.source, met.other, of.reporters)
    active = float((of.activity >= LEAST_MET).sum())
    tested = active * (active - 1) / 2
    both_log_p = np.maximum(log_p[mutual], log_p[back])
    passed = significant(both_log_p, max(tested, 1.0), PAIR_Q)
    chosen = mutual[passed]
    order = np.lexsort((met.other[chosen], met.source[chosen], both_log_p[passed]))
    chosen, both = chosen[order], both_log_p[passed][order]
    return ReporterPairs(
        met.source[chosen],
        met.other[chosen],
        met.weight[chosen],
        np.maximum(expected[mutual], expected[back])[passed][order],
        both,
        tested,
    )


def _directions(
    source: Codes, other: Codes, reporters: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """(rows with source < other that have a way back, the rows of those ways); rows lie by (source, other)."""
    key = source.astype(np.int64) * reporters + other
    there = np.flatnonzero(source < other)
    wanted = other[there].astype(np.int64) * reporters + source[there]
    back = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
    found = key[back] == wanted if len(key) else np.zeros(0, np.bool_)
    return there[found], back[found]


@compiled
def _tails(seen: Floats, mean: Floats) -> Floats:
    log_p = np.zeros(len(seen))
    for row in range(len(seen)):
        if seen[row] > mean[row]:
            log_p[row] = log_poisson_tail(seen[row], mean[row])
    return log_p
