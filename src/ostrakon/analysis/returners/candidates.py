"""Who might be whom: the best pairs of all channels together, for each new account a bounded number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts, Floats
from ostrakon.analysis.returners.names import Keys, Singles
from ostrakon.analysis.returners.neighbourhoods import Neighbourhoods
from ostrakon.analysis.returners.postings import (
    AVATAR,
    CHANNELS,
    NAME,
    NEIGHBOUR,
    SKELETON,
    WORD,
    Carried,
    Postings,
    bits_apart,
    carried_bands,
    carried_names,
    carried_skeletons,
    carried_words,
)
from ostrakon.analysis.returners.profiles import Profiles

FARTHEST = 10
"""Bits in which two pictures may differ, of 64."""
PART = 0.85
"""What a key with a letter missing counts beside a whole one."""
HEARD = 0.8
"""What a skeleton counts beside a name."""
WORDS_COUNT = 0.4
"""What words of a bio count: they come in phrases, and a community shares them."""
NEAR_COUNTS = 0.5
"""What the root of the neighbours' mass counts: a community shares neighbours too."""
MANY_COUNT = 0.4
"""Power of how many neighbours a suspended account has, beside the usual number, by which what it shares is divided:
who has many shares some with everybody."""
LATE_COUNTS = 0.8
"""What the logarithm of the weeks since the suspension takes away: time alone links nobody, it only orders candidates.

The first two were chosen for recall on seeds 101 and 102 of two worlds, 8,000 accounts each, the last two on seeds 103
and 104, 12,000 accounts each: the best orders differ by little."""
SEEN = ("name", "skeleton", "avatar", "neighbours", "words", "shared")
SHARED = 5
TARGET, PLACEBO = 0, 1


@dataclass(frozen=True)
class Pairs:
    """(P,) pairs of a new account and an account of the index, by new account."""

    new: Codes
    row: Codes
    score: Singles
    seen: Singles
    """(P, 6) what each channel of ``SEEN`` adds, in nats; neighbours: sum of squared rarities; shared: a count."""

    def __len__(self) -> int:
        return len(self.new)

    def take(self, chosen: NDArray[np.bool_] | Counts) -> Pairs:
        """These pairs alone."""
        return Pairs(self.new[chosen], self.row[chosen], self.score[chosen], self.seen[chosen])


class Times(NamedTuple):
    """Days since 1970, NaN = unknown; of the index and of the new accounts."""

    index_created: Floats
    index_suspended: Floats
    created: Floats
    sleeper_days: float


@dataclass(frozen=True)
class Seekers:
    """New accounts, as keys of each channel that the index knows."""

    keys: Counts
    """(M,) places in the postings, channel by channel and within it by account."""
    factor: Singles
    """(M,) what each key counts."""
    start: Counts
    """(channels, N + 1)"""
    avatar: Keys


def seekers(of: Profiles, circles: Neighbourhoods, index: dict[int, Postings]) -> Seekers:
    """Look up all keys of new accounts at once."""
    carried = {
        NAME: carried_names(of),
        SKELETON: carried_skeletons(of),
        AVATAR: carried_bands(of),
        NEIGHBOUR: Carried(circles.key, circles.of, np.ones(len(circles.key), np.uint64)),
        WORD: carried_words(of),
    }
    keys, factors, upto = [], [], 0
    starts: list[Counts] = []
    for channel in CHANNELS:
        own = carried[channel]
        place = index[channel].find(own.key)
        known = np.flatnonzero(place >= 0)
        order = known[np.argsort(own.of[known], kind="stable")]
        starts.append(upto + np.concatenate([[0], np.cumsum(np.bincount(own.of[order], minlength=len(of)))]))
        keys.append(place[order])
        factors.append(np.where(own.is_whole[order] > 0, 1.0, PART).astype(np.float32))
        upto += len(order)
    return Seekers(
        np.concatenate(keys), np.concatenate(factors), np.stack(starts).astype(np.int64), of.avatar
    )


class Desk(NamedTuple):
    """Room to work in, all zero between two accounts. Made by numpy: pages that are not touched cost nothing."""

    seen: Singles
    """(A, 6)"""
    touched: Codes
    is_touched: NDArray[np.bool_]


class Lists(NamedTuple):
    """Postings of all channels behind one another."""

    start: Counts
    """(K + channels,) of every key; a key's carriers end where the next place begins."""
    row: Codes
    weight: Singles
    offset: Counts
    """(channels,) place of each channel's first key in ``start`` and ``weight``."""
    near_counts: Singles
    """(A,) what the root of the neighbours' mass counts for each account of the index."""


def lists(index: dict[int, Postings], accounts: int) -> Lists:
    """One array for the kernel."""
    offset, rows = [], 0
    starts: list[Counts] = []
    for channel in CHANNELS:
        offset.append(sum(map(len, starts)))
        starts.append(index[channel].start + rows)
        rows += len(index[channel].row)
    weights = [np.append(index[channel].weight, np.float32(0)) for channel in CHANNELS]
    return Lists(
        np.concatenate(starts),
        np.concatenate([index[channel].row for channel in CHANNELS]),
        np.concatenate(weights),
        np.array(offset, np.int64),
        _near_counts(index[NEIGHBOUR], accounts),
    )


def _near_counts(neighbours: Postings, accounts: int) -> Singles:
    """(A,) ``NEAR_COUNTS`` for who has as many rare neighbours as most, less for who has more."""
    many = np.bincount(neighbours.row, minlength=accounts) + 1.0
    usual = float(np.median(many[many > 1])) if len(neighbours.row) else 1.0
    found: Singles = (NEAR_COUNTS * (usual / many) ** MANY_COUNT).astype(np.float32)
    return found


def best_pairs(
    seeking: Seekers,
    of: Lists,
    avatar: Keys,
    same: Codes,
    side: NDArray[np.int8],
    times: Times,
    most: int,
) -> Pairs:
    """For each new account the ``most`` best of each side.

    Args:
        avatar: (A,) pictures of the accounts of the index.
        same: (N,) row of the index that is the new account itself, -1 = none.
        side: (A,) 0 suspended, 1 placebo.
    """
    count = seeking.start.shape[1] - 1
    room = count * most * (int(side.max(initial=0)) + 1)
    new, row = np.empty(room, np.int32), np.empty(room, np.int32)
    score, seen = np.empty(room, np.float32), np.empty((room, len(SEEN)), np.float32)
    used = _best_pairs(
        seeking.keys, seeking.factor, seeking.start, seeking.avatar, of, avatar, same, side, times, most, new, row,
        score, seen, _desk(len(avatar)),
    )  # fmt: skip
    return Pairs(new[:used], row[:used], score[:used], seen[:used])


def _desk(accounts: int) -> Desk:
    return Desk(
        np.zeros((accounts, len(SEEN)), np.float32),
        np.empty(accounts, np.int32),
        np.zeros(accounts, np.bool_),
    )


@compiled
def could_be(created: float, index_created: float, index_suspended: float, sleeper_days: float) -> bool:
    """Whether an account may have followed another in time: older accounts are protected.

    An account made before the suspension is protected; only one that is younger than the suspended account and made
    at most ``sleeper_days`` before its end may have been prepared. What is not known protects nobody.
    """
    if np.isnan(created):
        return True
    if not np.isnan(index_created) and created <= index_created:
        return False
    if np.isnan(index_suspended) or created >= index_suspended:
        return True
    return not np.isnan(index_created) and created >= index_suspended - sleeper_days


@compiled
def _touched(
    account: int,
    keys: Counts,
    factor: Singles,
    start: Counts,
    avatars: Keys,
    of: Lists,
    avatar: Keys,
    desk: Desk,
) -> int:
    """Lay out on the desk who carries a key of this account, and what each channel sees; gives how many they are."""
    seen_of, touched, is_touched = desk
    count = 0
    for channel in range(len(CHANNELS)):
        for place in range(start[channel, account], start[channel, account + 1]):
            key = of.offset[channel] + keys[place]
            weight = of.weight[key] * factor[place]
            for at in range(of.start[key], of.start[key + 1]):
                there = of.row[at]
                if not is_touched[there]:
                    is_touched[there] = True
                    touched[count] = there
                    count += 1
                if channel == NEIGHBOUR:
                    seen_of[there, NEIGHBOUR] += weight * weight
                    seen_of[there, SHARED] += 1
                elif channel == WORD:
                    seen_of[there, WORD] += weight
                elif channel == AVATAR:
                    far = bits_apart(avatars[account], avatar[there])
                    if far <= FARTHEST:
                        value = weight * (1 - far / (2 * FARTHEST))
                        seen_of[there, AVATAR] = max(seen_of[there, AVATAR], value)
                else:
                    seen_of[there, channel] = max(seen_of[there, channel], weight)
    return count


@compiled
def _best_pairs(
    keys: Counts,
    factor: Singles,
    start: Counts,
    avatars: Keys,
    of: Lists,
    avatar: Keys,
    same: Codes,
    side: NDArray[np.int8],
    times: Times,
    most: int,
    new: Codes,
    row: Codes,
    score: Singles,
    seen: Singles,
    desk: Desk,
) -> int:
    seen_of, touched, is_touched = desk
    floor = np.zeros(2, np.float32)
    upto = 0
    for account in range(start.shape[1] - 1):
        count = _touched(account, keys, factor, start, avatars, of, avatar, desk)
        first = upto
        floor[:] = 0
        for number in range(count):
            there = touched[number]
            is_touched[there] = False
            if there != same[account] and could_be(
                times.created[account],
                times.index_created[there],
                times.index_suspended[there],
                times.sleeper_days,
            ):
                value = _together(seen_of[there], of.near_counts[there])
                value = max(value - _late(times.created[account], times.index_suspended[there]), 1e-3 * value)
                if value > 0 and value >= floor[side[there]]:
                    upto = _keep(
                        account, there, value, first, upto, most, side, seen_of, new, row, score, seen
                    )
                    floor[side[there]] = _floor(first, upto, most, side, side[there], row, score)
            seen_of[there] = 0
    return upto


@compiled
def _together(seen: Singles, near_counts: float) -> float:
    """What the channels say together: of one family only the best, for handle and display name are one choice."""
    name = max(seen[NAME], HEARD * seen[SKELETON])
    return float(name + near_counts * np.sqrt(seen[NEIGHBOUR]) + seen[AVATAR] + WORDS_COUNT * seen[WORD])


@compiled
def _late(created: float, index_suspended: float) -> float:
    """What a pair loses in the order of candidates by the time between; 0 where that is not known."""
    days = created - index_suspended
    return 0.0 if np.isnan(days) else float(LATE_COUNTS * np.log1p(np.abs(days) / 7))


@compiled
def _floor(
    first: int, upto: int, most: int, side: NDArray[np.int8], of: int, row: Codes, score: Singles
) -> float:
    """The least score that is kept of a side: 0 while there is room."""
    least, count = np.inf, 0
    for place in range(first, upto):
        if side[row[place]] == of:
            count += 1
            least = min(least, score[place])
    return least if count == most else 0.0


@compiled
def _keep(
    account: int,
    there: int,
    value: float,
    first: int,
    upto: int,
    most: int,
    side: NDArray[np.int8],
    seen_of: Singles,
    new: Codes,
    row: Codes,
    score: Singles,
    seen: Singles,
) -> int:
    """Put a pair where the worst of its side stood, or behind all while there is room; ties go to the lower row."""
    worst, count = -1, 0
    for place in range(first, upto):
        if side[row[place]] == side[there]:
            count += 1
            if (
                worst < 0
                or score[place] < score[worst]
                or (score[place] == score[worst] and row[place] > row[worst])
            ):
                worst = place
    place = upto
    if count == most:
        if value < score[worst] or (value == score[worst] and there > row[worst]):
            return upto
        place = worst
    new[place], row[place], score[place] = account, there, value
    seen[place] = seen_of[there]
    return max(upto, place + 1)
