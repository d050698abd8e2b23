"""Whom people follow: their community's accounts, hubs that everybody knows, and a few of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostrakon.worlds.draws import Floats, Ints, weighted

HUBS = 2_000
LOCALS = 250
"""Accounts that a community knows."""
COMMUNITY = 100
"""Suspended accounts of a community, and as many placebo and new ones."""


@dataclass(frozen=True)
class Circles:
    """Who follows whom, as numbers, by owner."""

    owner: Ints
    followee: Ints
    start: Ints
    """(N + 1,) where the list of each owner begins."""

    def sizes(self) -> Ints:
        """(N,) length of each list."""
        return np.diff(self.start)


def circles(owner: Ints, followee: Ints, count: int) -> Circles:
    """Lists from edges in any order; an edge counts once."""
    code = np.unique(owner * np.int64(1 << 34) + followee)
    owner = code >> 34
    start = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))])
    return Circles(owner, code & ((1 << 34) - 1), start.astype(np.int64))


def zipf(count: int, power: float) -> Floats:
    """(count,) how popular the first, second, ... of so many things is."""
    found: Floats = 1.0 / np.arange(1, count + 1, dtype=np.float64) ** power
    return found


def drawn(community: Ints, size: Ints, communities: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """So many follows of each person: seven in ten local, two a hub, one of his own."""
    owner = np.repeat(np.arange(len(community)), size)
    count = len(owner)
    local = HUBS + community[owner] * LOCALS + weighted(zipf(LOCALS, 0.8), count, rng)
    hub = weighted(zipf(HUBS, 1.0), count, rng)
    own = HUBS + communities * LOCALS + rng.integers(0, 40 * len(community) + 1, count)
    lot = rng.random(count)
    return owner, np.where(lot < 0.7, local, np.where(lot < 0.9, hub, own))


def sizes(median: float, count: int, rng: np.random.Generator) -> Ints:
    """Lengths of lists: log-normal, 3 to 400."""
    found: Ints = np.clip(rng.lognormal(np.log(median), 0.6, count), 3, 400).astype(np.int64)
    return found


def copied(
    of: Circles, source: Ints, owner: Ints, times: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """``times`` follows of each owner, out of the list of the source; those without a list have none."""
    length = of.sizes()[source]
    times = np.where(length > 0, np.minimum(times, length), 0)
    row = np.repeat(np.arange(len(owner)), times)
    place = (rng.random(len(row)) * length[row]).astype(np.int64)
    return owner[row], of.followee[of.start[source[row]] + place]


def shares(kind: NDArray[np.bool_], a: float, b: float, rng: np.random.Generator) -> Floats:
    """(N,) beta shares where ``kind``, 0 elsewhere."""
    return np.where(kind, rng.beta(a, b, len(kind)), 0.0)
