"""How long accounts were there, in days since their creation, and since when they were watched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Floats

DAY_US = 86_400_000_000
STILL_THERE = -1
EVENTS = ("suspended", "deleted", "left", "reinstated")


@dataclass(frozen=True)
class Spells:
    """One row a spell, (n,) each; an account is at risk in (entry, stop]."""

    entry: Floats
    """Age at which it was first watched; -infinity = watched from its creation."""
    stop: Floats
    """Age at its end, or when it was last known to be there."""
    event: NDArray[np.int8]
    """Place in ``EVENTS``, or STILL_THERE."""

    def __post_init__(self) -> None:
        if not (self.stop > self.entry).all():
            raise ValueError("an account must be watched for some time before its end")

    @property
    def ended(self) -> NDArray[np.bool_]:
        """Whether it ended, in whatever way."""
        found: NDArray[np.bool_] = self.event != STILL_THERE
        return found

    def of(self, rows: NDArray[np.bool_] | NDArray[np.integer[Any]]) -> Spells:
        """Some of them."""
        return replace(self, entry=self.entry[rows], stop=self.stop[rows], event=self.event[rows])


def spells(rows: pl.DataFrame) -> Spells:
    """From a typed table of ``tables.SPELLS``: account, start_at, end_at, event, [entry_at].

    An account that is still there without an ``end_at`` was there until the latest time of the table. An entry at
    the creation or before it is none.
    """
    start, end = _days(rows, "start_at"), _days(rows, "end_at")
    entry = _days(rows, "entry_at") if "entry_at" in rows.columns else np.full(len(start), np.nan)
    latest = np.nanmax(np.concatenate([start, end, entry])) if len(start) else np.nan
    stop = np.where(np.isnan(end), latest, end) - start
    watched = np.where(entry > start, entry - start, -np.inf)
    stop = np.maximum(
        stop, np.nextafter(watched, np.inf)
    )  # first seen at the latest time: watched for no time yet
    number = {name: place for place, name in enumerate(EVENTS)}
    event = rows["event"].replace_strict(number, default=STILL_THERE, return_dtype=pl.Int8)
    return Spells(watched, stop, event.to_numpy().astype(np.int8))


def by_group(rows: pl.DataFrame, data: Spells) -> dict[str, Spells]:
    """The spells of each group, in text order; spells without a group are in none."""
    if "group" not in rows.columns:
        return {}
    places = (
        rows.select("group")
        .with_row_index("row")
        .drop_nulls()
        .group_by("group", maintain_order=True)
        .agg(pl.col("row"))
        .sort("group")
    )
    return {name: data.of(np.array(row, np.int64)) for name, row in places.iter_rows()}


def _days(rows: pl.DataFrame, name: str) -> Floats:
    days = rows[name].dt.epoch("us").cast(pl.Float64) / DAY_US
    return days.fill_null(float("nan")).to_numpy().astype(np.float64)
