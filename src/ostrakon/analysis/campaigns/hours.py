"""When people are up: how much likelier than on average each reporter is to report at the hours of a burst."""

from __future__ import annotations

import numpy as np

from ostrakon.analysis.campaigns.actions import HOUR_S, HOURS
from ostrakon.analysis.campaigns.block import Block, places
from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.campaigns.chance import Floats

PRIOR_ACTIONS = 3.0
"""How many actions the hours of everybody count as, beside a reporter's own."""


def rhythm(of: Bursts, block: Block) -> Floats:
    """(n, K) rate of each reporter of a block at the hours of each of its bursts, as a multiple of their mean rate.

    A reporter's hours are those of their actions outside the block, smoothed over three hours, relative to everybody's.
    """
    _, rows = places(of, block.bursts)
    inside = (of.actions.at[rows] // HOUR_S) % HOURS
    burst = block.burst_of_place
    own = of.actions.by_hour[block.reporter].astype(np.float64)
    np.subtract.at(own, (block.who, inside), 1.0)
    everybody = _smoothed(of.hours_of_all[None, :].astype(np.float64))[0]
    everybody = np.maximum(everybody / everybody.sum(), 1e-6)
    own = _smoothed(np.maximum(own, 0.0)) / 3.0
    share = (own + PRIOR_ACTIONS * everybody) / (own.sum(1, keepdims=True) + PRIOR_ACTIONS)
    of_burst = np.zeros((len(block.bursts), HOURS))
    np.add.at(of_burst, (burst, inside), 1.0)
    of_burst /= of_burst.sum(1, keepdims=True)
    return np.asarray((share / everybody) @ of_burst.T, np.float64)


def _smoothed(counts: Floats) -> Floats:
    """Each hour with the one before and the one after, around the clock."""
    return counts + np.roll(counts, 1, axis=1) + np.roll(counts, -1, axis=1)
