"""Fellegi-Sunter weights: how much more often something is seen between an account and its return than by chance.

They explain a link and order pairs while nothing is learned yet. Their sum is no probability: candidates were chosen
for agreeing somewhere, and channels agree together within a community.

Source: I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage", JASA 64 (1969) 1183-1210.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.analysis.log import Floats
from ostrakon.analysis.returners.features import DIRECTION
from ostrakon.analysis.returners.names import Singles

COLUMN = {name: place for place, name in enumerate(DIRECTION)}


@dataclass(frozen=True)
class Comparison:
    """One channel in levels."""

    feature: str
    cuts: tuple[float, ...]
    """Rising; level k holds values in [cuts[k - 1], cuts[k])."""
    returns: tuple[float, ...]
    """Share of true returns on each level, assumed before anything is learned; they sum to 1."""


COMPARISONS: dict[str, Comparison] = {
    "handle": Comparison("handle", (0.7, 0.85, 0.93, 0.9999), (0.28, 0.07, 0.10, 0.15, 0.40)),
    "display name": Comparison("display", (0.7, 0.85, 0.93, 0.9999), (0.28, 0.07, 0.07, 0.08, 0.50)),
    "bio": Comparison("words", (0.01, 5.0, 12.0, 25.0), (0.50, 0.10, 0.12, 0.13, 0.15)),
    "neighbours": Comparison(
        "neighbours", (0.01, 5.0, 8.0, 12.0, 17.0), (0.08, 0.05, 0.10, 0.22, 0.25, 0.30)
    ),
    "avatar": Comparison("avatar", (0.5, 4.0, 8.0, 13.0), (0.25, 0.12, 0.05, 0.01, 0.57)),
    "time": Comparison(
        "days", (-10.0, 0.0, 2.0, 7.0, 21.0, 90.0), (0.01, 0.10, 0.22, 0.25, 0.22, 0.15, 0.05)
    ),
}
"""The assumed shares are replaced by learned ones."""
SMOOTHING = 0.5
"""Pairs added to each level, so that what was never seen has a finite weight."""


@dataclass(frozen=True)
class Weights:
    """Bits of each level of each channel."""

    of: dict[str, Floats]

    def bits(self, channel: str, seen: Singles) -> Floats:
        """(P,) of one channel; 0 where it is unknown."""
        comparison = COMPARISONS[channel]
        value = seen[:, COLUMN[comparison.feature]]
        level = np.searchsorted(np.array(comparison.cuts), value, side="right")
        bits: Floats = np.where(np.isnan(value), 0.0, self.of[channel][level])
        return bits

    def total(self, seen: Singles) -> Floats:
        """(P,) bits of all channels together; of handle and display name only the better one."""
        found = {channel: self.bits(channel, seen) for channel in COMPARISONS}
        name = np.maximum(found["handle"], found["display name"])
        total: Floats = (
            name + np.maximum(found["bio"], 0.0) + found["neighbours"] + found["avatar"] + found["time"]
        )
        return total


def weights(strangers: Singles, returns: Singles | None = None, certainty: Floats | None = None) -> Weights:
    """Weights from random pairs, and from likely returns where there are any.

    Args:
        strangers: features of pairs drawn at random.
        returns, certainty: features of likely returns and the probability of each; the assumed shares count as ten.
    """
    found = {}
    for channel, comparison in COMPARISONS.items():
        levels = len(comparison.cuts) + 1
        u = _shares(strangers, comparison, levels, None)
        assumed = np.array(comparison.returns)
        m = assumed / assumed.sum()
        if returns is not None and certainty is not None and certainty.sum() > 0:
            learned = _counts(returns, comparison, levels, certainty)
            m = (learned + 10 * m) / (learned.sum() + 10)
        found[channel] = np.log2(m / u)
    return Weights(found)


def _counts(seen: Singles, comparison: Comparison, levels: int, certainty: Floats | None) -> Floats:
    value = seen[:, COLUMN[comparison.feature]]
    known = ~np.isnan(value)
    level = np.searchsorted(np.array(comparison.cuts), value[known], side="right")
    return np.bincount(level, None if certainty is None else certainty[known], minlength=levels).astype(
        np.float64
    )


def _shares(seen: Singles, comparison: Comparison, levels: int, certainty: Floats | None) -> Floats:
    counts = _counts(seen, comparison, levels, certainty) + SMOOTHING
    shares: Floats = counts / counts.sum()
    return shares
