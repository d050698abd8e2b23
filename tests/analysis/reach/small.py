"""Small worlds of flagged accounts and their followers, and the naive answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

START = datetime(2025, 1, 1, tzinfo=UTC)
TIME = pl.Datetime("us", "UTC")
Interval = tuple[str, int, int | None]
"""account, and the hours since START at which it came and went."""
Edge = tuple[str, str]


def at(hours: int | None) -> datetime | None:
    return None if hours is None else START + timedelta(hours=hours)


def flagged(intervals: Sequence[Interval]) -> pl.DataFrame:
    rows = [(account, at(since), at(until)) for account, since, until in intervals]
    return pl.DataFrame(rows, schema={"account": pl.String, "from_at": TIME, "to_at": TIME}, orient="row")


def follows(edges: Sequence[Edge]) -> pl.DataFrame:
    return pl.DataFrame(edges, schema={"follower": pl.String, "followee": pl.String}, orient="row")


def naive_days(intervals: Sequence[Interval], edges: Sequence[Edge]) -> list[tuple[int, int, int, int]]:
    """reach, sole, exposures, active of each day: a union of sets for each, no two the same way as in the product."""
    hours = [hour for _, since, until in intervals for hour in (since, until) if hour is not None]
    days = range(min(hours) // 24, max(hours) // 24 + 1)
    return [_day(day * 24, intervals, set(edges)) for day in days]


def _day(begin: int, intervals: Sequence[Interval], edges: set[Edge]) -> tuple[int, int, int, int]:
    active = {
        account
        for account, since, until in intervals
        if since < begin + 24 and (until is None or until > begin)
    }
    heard = Counter(who for who, account in edges if account in active and who != account)
    return len(heard), sum(n == 1 for n in heard.values()), heard.total(), len(active)
