"""What people regain of their audience: followers at like ages."""

from __future__ import annotations

import polars as pl

from ostrakon.analysis.audience import regained
from ostrakon.analysis.figures import Measured
from ostrakon.analysis.tables import AUDIENCE
from ostrakon.impact.inputs import Tables

DAY_US = 86_400_000_000


def audience_regained(tables: Tables, seed: int) -> Measured:
    """Ages that a file does not name come from the day and the account's creation.

    Args:
        tables: ``audience`` and ``links``, not empty, and ``spells``.
    """
    return regained(with_ages(tables["audience"], tables["spells"]), tables["links"], seed=seed)


def with_ages(audience: pl.DataFrame, spells: pl.DataFrame) -> pl.DataFrame:
    """Of ``analysis.tables.AUDIENCE``; without the rows of which no age is known."""
    start = spells.group_by("account").agg(pl.col("start_at").min())
    days = (pl.col("day") - pl.col("start_at")).dt.total_microseconds() / DAY_US
    known = audience.join(start, on="account", how="left", maintain_order="left").with_columns(
        pl.coalesce("age_days", days).alias("age_days")
    )
    return known.filter(pl.col("age_days") >= 0).select(AUDIENCE.names)
