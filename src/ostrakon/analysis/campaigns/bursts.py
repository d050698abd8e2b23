"""Bursts: runs of reports on one account that follow each other without a long pause."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.actions import Actions
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts

GAPS_S = (6 * 3600, 3600)
"""A pause longer than this ends a burst. Long pauses show campaigns that take a day, short ones those that are over
within the hour on accounts that are reported all the time."""
LEAST_REPORTERS = 2
"""A burst has at least so many reporters."""
MOST_BURSTS = 1000
"""Of each reporter only so many bursts are compared: the smallest, which say most. Who is busier than that hides
nothing: to push a burst out of the list one must take part in as many smaller ones, which are bursts themselves."""


@dataclass(frozen=True)
class Bursts:
    """All bursts of a log, by account and time. Shapes: B bursts, R reporters."""

    actions: Actions
    begin: Counts
    """(B,) a burst is the actions ``begin:end``."""
    end: Counts
    account: Codes
    """(B,)"""

    @property
    def count(self) -> int:
        """B."""
        return len(self.begin)

    @cached_property
    def size(self) -> Counts:
        """(B,) reporters of each burst."""
        return self.end - self.begin

    @cached_property
    def first_at(self) -> Counts:
        """(B,) seconds since 1970 UTC."""
        return self.actions.at[self.begin]

    @cached_property
    def last_at(self) -> Counts:
        """(B,)"""
        return self.actions.at[self.end - 1]

    @cached_property
    def own(self) -> tuple[Counts, Codes]:
        """((R + 1,) starts, bursts): the bursts of each reporter that are compared, the smallest first."""
        return _own_bursts(self.begin, self.end, self.actions.reporter, self.actions.reporters, MOST_BURSTS)


def bursts(of: Actions, gap: int = GAPS_S[0]) -> Bursts:
    """Cut the actions on each account where nobody reported for longer than ``gap`` seconds."""
    begin, end, account = _cut(of.start, of.at, gap, LEAST_REPORTERS)
    return Bursts(of, begin, end, account)


@compiled
def _cut(
    start: NDArray[np.int64], at: NDArray[np.int64], gap: int, least: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    begin = np.empty(len(at) // least + 1, np.int64)
    end = np.empty_like(begin)
    account = np.empty(len(begin), np.int32)
    count = 0
    for number in range(len(start) - 1):
        opened = start[number]
        for row in range(start[number] + 1, start[number + 1] + 1):
            if row == start[number + 1] or at[row] - at[row - 1] > gap:
                if row - opened >= least:
                    begin[count], end[count], account[count] = opened, row, number
                    count += 1
                opened = row
    return begin[:count].copy(), end[:count].copy(), account[:count].copy()


@compiled
def _own_bursts(
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    reporter: NDArray[np.int32],
    reporters: int,
    most: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Bursts by reporter: visited from the smallest on, each reporter takes the first ``most``."""
    start = np.zeros(reporters + 1, np.int64)
    for burst in range(len(begin)):
        for row in range(begin[burst], end[burst]):
            if start[reporter[row] + 1] < most:
                start[reporter[row] + 1] += 1
    for number in range(reporters):
        start[number + 1] += start[number]
    place = start[:-1].copy()
    own = np.empty(start[-1], np.int32)
    for burst in np.argsort(end - begin, kind="mergesort"):
        for row in range(begin[burst], end[burst]):
            who = reporter[row]
            if place[who] < start[who + 1]:
                own[place[who]] = burst
                place[who] += 1
    return start, own
