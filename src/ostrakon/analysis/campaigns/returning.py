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
from ostrakon.analysis.campaigns.chance import Floats, log_choose, log_evidence
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts


def returning(of: Bursts, block: Block, interest: float, rhythm: Floats) -> tuple[Counts, Floats]:
    """((K,) seen, (K,) expected) reporters of each burst who had been in an earlier one of the block.

    The bursts of a block lie in order of time.
    """
    activity = of.actions.activity[block.reporter]
    return _returning(block.start, block.who, activity.astype(np.float64), rhythm, of.actions.count, interest)


def log_q(seen: Counts, expected: Floats, bursts: int) -> float:
    """ln of the chance that some set of bursts looks so improbable where nobody coordinates, at most.

    The evidence of this set pays for all sets of its size that could have been looked at, and for the sizes:
    a union bound with weight 1 / (k (k + 1)) for size k.
    """
    size = len(seen)
    evidence = log_evidence(int(seen.sum()), float(expected.sum()))
    return min(0.0, log_choose(bursts, size) + math.log(size * (size + 1.0)) - evidence)


@compiled
def _returning(
    start: Counts, who: Codes, activity: Floats, rhythm: Floats, actions: int, interest: float
) -> tuple[Counts, Floats]:
    count = len(start) - 1
    seen = np.zeros(count, np.int64)
    expected = np.zeros(count)
    before = np.zeros(len(activity), np.int64)
    known = np.empty(len(activity), np.int64)
    knows, left = 0, float(actions)
    for burst in range(count):
        size = start[burst + 1] - start[burst]
        rate = 0.0
        for index in range(knows):
            number = known[index]
            rate += (activity[number] - before[number]) * rhythm[number, burst]
        expected[burst] = min(float(size), size * rate * interest / left)
        for place in range(start[burst], start[burst + 1]):
            number = who[place]
            if before[number] > 0:
                seen[burst] += 1
            else:
                known[knows] = number
                knows += 1
            before[number] += 1
        left -= size
    return seen, expected
