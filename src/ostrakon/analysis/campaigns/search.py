"""Find campaigns: from improbable pairs of bursts to groups that are tested as a whole, and members one by one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ostrakon.analysis.campaigns.block import Block, fit
from ostrakon.analysis.campaigns.burst_pairs import burst_pairs, expected_shared
from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.campaigns.chance import Floats, log_poisson_tail
from ostrakon.analysis.campaigns.growth import grow
from ostrakon.analysis.campaigns.hours import Rhythm, rhythm
from ostrakon.analysis.campaigns.interest import interest
from ostrakon.analysis.campaigns.returning import log_q, returning
from ostrakon.analysis.log import Counts

NOTABLE = 1.5
"""Interest that many times as strong as was thought makes it worth to grow a block again."""


@dataclass(frozen=True)
class Candidate:
    """A group that was tested as a whole. Shapes: K bursts, by time; n reporters in any of them."""

    block: Block
    interest: float
    hours: Rhythm
    seen: Counts
    """(K,) reporters of each burst who had been in an earlier one."""
    expected: Floats
    """(K,) the same by chance."""
    log_q: float
    """ln of the chance that a log without coordination shows any group as improbable, at most."""


def candidates(of: Bursts, level: float) -> list[Candidate]:
    """Groups that pass at this level, in the order of their seeds; no two share most of their bursts."""
    pairs = burst_pairs(of)
    expected = expected_shared(of, pairs.one, pairs.other)
    found: list[Candidate] = []
    in_block = np.zeros(
        of.count, np.int64
    )  # the last block that each burst was grown into, < 0 if that passed
    for row in range(len(pairs.one)):
        seed = np.array([pairs.one[row], pairs.other[row]], np.int64)
        first, second = in_block[seed]
        if first < 0 or second < 0 or first == second != 0:
            continue
        shared = interest(of, seed)
        if log_poisson_tail(float(pairs.shared[row]), expected[row] * shared) > pairs.limit:
            continue  # people of one interest, as often as such people meet
        block, shared = _grown(of, seed, shared)
        if block is None or (in_block[block] < 0).mean() > 0.5:
            continue
        tested = _tested(of, block, shared)
        passed = tested.log_q <= math.log(level)
        if passed:
            found.append(tested)
        in_block[block[in_block[block] >= 0]] = -1 if passed else row + 1
    return found


def _grown(of: Bursts, seed: Counts, shared: float) -> tuple[Counts | None, float]:
    """A block and the interest of its people; grown again where that is more than was thought."""
    chosen = grow(of, seed, shared)
    if chosen is None:
        return None, shared
    found = interest(of, chosen)
    if found > NOTABLE * shared:
        chosen = grow(of, chosen, found)
        if chosen is None:
            return None, found
        found = interest(of, chosen)
    return chosen, found


def _tested(of: Bursts, chosen: Counts, shared: float) -> Candidate:
    """The whole group against chance, everybody's hours known."""
    block = fit(of, chosen, shared)
    hours = rhythm(of, block)
    block = fit(of, chosen, shared, hours.at(block.who, block.burst_of_place))
    seen, expected = returning(of, block, shared, hours)
    return Candidate(block, shared, hours, seen, expected, log_q(seen, expected, of.count))
