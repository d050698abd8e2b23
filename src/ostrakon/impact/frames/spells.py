"""How long accounts were there, and when they were active."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ostrakon.enforcement.models import Sighting
from ostrakon.impact.frames.decisions import suspending
from ostrakon.impact.frames.rows import INTEGER, TEXT, TIME

ENDS = {"deactivated": "left", "deleted": "deleted"}
"""What a platform shows of an account that ended by itself, and which end that is."""


def spells(as_of: datetime, known: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Of every account in a group: account, start_at, end_at, event, entry_at, group.

    It starts with the creation (else when it was first named), is watched from when it was first named, and ends with
    the first suspension (when that was carried out), or when the platform showed that it left or was deleted. A
    suspension that was undone is an end called ``reinstated``; from then on the account is watched in a row of its own.
    """
    grouped = known.filter(pl.col("group").is_not_null())
    ends = _ended(as_of, decided)
    start = pl.coalesce("created_at", "known_at")
    first = grouped.join(ends, on="pk", how="left", maintain_order="left").with_columns(
        pl.min_horizontal(start, "known_at").alias("start_at"), pl.col("known_at").alias("entry_at")
    )
    again = first.filter(pl.col("back_at").is_not_null()).with_columns(
        pl.col("back_at").alias("entry_at"),
        pl.lit(None, TIME).alias("end_at"),
        pl.lit(None, TEXT).alias("event"),
    )
    both = pl.concat([first, again]).sort("account", "entry_at")
    watched = pl.col("end_at").is_null() | (pl.col("end_at") > pl.max_horizontal("start_at", "entry_at"))
    return both.filter(watched).select("account", "start_at", "end_at", "event", "entry_at", "group")


def flagged(spells_of_groups: pl.DataFrame) -> pl.DataFrame:
    """When each was known to be active: account, from_at, to_at, group.

    From when it was first named, not from its creation: years in which nobody looked would show survivors alone.
    """
    return spells_of_groups.select("account", from_at="entry_at", to_at="end_at", group="group")


def _ended(as_of: datetime, decided: pl.DataFrame) -> pl.DataFrame:
    """By account: end_at and event of the first end, and back_at if a suspension was undone."""
    shut = suspending(decided).sort("began_at", "decision").group_by("pk", maintain_order=True)
    suspended = shut.agg(
        pl.col("began_at").first().alias("end_at"), pl.col("reversed_at").first().alias("back_at")
    ).with_columns(
        pl.when(pl.col("back_at").is_null())
        .then(pl.lit("suspended"))
        .otherwise(pl.lit("reinstated"))
        .alias("event")
    )
    gone = _gone(as_of).join(suspended, on="pk", how="anti")
    return pl.concat([suspended, gone], how="diagonal").select("pk", "end_at", "event", "back_at")


def _gone(as_of: datetime) -> pl.DataFrame:
    """Accounts that their platform showed as ended by themselves; suspensions are known from decisions."""
    seen = Sighting.objects.filter(seen_at__lte=as_of).order_by("account_id", "seen_at")
    shown = [
        (account, seen_at, event)
        for account, seen_at, flags in seen.values_list("account_id", "seen_at", "flags").iterator()
        for name, event in ENDS.items()
        if any(is_set and flag.rpartition(".")[2] == name for flag, is_set in flags.items())
    ]
    table = pl.DataFrame(shown, schema={"pk": INTEGER, "end_at": TIME, "event": TEXT}, orient="row")
    return table.group_by("pk", maintain_order=True).first()
