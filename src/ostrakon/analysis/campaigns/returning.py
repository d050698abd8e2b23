"""The test of a whole campaign: do the same people keep coming back?

Its bursts are taken in order of time. Of the n reporters of a burst, how many had been in an earlier one, and how many
would be by chance, given who those earlier ones are, how active they are, at which hours they are up, and how often
people of this interest meet anyway? Each expectation is made from the past alone, so the counts may be added up.
"""

from __future__ import annotations

import math

import numpy as np

from ostrakon.analysis.campaigns.block import Block
from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.campaigns.chance import log_choose, log_evidence
from ostrakon.analysis.campaigns.hours import Rhythm
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts, Floats


def returning(of: Bursts, block: Block, interest: float, hours: Rhythm) -> tuple[Counts, Floats]:
    """((K,) seen, (K,) expected) reporters of each burst who had been in an earlier one of the block.

    The bursts of a block lie in order of time.
    """
    intensity = of.actions.intensity[block.reporter]
    return _returning(
        block.start,
        block.who,
        intensity,
        hours.reporter,
        hours.burst,
        of.actions.count,
        interest,
    )


def log_q(of: Bursts, chosen: Counts, seen: Counts, expected: Floats) -> float:
    """ln of the chance that some set of bursts looks so improbable where nobody coordinates, at most.

    The evidence of this set pays for all sets that could have been looked at: a union bound in which each octave of
    size has its own weight, 1 / ((k + 1) (k + 2)) for k of its bursts, shared by all ways to take k. So a burst is as
    dear as there are others of its size, and large ones, which are few, are cheap.
    """
    octave = np.log2(of.size).astype(np.int64)
    there_are = np.bincount(octave)
    taken = np.bincount(octave[chosen], minlength=len(there_are))
    price = sum(
        log_choose(int(there), int(here)) + math.log((here + 1) * (here + 2))
        for there, here in zip(there_are, taken, strict=True)
        if there
    )
    return min(0.0, price - log_evidence(int(seen.sum()), float(expected.sum())))


@compiled
def _returning(
    start: Counts,
    who: Codes,
    intensity: Floats,
    hours: Floats,
    burst_hours: Floats,
    actions: int,
    interest: float,
) -> tuple[Counts, Floats]:
    """The actions that earlier reporters have left are kept as one sum for each hour of the day."""
    seen, expected = np.zeros(len(start) - 1, np.int64), np.zeros(len(start) - 1)
    before = np.zeros(len(intensity), np.int64)
    rate = np.zeros(hours.shape[1])
    left = float(actions)
    for burst in range(len(seen)):
        size = start[burst + 1] - start[burst]
        by_chance = 0.0
        for hour in range(len(rate)):
            by_chance += rate[hour] * burst_hours[burst, hour]
        expected[burst] = min(float(size), size * by_chance * interest / left)
        for place in range(start[burst], start[burst + 1]):
            number = who[place]
            if before[number] > 0:
                seen[burst] += 1
                gained = -1.0
            else:
                gained = max(intensity[number] - 1.0, 0.0)
            before[number] += 1
            for hour in range(len(rate)):
                rate[hour] += gained * hours[number, hour]
        left -= size
    return seen, expected
