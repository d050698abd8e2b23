"""When each flagged account was active: half-open intervals as runs of days (UTC), and who was there at a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, Counts

DAY_US = 86_400_000_000
NEVER = np.iinfo(np.int64).max
"""``until`` of who is still active."""


@dataclass(frozen=True)
class Activity:
    """Intervals of flagged accounts, one row each (n,); an account may have several, and they may overlap."""

    accounts: pl.Series
    """(A,) text ids, sorted."""
    account: Codes
    """(n,) place in ``accounts``."""
    since: Counts
    """(n,) microseconds since 1970 UTC."""
    until: Counts
    """(n,) the first microsecond at which it is no longer active, > since; NEVER = still active."""

    @property
    def latest(self) -> int:
        """The last time that the table names."""
        return int(max(self.since.max(), self.until[self.until != NEVER].max(initial=self.since.max())))

    @property
    def last_day(self) -> int:
        """The day of that time, since 1970-01-01 UTC."""
        return self.latest // DAY_US

    @property
    def first_removal(self) -> int | None:
        """When the first interval ended; None = none has."""
        ended = self.until[self.until != NEVER]
        return int(ended.min()) if len(ended) else None

    def active_at(self, moment: int) -> NDArray[np.bool_]:
        """(A,) who is active at that microsecond."""
        found = np.zeros(len(self.accounts), np.bool_)
        found[self.account[(self.since <= moment) & (moment < self.until)]] = True
        return found


def activity(flagged: pl.DataFrame) -> Activity:
    """From a typed table of ``tables.FLAGGED``: account, from_at, [to_at]; at least one row.

    Raises:
        ValueError: an interval ends before it begins, or where it begins.
    """
    accounts = flagged["account"].unique().sort()
    place = pl.DataFrame({"account": accounts}).with_row_index("place")
    codes = flagged.select("account").join(place, on="account", how="left", maintain_order="left")["place"]
    since = flagged["from_at"].dt.epoch("us").to_numpy().astype(np.int64)
    until = np.full(flagged.height, NEVER)
    if "to_at" in flagged.columns:
        until = flagged["to_at"].dt.epoch("us").fill_null(NEVER).to_numpy().astype(np.int64)
    if (until <= since).any():
        raise ValueError("an interval must end after it begins")
    return Activity(accounts, codes.to_numpy().astype(np.int32), since, until)


@dataclass(frozen=True)
class DayRuns:
    """Runs of days on which accounts were active, (m,) each; of one account they neither overlap nor touch."""

    account: Codes
    first: Counts
    """Day number since 1970-01-01 UTC."""
    past: Counts
    """The day after the last one."""


def day_runs(of: Activity) -> DayRuns:
    """The days on which each account was active at any moment; who is still active is so on the last day named."""
    first = of.since // DAY_US
    past = np.where(of.until == NEVER, of.last_day, (of.until - 1) // DAY_US) + 1
    order = np.lexsort((first, of.account))
    return _merged(of.account[order], first[order], past[order])


def _merged(account: Codes, first: Counts, past: Counts) -> DayRuns:
    """Rows by account, then day: a row that begins within what came before, or right after it, goes on with it."""
    span = int(past.max() - first.min()) + 2
    shift = account.astype(np.int64) * span - first.min()
    furthest = np.maximum.accumulate(past + shift)  # accounts lie a whole span apart, so they never meet
    begins = np.ones(len(account), np.bool_)
    begins[1:] = (first + shift)[1:] > furthest[:-1]
    ends = np.append(begins[1:], True)
    return DayRuns(account[begins], first[begins], furthest[ends] - shift[ends])
