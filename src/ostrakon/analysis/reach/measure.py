"""Who still hears flagged accounts: figures, and every day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from ostrakon.analysis.figures import Figure, Measured, exact, warned
from ostrakon.analysis.reach.audience import Gathered, gathered
from ostrakon.analysis.reach.counting import Heard, daily, heard_by
from ostrakon.analysis.reach.intervals import DAY_US, Activity, activity, day_runs

MOST_DAYS = 36_525
"""A table of more than a hundred years comes from a time that means *never*; no day by day then."""
EPOCH = date(1970, 1, 1)
EDGES = "distinct follows of flagged accounts"


def reach(flagged: pl.DataFrame, follows: Iterable[pl.DataFrame]) -> Measured:
    """The exact audience of flagged accounts, before and after removals and on every day.

    Args:
        flagged: typed table of ``tables.FLAGGED``, at least one row.
        follows: typed tables of ``tables.FOLLOWS``, read once.
    """
    times = activity(flagged)
    return reach_of(times, gathered(times.accounts, follows))


def reach_of(times: Activity, kept: Gathered) -> Measured:
    """The same, from what was gathered already. A count on all follows has no sampling error, so no interval.

    *Before* is the last moment before anybody was removed, *after* the latest time that the table names.
    """
    removed = times.first_removal
    moments = {
        "before": times.latest if removed is None else removed - 1,
        "after": times.latest,
    }
    found = {name: heard_by(kept.audience, times.active_at(at)) for name, at in moments.items()}
    ever = heard_by(kept.audience, np.ones(len(times.accounts), np.bool_))
    rows = [_moment(name, moments[name], heard) for name, heard in found.items()]
    tables = {"moments": [*rows, _moment("ever", None, ever)], "by_day": _by_day(times, kept)}
    doubts = list(_doubts(times, kept))
    figures = tuple(_warned(figure, doubts) for figure in _figures(found["before"], found["after"]))
    return Measured(figures, tables, notes=tuple(_notes(times, kept)))


def _figures(before: Heard, after: Heard) -> Iterable[Figure]:
    people, first = "followers", "just before the first removal"
    yield exact("reach_before", before.reach, people, f"distinct followers of all who were active {first}")
    yield exact("reach_after", after.reach, people, "distinct followers of all who are active at the end")
    yield exact("sole_audience", before.sole, people, f"followers of one only, of those active {first}")
    yield exact("exposures", before.exposures, "follows", f"{EDGES} that were active {first}")


def _warned(figure: Figure, doubts: Iterable[str]) -> Figure:
    for doubt in doubts:
        figure = warned(figure, doubt)
    return figure


def _doubts(times: Activity, kept: Gathered) -> Iterable[str]:
    """An exact count of a part is a lower bound of the whole: what may be missing is said beside the number."""
    silent = int((np.diff(kept.audience.start) == 0).sum())
    if silent:
        yield (
            f"{silent:,} of {len(times.accounts):,} flagged accounts have no follower in the file: if their followers "
            "were not listed, this is the least that it can be"
        )
    if times.first_removal is None:
        yield "nobody was removed (no to_at): before and after are the same"


def _notes(times: Activity, kept: Gathered) -> Iterable[str]:
    if kept.audience.repeats:
        yield f"{kept.audience.repeats:,} follows of flagged accounts stood more than once: each counts once."
    if kept.own:
        yield f"{kept.own:,} rows in which a flagged account follows itself: it is not its own audience."
    if kept.others:
        yield f"{kept.others:,} rows to flagged accounts are of a kind that is no follow: they do not count."
    if len(times.account) > len(times.accounts):
        more = len(times.account) - len(times.accounts)
        yield f"{more:,} further intervals of accounts that have one: overlapping ones count once."
    if _days(times) > MOST_DAYS:
        yield f"The times span {_days(times):,} days, so one of them means 'never': by_day is left out."


def _days(times: Activity) -> int:
    return times.last_day - int(times.since.min()) // DAY_US + 1


def _moment(name: str, at: int | None, heard: Heard) -> dict[str, Any]:
    return {
        "moment": name,
        "at": None if at is None else _instant(at),
        "reach": heard.reach,
        "sole": heard.sole,
        "exposures": heard.exposures,
        "active": heard.active,
    }


def _instant(at: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).isoformat()


def _by_day(times: Activity, kept: Gathered) -> list[dict[str, Any]]:
    """On each day everybody counts who was active at any moment of it."""
    if _days(times) > MOST_DAYS:
        return []
    found = daily(kept.audience, day_runs(times), times.last_day)
    columns = zip(
        found.reach.tolist(),
        found.sole.tolist(),
        found.exposures.tolist(),
        found.active.tolist(),
        strict=True,
    )
    return [
        {
            "day": (EPOCH + timedelta(days=found.first + number)).isoformat(),
            "reach": heard,
            "sole": sole,
            "exposures": exposures,
            "active": active,
        }
        for number, (heard, sole, exposures, active) in enumerate(columns)
    ]
