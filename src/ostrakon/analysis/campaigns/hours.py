"""When people are up: how much likelier than on average each reporter is to report at the hours of a burst."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.analysis.campaigns.actions import HOUR_S, HOURS
from ostrakon.analysis.campaigns.block import Block, places
from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.log import Codes, Counts, Floats

PRIOR_ACTIONS = 3.0
"""How many actions the hours of everybody count as, beside a reporter's own."""


@dataclass(frozen=True)
class Rhythm:
    """Shapes: n reporters of a block, K bursts. The rate of a reporter at a burst is the product of their rows."""

    reporter: Floats
    """(n, 24) rate at each hour of the day (UTC), as a multiple of what everybody's hours would make it."""
    burst: Floats
    """(K, 24) share of the reports of each burst that came at each hour."""

    def at(self, who: Codes, burst: Counts) -> Floats:
        """(z,) rate of reporters at bursts, as a multiple of their mean rate."""
        return np.asarray(np.einsum("zh,zh->z", self.reporter[who], self.burst[burst]), np.float64)


def rhythm(of: Bursts, block: Block) -> Rhythm:
    """The hours of the reporters of a block, learned from what they did outside it, smoothed over three hours."""
    _, rows = places(of, block.bursts)
    inside = (of.actions.at[rows] // HOUR_S) % HOURS
    own = of.actions.by_hour[block.reporter].astype(np.float64)
    np.subtract.at(own, (block.who, inside), 1.0)
    own = _smoothed(np.maximum(own, 0.0)) / 3.0
    everybody = _smoothed(of.actions.hours_of_all[None, :].astype(np.float64))[0]
    everybody = np.maximum(everybody / everybody.sum(), 1e-6)
    share = (own + PRIOR_ACTIONS * everybody) / (own.sum(1, keepdims=True) + PRIOR_ACTIONS)
    of_burst = np.zeros((len(block.bursts), HOURS))
    np.add.at(of_burst, (block.burst_of_place, inside), 1.0)
    return Rhythm(share / everybody, of_burst / of_burst.sum(1, keepdims=True))


def _smoothed(counts: Floats) -> Floats:
    """Each hour with the one before and the one after, around the clock."""
    return counts + np.roll(counts, 1, axis=1) + np.roll(counts, -1, axis=1)
