"""Who is named as a member: each reporter by themselves, on evidence that does not rest on their own reports."""

from __future__ import annotations

import numpy as np

from ostrakon.analysis.campaigns.block import Block, probability
from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.campaigns.campaign import Members
from ostrakon.analysis.campaigns.hours import Rhythm
from ostrakon.analysis.log import Floats

MEMBER_Q = 0.02
"""Expected share of wrongly named among the members of a campaign, at most."""
LEAST_CERTAIN = 0.95
"""Nobody is named below this probability, however certain the others are: an average is no comfort to a person."""
LEAST_TIMES = 2
"""Nobody is named for having been there once."""
LEAST_OTHERS = 1.5
"""Members (summed probabilities) that a burst must have beside the one who is judged, or it says nothing of them:
otherwise a burst would belong to the campaign because of the very person whom it then convicts."""


def members(of: Bursts, block: Block, interest: float, hours: Rhythm) -> Members:
    """Those who belong with an expected share of errors of at most ``MEMBER_Q``, the most certain first.

    A q-value is the mean probability of not belonging among a member and all who are more certain: the local
    false-discovery rates of Efron (Large-Scale Inference, 2010, chapter 5), averaged.
    """
    burst = block.burst_of_place
    others = np.bincount(burst, block.belongs[block.who])[burst] - block.belongs[block.who]
    speaks = others >= LEAST_OTHERS
    silent = np.where(speaks, 0.0, block.support + block.absence[burst])
    count = len(block.reporter)
    belongs = probability(block.log_odds - np.bincount(block.who, silent, minlength=count))
    times = np.bincount(block.who, speaks, minlength=count).astype(np.int64)
    belongs[times < LEAST_TIMES] = 0.0
    order = np.lexsort((block.reporter, -belongs))
    q_value = np.cumsum(1.0 - belongs[order]) / np.arange(1, count + 1)
    named = order[(q_value <= MEMBER_Q) & (belongs[order] >= LEAST_CERTAIN)]
    return Members(
        block.reporter[named],
        q_value[: len(named)],
        block.times[named],
        expected_times(of, block, interest, hours)[named],
    )


def expected_times(of: Bursts, block: Block, interest: float, hours: Rhythm) -> Floats:
    """(n,) bursts in which each would be by chance: if nobody acted together, everybody in a burst came by chance."""
    share = of.size[block.bursts] / of.actions.count
    rate = of.actions.intensity[block.reporter] * (hours.reporter @ (share @ hours.burst))
    return np.asarray(np.minimum(rate * interest, len(block.bursts)), np.float64)
