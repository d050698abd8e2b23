"""Actions: who turned against whom, and when. One for each reporter and account, whatever the policies named."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts, Floats, ReportLog

HOURS = 24
HOUR_S = 3600


@dataclass(frozen=True)
class Actions:
    """The first report of each reporter on each account. Shapes: N actions, A accounts, R reporters."""

    start: Counts
    """(A + 1,) the actions on account t are ``start[t]:start[t + 1]``, in order of time."""
    reporter: Codes
    """(N,)"""
    at: Counts
    """(N,) seconds since 1970 UTC."""
    voice: Counts
    """(N,) the row of the log that says so."""
    reporters: int
    """R, also those who have no action left."""

    @property
    def count(self) -> int:
        """N."""
        return len(self.reporter)

    @cached_property
    def activity(self) -> Counts:
        """(R,) accounts that each reporter reported."""
        return np.bincount(self.reporter, minlength=self.reporters).astype(np.int64)

    @cached_property
    def size(self) -> Counts:
        """(A,) reporters of each account."""
        return np.diff(self.start)

    @cached_property
    def intensity(self) -> Floats:
        """(R,) at which rate each reporter acts (:func:`intensities`), as parts of the N actions: they sum to N."""
        rate = self.intensities[0]
        return rate * (self.count / max(float(rate.sum()), 1.0))

    @cached_property
    def intensities(self) -> tuple[Floats, Floats]:
        """((R,) of the reporters, (A,) of the accounts)."""
        return intensities(self.activity, self.size)

    @cached_property
    def by_hour(self) -> NDArray[np.uint16]:
        """(R, 24) actions of each reporter by hour of the day (UTC); 65,535 is the most that is told apart."""
        return _by_hour(self.reporter, self.at, self.reporters)

    @cached_property
    def hours_of_all(self) -> Counts:
        """(24,) actions by hour of the day (UTC)."""
        return np.asarray(self.by_hour.sum(0, dtype=np.int64))

    @cached_property
    def octave(self) -> Codes:
        """(R,) activity of each reporter as a power of two, rounded down."""
        return np.log2(np.maximum(self.activity, 1)).astype(np.int32)

    @cached_property
    def reporters_by_octave(self) -> Counts:
        """Active reporters of each octave."""
        return np.bincount(self.octave[self.activity > 0])


def actions(log: ReportLog) -> Actions:
    """One action for each reporter and account of a log.

    >>> import polars as pl
    >>> from ostrakon.analysis.log import report_log
    >>> found = actions(report_log(pl.DataFrame({"reporter": ["ann", "bo", "ann"], "account": ["x", "x", "x"],
    ...     "policy": ["spam", "spam", "threat"], "reported_at": [5, 7, 3]}).with_columns(
    ...     pl.from_epoch("reported_at").dt.replace_time_zone("UTC"))))
    >>> found.count, found.at.tolist()
    (2, [3, 7])
    """
    first_case = np.searchsorted(log.case_account, np.arange(len(log.accounts) + 1))
    voice, start = _first_on_each_account(
        log.start[first_case], log.reporter, log.at, len(log.reporters), np.diff(first_case)
    )
    return Actions(start, log.reporter[voice], log.at[voice], voice, len(log.reporters))


ROUNDS = 6


def intensities(activity: Counts, size: Counts) -> tuple[Floats, Floats]:
    """Rates x of reporters and y of accounts that explain how many accounts and reporters each has.

    Only the first report on an account counts, so somebody very active is held back on popular accounts: reporter and
    account are a pair with chance 1 - exp(-x y / Y), Y the sum of all y, and d accounts of a reporter are the sum of
    that over all accounts, c reporters of an account the sum over all reporters: the chance form of a bipartite graph
    with given degrees (Saracco et al., New J. Phys. 19, 2017, section 2). For nearly everybody x is d and y is c.

    >>> x, y = intensities(np.array([1, 1, 2]), np.array([3, 1]))
    >>> bool(x[2] > 2 * x[0]), bool(y[0] > 3 * y[1])
    (True, True)
    """
    degrees, reporters = np.unique(activity, return_counts=True)
    sizes, accounts = np.unique(size, return_counts=True)
    rate, pull = degrees.astype(np.float64), sizes.astype(np.float64)
    for _ in range(ROUNDS):
        pull_share = pull / max(float((accounts * pull).sum()), 1.0)
        rate = _rates(degrees, pull_share, accounts)
        pull = _rates(sizes, rate / max(float((reporters * rate).sum()), 1.0), reporters)
    share = pull / max(float((accounts * pull).sum()), 1.0)
    rate = _rates(degrees, share, accounts)
    return rate[np.searchsorted(degrees, activity)], pull[np.searchsorted(sizes, size)]


MOST_HELD_BACK = 30.0
"""Whoever reported nearly every account may have any intensity: more than this times as much is not believed."""


def _rates(degrees: Counts, share: Floats, count: Counts) -> Floats:
    """The rate r for each degree: sum of count (1 - exp(-r share)) = degree."""
    most = float(degrees.max(initial=1))
    grid = np.concatenate([[0.0], np.geomspace(0.5, MOST_HELD_BACK * most, 400)])
    distinct = np.array([(count * -np.expm1(-rate * share)).sum() for rate in grid])
    return np.asarray(np.interp(degrees, distinct, grid), np.float64)


@compiled
def _first_on_each_account(
    begin: NDArray[np.int64],
    reporter: NDArray[np.int32],
    at: NDArray[np.int64],
    reporters: int,
    policies: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Voices of each account by time, the first of each reporter only; ties go by the order of the log."""
    accounts = len(begin) - 1
    last_account = np.full(reporters, -1, np.int64)
    kept = np.empty(len(reporter), np.int64)
    start = np.zeros(accounts + 1, np.int64)
    count = 0
    for account in range(accounts):
        first, last = begin[account], begin[account + 1]
        order = np.arange(first, last)
        if policies[account] > 1:  # cases lie one after the other: only several need to be merged
            order = order[np.argsort(at[first:last], kind="mergesort")]
        for voice in order:
            if last_account[reporter[voice]] != account:
                last_account[reporter[voice]] = account
                kept[count] = voice
                count += 1
        start[account + 1] = count
    return kept[:count].copy(), start


@compiled
def _by_hour(reporter: NDArray[np.int32], at: NDArray[np.int64], reporters: int) -> NDArray[np.uint16]:
    counts = np.zeros((reporters, HOURS), np.uint16)
    for row in range(len(reporter)):
        hour = (at[row] // HOUR_S) % HOURS
        if counts[reporter[row], hour] < 65535:
            counts[reporter[row], hour] += 1
    return counts
