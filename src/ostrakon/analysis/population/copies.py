"""Lists that copy each other: two of them are one source, and must count as one before anything is estimated.

Independent lists that share an account found it in either order, as their times of collection have it; a copy has it
after the original, nearly always. Where times say nothing, a list of which nearly all stands on another, although
the other holds far from everybody, is taken for a part of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ostrakon.analysis.log import Floats
from ostrakon.analysis.population.histories import Histories
from ostrakon.analysis.population.listing import Listing

LEAST_SHARED = 10
"""Of fewer shared accounts no pattern is believed."""
LEAST_COPIED = 0.2
"""Share of the shared accounts that must come out as copied: some order is chance."""
SURE = 1e-4
"""Chance of as one-sided an order between independent lists."""
MIDDLES = (np.arange(500) + 0.5) / 500
"""Quantiles of a list's times that stand for all of them."""
CONTAINED = 0.9
"""Share of a list that stands on another, from where on it adds next to nothing of its own."""


@dataclass(frozen=True)
class Copy:
    """Why two lists are taken as one."""

    original: int
    copy: int
    shared: float
    copied_share: float
    """Of the shared accounts, as the order of times has it; of the smaller list where times say nothing."""
    by_time: bool


def copies_in_time(data: Listing) -> list[Copy]:
    """Pairs of lists of which one follows the other, or moves with it, more than their times of collection explain."""
    k = len(data.lists)
    found = [_copied(data, a, b, _later) for a in range(k) for b in range(k) if a != b]
    found += [_copied(data, a, b, _together) for a in range(k) for b in range(a + 1, k)]
    return [item for item in found if item is not None]


Sign = Callable[[Floats, Floats], Floats]
"""(n,) times of the one list and of the other to 1, 0 or a half for each shared account."""


def _later(one: Floats, other: Floats) -> Floats:
    found: Floats = (np.sign(other - one) + 1) / 2
    return found


def _together(one: Floats, other: Floats) -> Floats:
    found: Floats = (one == other).astype(np.float64)
    return found


def _copied(data: Listing, a: int, b: int, sign: Sign) -> Copy | None:
    """b as a copy of a, if the sign is there more often than among entries that only one of the lists has."""
    both = np.isfinite(data.first[:, a]) & np.isfinite(data.first[:, b])
    shared = int(both.sum())
    if shared < LEAST_SHARED:
        return None
    by_chance = _by_chance(data.first[:, a], data.first[:, b], sign)
    if not by_chance < 1 - LEAST_COPIED:
        return None
    seen = float(sign(data.first[both, a], data.first[both, b]).sum())
    share = (seen / shared - by_chance) / (1 - by_chance)
    surprise = float(stats.binom.sf(math.ceil(seen) - 1, shared, by_chance))
    return Copy(a, b, shared, share, True) if share > LEAST_COPIED and surprise < SURE else None


def _by_chance(one: Floats, other: Floats, sign: Sign) -> float:
    """How often the sign is there between any entry of the one list and any of the other, each alone on its list."""
    alone = one[np.isfinite(one) & ~np.isfinite(other)], other[np.isfinite(other) & ~np.isfinite(one)]
    if min(map(len, alone)) < LEAST_SHARED:
        alone = one[np.isfinite(one)], other[np.isfinite(other)]
    quantiles = [np.quantile(times, MIDDLES, method="nearest") for times in alone]
    return float(sign(quantiles[0][:, None], quantiles[1][None, :]).mean())


def contained(table: Histories) -> list[Copy]:
    """Pairs of lists of which one holds nearly all of the other, and visibly less of the rest."""
    overlap, k = table.overlaps(), len(table.lists)
    return [
        Copy(a, b, overlap[a, b], overlap[a, b] / overlap[b, b], False)
        for a in range(k)
        for b in range(k)
        if a != b and overlap[b, b] <= overlap[a, a] and _is_contained(table, overlap, a, b)
    ]


def _is_contained(table: Histories, overlap: Floats, a: int, b: int) -> bool:
    """Of b, against the share of the other lists' accounts that stand on a."""
    shared, others = overlap[a, b], [c for c in range(len(overlap)) if c not in (a, b)]
    if shared < LEAST_SHARED or shared < CONTAINED * overlap[b, b] or not others:
        return False
    usual = max((overlap[a, c] / overlap[c, c] for c in others if overlap[c, c] > 0), default=1.0)
    return float(stats.binom.sf(math.ceil(shared) - 1, math.ceil(overlap[b, b]), min(usual, 1.0))) < SURE


def sources(k: int, copies: list[Copy]) -> list[list[int]]:
    """The lists in groups of one source each, by the first list of each."""
    group = list(range(k))
    for item in copies:
        first, second = sorted((group[item.original], group[item.copy]))
        group = [first if number == second else number for number in group]
    return [[number for number in range(k) if group[number] == one] for one in sorted(set(group))]
