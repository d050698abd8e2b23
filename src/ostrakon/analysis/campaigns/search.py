"""Find campaigns: from improbable pairs of bursts to groups that are tested as a whole, and members one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from ostrakon.analysis.campaigns.block import Block, fit
from ostrakon.analysis.campaigns.burst_pairs import burst_pairs
from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.campaigns.chance import log_poisson_tail
from ostrakon.analysis.campaigns.growth import grow
from ostrakon.analysis.campaigns.hours import Rhythm, rhythm
from ostrakon.analysis.campaigns.interest import interest
from ostrakon.analysis.campaigns.reporter_pairs import ReporterPairs
from ostrakon.analysis.campaigns.returning import log_q, returning
from ostrakon.analysis.log import Counts, Floats

MOST_VAIN = 3
"""A burst that was grown into so many groups that were none is no seed again: the search ends in time, whatever is
in the log."""
MOST_TAKEN = 0.5
"""A group of which more bursts than this share were found before is the one that was found before."""
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


def candidates(
    of: Bursts, level: float, met: ReporterPairs | None = None, known: Counts | None = None
) -> list[Candidate]:
    """Groups that pass at this level, in the order of their seeds; no two share most of their bursts.

    Seeds are improbable pairs of bursts, then the bursts in which improbable pairs of reporters met; none of them
    ``known`` as the work of somebody who was found otherwise.
    """
    found: list[Candidate] = []
    taken = np.zeros(of.count, np.bool_)
    vain = np.zeros(of.count, np.int64)
    scratch = np.zeros(of.count)
    if known is not None:
        taken[known] = True
    for seed in chain(_of_bursts(of), _of_reporters(of, met)):
        if taken[seed.bursts].any() or (vain[seed.bursts] >= MOST_VAIN).all():
            continue
        shared = interest(of, seed.bursts)
        if log_poisson_tail(seed.seen, seed.expected * shared) > seed.limit:
            continue  # people of one interest, as often as such people meet
        block, shared = _grown(of, seed.bursts, shared, scratch)
        if block is None:
            vain[seed.bursts] += 1
            continue
        if taken[block].mean() > MOST_TAKEN:
            continue
        tested = tested_group(of, block, shared)
        if tested.log_q <= math.log(level):
            found.append(tested)
            taken[block] = True
        else:
            vain[block] += 1
    return found


@dataclass(frozen=True)
class _Seed:
    """Bursts with which to begin, and why."""

    bursts: Counts
    seen: float
    expected: float
    limit: float
    """ln of the p-value above which this is not worth a look."""


def _of_bursts(of: Bursts) -> Iterator[_Seed]:
    pairs = burst_pairs(of)
    for one, other, shared, mean in zip(pairs.one, pairs.other, pairs.shared, pairs.expected, strict=True):
        yield _Seed(np.array([one, other], np.int64), float(shared), float(mean), pairs.limit)


def _of_reporters(of: Bursts, met: ReporterPairs | None) -> Iterator[_Seed]:
    if met is None or not len(met.one):
        return
    start, own = of.own
    limit = float(met.log_p[-1])
    for one, other, times, mean in zip(met.one, met.other, met.met, met.expected, strict=True):
        both = np.intersect1d(own[start[one] : start[one + 1]], own[start[other] : start[other + 1]])
        if len(both) >= 2:
            yield _Seed(both.astype(np.int64), float(times), float(mean), limit)


def _grown(of: Bursts, seed: Counts, shared: float, scratch: Floats) -> tuple[Counts | None, float]:
    """A block and the interest of its people; grown again where that is more than was thought."""
    chosen = grow(of, seed, shared, scratch)
    if chosen is None:
        return None, shared
    found = interest(of, chosen)
    if found > NOTABLE * shared:
        chosen = grow(of, chosen, found, scratch)
        if chosen is None:
            return None, found
        found = interest(of, chosen)
    return chosen, found


def tested_group(of: Bursts, chosen: Counts, shared: float) -> Candidate:
    """The whole group against chance, everybody's hours known."""
    block = fit(of, chosen, shared)
    hours = rhythm(of, block)
    block = fit(of, chosen, shared, hours.at(block.who, block.burst_of_place))
    seen, expected = returning(of, block, shared, hours)
    return Candidate(block, shared, hours, seen, expected, log_q(of, chosen, seen, expected))
