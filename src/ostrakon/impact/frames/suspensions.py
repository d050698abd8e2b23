"""What became of each suspension: appeals, second looks, reinstatement."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ostrakon.casework.models import Offer
from ostrakon.impact.frames.accounts import PROTECTED
from ostrakon.impact.frames.decisions import appeals, notices, suspending
from ostrakon.impact.history.kinds import TARGET


def suspensions(as_of: datetime, known: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """One row a suspension, whatever became of it: who was reinstated is in no group, and counts as a target here.

    Returns:
        account, suspended_at, stratum (what led to it), group, noticed_at (when the reasons were delivered),
        appealed_at, answered_at, appeal = granted / refused, verdict = upheld / rejected of a second look at random,
        looked_at, reinstated_at.
    """
    shut = suspending(decided).join(known.select("pk", "account", "group"), on="pk", maintain_order="left")
    found = shut.join(appeals(as_of), on="decision", how="left", maintain_order="left")
    found = found.join(notices(as_of), on="decision", how="left", maintain_order="left")
    found = found.join(_second_looks(shut, decided), on="decision", how="left", maintain_order="left")
    said = pl.when("granted").then(pl.lit("granted")).otherwise(pl.lit("refused"))
    return found.select(
        "account",
        pl.col("began_at").alias("suspended_at"),
        pl.col("detected").alias("stratum"),
        pl.when(pl.col("group") == PROTECTED)
        .then(pl.lit(PROTECTED))
        .otherwise(pl.lit(TARGET))
        .alias("group"),
        "noticed_at",
        pl.col("filed_at").alias("appealed_at"),
        pl.col("decided_at").alias("answered_at"),
        pl.when(pl.col("decided_at").is_not_null()).then(said).alias("appeal"),
        "verdict",
        "looked_at",
        pl.col("reversed_at").alias("reinstated_at"),
    ).sort("suspended_at", "account")


def _second_looks(shut: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Of each suspension the first later decision on its case that a random draw led to."""
    drawn = decided.filter(pl.col("selection") == str(Offer.Selection.AUDIT))
    looks = drawn.select("case", later="decision", verdict="outcome", looked_at="at")
    pairs = (
        shut.select("decision", "case").join(looks, on="case").filter(pl.col("later") > pl.col("decision"))
    )
    return (
        pairs.sort("decision", "later")
        .group_by("decision", maintain_order=True)
        .agg(pl.col("verdict", "looked_at").first())
    )
