"""Exact reach day by day with one counter for each follower: add on arrival, subtract on removal.

A day costs what changed on it. A union of all audiences for each day costs forty times as much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Counts
from ostrakon.analysis.reach.audience import Audience
from ostrakon.analysis.reach.intervals import DayRuns


@dataclass(frozen=True)
class Heard:
    """What an audience heard, at a moment or (as arrays) day by day."""

    reach: int
    """Distinct followers of any of the accounts."""
    sole: int
    """Those of them who follow one only: without it they would hear none."""
    exposures: int
    """Pairs of follower and account."""
    active: int
    """Accounts."""


@dataclass(frozen=True)
class Daily:
    """(days,) each, from ``first`` on without a gap."""

    first: int
    """Day number since 1970-01-01 UTC."""
    reach: Counts
    sole: Counts
    exposures: Counts
    active: Counts


def heard_by(audience: Audience, is_active: NDArray[np.bool_]) -> Heard:
    """What is heard while these accounts, (A,), are active."""
    reach, sole, exposures = _at_once(audience.start, audience.follower, audience.users, is_active)
    return Heard(int(reach), int(sole), int(exposures), int(is_active.sum()))


def daily(audience: Audience, runs: DayRuns, last: int) -> Daily:
    """Each day from the first one of the runs to ``last``; O(edges of who comes and goes).

    Args:
        runs: one at least. last: a day number, that of the last run or later.
    """
    first, past = int(runs.first.min()), last + 1
    arrivals, removals = np.argsort(runs.first, kind="stable"), np.argsort(runs.past, kind="stable")
    columns = _day_by_day(
        audience.start, audience.follower, audience.users, past - first,
        runs.account[arrivals], runs.first[arrivals] - first,
        runs.account[removals], runs.past[removals] - first,
    )  # fmt: skip
    return Daily(first, *columns)


@compiled
def _at_once(
    start: NDArray[np.int64], follower: NDArray[np.int32], users: int, is_active: NDArray[np.bool_]
) -> tuple[int, int, int]:
    count = np.zeros(users, np.int32)
    reach, sole, exposures = 0, 0, 0
    for account in range(len(is_active)):
        if is_active[account]:
            for edge in range(start[account], start[account + 1]):
                user = follower[edge]
                count[user] += 1
                reach += count[user] == 1
                sole += (count[user] == 1) - (count[user] == 2)
            exposures += start[account + 1] - start[account]
    return reach, sole, exposures


@compiled
def _day_by_day(
    start: NDArray[np.int64],
    follower: NDArray[np.int32],
    users: int,
    days: int,
    arriving: NDArray[np.int32],
    arrives_on: NDArray[np.int64],
    removed: NDArray[np.int32],
    removed_on: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Who arrives and who is removed, by day; removals come first, so that a counter is never larger than need be."""
    count = np.zeros(users, np.int32)
    by_day = np.zeros((4, days), np.int64)
    reach, sole, exposures, active = 0, 0, 0, 0
    come, gone = 0, 0
    for day in range(days):
        while gone < len(removed) and removed_on[gone] == day:
            account = removed[gone]
            for edge in range(start[account], start[account + 1]):
                user = follower[edge]
                count[user] -= 1
                reach -= count[user] == 0
                sole += (count[user] == 1) - (count[user] == 0)
            exposures -= start[account + 1] - start[account]
            active, gone = active - 1, gone + 1
        while come < len(arriving) and arrives_on[come] == day:
            account = arriving[come]
            for edge in range(start[account], start[account + 1]):
                user = follower[edge]
                count[user] += 1
                reach += count[user] == 1
                sole += (count[user] == 1) - (count[user] == 2)
            exposures += start[account + 1] - start[account]
            active, come = active + 1, come + 1
        by_day[0, day], by_day[1, day], by_day[2, day], by_day[3, day] = reach, sole, exposures, active
    return by_day[0], by_day[1], by_day[2], by_day[3]
