"""Who is known to be active: counted, on every day."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ostrakon.analysis.figures import Measured, exact
from ostrakon.impact.inputs import Tables

MOST_DAYS = 3_660
"""Ten years: a longer table comes from a time that means something else."""


def known(tables: Tables) -> Measured:
    """Accounts that are there at the latest time that is named, and on each day before.

    Args:
        tables: ``flagged``, not empty: account, from_at, to_at (empty: still there).
    """
    flagged = tables["flagged"]
    latest: datetime = flagged.select(pl.max_horizontal("from_at", "to_at").max()).item()
    there = flagged.filter(pl.col("to_at").is_null() | (pl.col("to_at") > latest))
    method = f"accounts without an end up to {latest:%Y-%m-%d}, the latest time that is named"
    figures = (
        exact("known_active", there["account"].n_unique(), "accounts", method),
        exact("ever_known", flagged["account"].n_unique(), "accounts", "accounts that were ever active"),
    )
    return Measured(figures, {"active_by_day": _by_day(flagged, latest)})


def _by_day(flagged: pl.DataFrame, latest: datetime) -> list[dict[str, object]]:
    """On each day (UTC): from the day on which it began until the one before that on which it ended."""
    came = flagged.select(at="from_at", step=pl.lit(1))
    went = flagged.filter(pl.col("to_at").is_not_null()).select(at="to_at", step=pl.lit(-1))
    day = pl.col("at").dt.truncate("1d").alias("day")
    steps = pl.concat([came, went]).group_by(day).agg(pl.col("step").sum())
    first: datetime = steps.select(pl.col("day").min()).item()
    if (latest - first).days > MOST_DAYS:
        return []
    days = pl.select(pl.datetime_range(first, latest, "1d").cast(steps.schema["day"]).alias("day"))
    active = days.join(steps, on="day", how="left", maintain_order="left").select(
        pl.col("day").dt.strftime("%Y-%m-%d"), pl.col("step").fill_null(0).cum_sum().alias("active")
    )
    return active.to_dicts()
