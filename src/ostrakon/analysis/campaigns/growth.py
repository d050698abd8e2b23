"""From two bursts to all that the same group made: add what its members explain, drop what they do not."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.block import Block, fit
from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.campaigns.chance import log_poisson_tail
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts, Floats

LOOSE_LOG_P = -6.0
"""At first a burst is taken in on this evidence, or on that of one in all bursts where these are few: a group is hard
to see while little of it is known."""
STRICT_LEVEL = 0.5
"""At last chance may bring so many bursts into a block, over the whole log."""
ROUNDS = 8
LEAST_MEMBERS = 1.3
"""Members (summed probabilities) that a burst must have, apart from those it is the only evidence for."""
LEAST_BELONGS = 0.2
"""Whoever belongs with a smaller probability pulls in nothing."""
MOST_BURSTS = 5000
LEAST_SHARE = 0.1
"""Of the reporters of a burst so many are members, or it is not the group's work."""


def grow(of: Bursts, seed: Counts, interest: float, scratch: Floats) -> Counts | None:
    """(K,) bursts of the group that made the seed, by time, or None where it explains no two bursts.

    ``scratch`` (B,) is zeros before and after: to make it anew would cost more than the rest in a large log.
    """
    chosen = by_time(of, seed)
    for limit in (max(LOOSE_LOG_P, -math.log(of.count)), math.log(STRICT_LEVEL / of.count)):
        for _ in range(ROUNDS):
            explained = by_time(of, _explained(of, fit(of, chosen, interest), interest, limit, scratch))
            if len(explained) < 2:
                return None
            settled = np.array_equal(chosen, explained)
            chosen = explained
            if settled:
                break
    return chosen


def by_time(of: Bursts, chosen: Counts) -> Counts:
    """The same bursts in the order in which they began."""
    return chosen[np.lexsort((chosen, of.first_at[chosen]))]


def _explained(of: Bursts, block: Block, interest: float, limit: float, scratch: Floats) -> Counts:
    """Bursts with more members than chance brings, those of the block judged without their own evidence.

    Crowds in which members are a few among many are left out: to have been there is no evidence, and once a crowd is
    in the block it is the crowd that is fitted.
    """
    start, own = of.own
    belongs = np.where(block.belongs > LEAST_BELONGS, block.belongs, 0.0)
    without = block.without()
    others = np.bincount(
        block.burst_of_place, np.where(without > LEAST_BELONGS, without, 0.0), minlength=len(block.bursts)
    )
    intensity = of.actions.intensity[block.reporter]
    touched, members = _members_of_bursts(start, own, block.reporter, belongs, scratch)
    rate = float((belongs * intensity).sum()) * interest / of.actions.count
    if len(touched):
        place = np.minimum(np.searchsorted(touched, block.bursts), len(touched) - 1)
        of_block = touched[place] == block.bursts
        members[place[of_block]] = others[of_block]
    size = of.size[touched]
    log_p = _tails(members, np.asarray(size * rate, np.float64))
    kept = np.flatnonzero((log_p <= limit) & (members >= LEAST_SHARE * size))
    if len(kept) > MOST_BURSTS:
        kept = kept[np.argsort(log_p[kept], kind="stable")[:MOST_BURSTS]]
    return touched[kept].astype(np.int64)


@compiled
def _tails(members: Floats, mean: Floats) -> Floats:
    log_p = np.zeros(len(members))
    for index in range(len(members)):
        if members[index] >= LEAST_MEMBERS and members[index] > mean[index]:
            log_p[index] = log_poisson_tail(members[index], mean[index])
    return log_p


@compiled
def _members_of_bursts(
    start: NDArray[np.int64], own: Codes, reporter: Codes, belongs: Floats, scratch: Floats
) -> tuple[Codes, Floats]:
    """(bursts that any member is in, ascending; the sum of their members' probabilities)."""
    places = 0
    for number in range(len(reporter)):
        if belongs[number] > 0:
            places += start[reporter[number] + 1] - start[reporter[number]]
    touched = np.empty(min(places, len(scratch)), np.int32)
    found = 0
    for number in range(len(reporter)):
        if belongs[number] > 0:
            for place in range(start[reporter[number]], start[reporter[number] + 1]):
                if scratch[own[place]] == 0.0:
                    touched[found] = own[place]
                    found += 1
                scratch[own[place]] += belongs[number]
    touched = np.sort(touched[:found])
    members = np.empty(found, np.float64)
    for index in range(found):
        members[index] = scratch[touched[index]]
        scratch[touched[index]] = 0.0
    return touched, members
