"""Actions: who turned against whom, and when. One for each reporter and account, whatever the policies named."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts, ReportLog

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
    def by_hour(self) -> NDArray[np.uint16]:
        """(R, 24) actions of each reporter by hour of the day (UTC); 65,535 is the most that is told apart."""
        return _by_hour(self.reporter, self.at, self.reporters)


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
