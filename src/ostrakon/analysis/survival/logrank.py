"""Do groups end at the same rate? The log-rank test, with delayed entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ostrakon.analysis.log import Floats
from ostrakon.analysis.survival.curves import at_risk
from ostrakon.analysis.survival.spells import Spells


@dataclass(frozen=True)
class LogRank:
    """Chi-square with one degree of freedom less than groups."""

    chi_square: float
    p: float
    observed: Floats
    """(groups,) ends."""
    expected: Floats
    """(groups,) ends if all groups ended alike."""


def logrank(groups: Sequence[Spells]) -> LogRank:
    """Mantel, Cancer Chemotherapy Reports 50 (1966), for two groups or more.

    Raises:
        ValueError: fewer than two groups, or nobody ended.
    """
    ends = [data.stop[data.ended] for data in groups]
    days = np.unique(np.concatenate(ends)) if len(ends) > 1 else np.empty(0)
    if len(days) == 0:
        raise ValueError("a log-rank test needs two groups and ends")
    risk = np.array([at_risk(data, days) for data in groups])
    ended = np.array([_counted(end, days) for end in ends])
    at, all_ended = risk.sum(axis=0), ended.sum(axis=0)
    expected = (risk * all_ended / at).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(at > 1, all_ended * (at - all_ended) / (at**2 * (at - 1)), 0.0)
    variance = np.diag((risk * at * scale).sum(axis=1)) - (risk * scale) @ risk.T
    off = (ended.sum(axis=1) - expected)[:-1]
    chi = float(off @ np.linalg.pinv(variance[:-1, :-1]) @ off)
    return LogRank(chi, float(stats.chi2.sf(chi, len(groups) - 1)), ended.sum(axis=1), expected)


def _counted(ends: Floats, days: Floats) -> Floats:
    return np.bincount(np.searchsorted(days, ends), minlength=len(days)).astype(np.float64)
