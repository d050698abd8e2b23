"""Units over time as a dense table, and the refusal of what is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, Counts, Floats

UNEVEN = 1.5
"""A step between two times that is so many times the usual one is a gap; months and years differ by less."""
NAMED = 3


class NotAPanel(ValueError):
    """The table cannot be compared over time; the message says what is missing."""


@dataclass(frozen=True)
class Panel:
    """U units at T times, every cell known."""

    units: pl.Series
    """(U,) text ids, sorted."""
    outcome: Floats
    """(U, T)"""
    onset: Counts
    """(U,) the first period after the treatment, in 0..T; T = not within the panel."""
    cluster: Codes
    """(U,) units of one cluster may influence each other; without clusters each is its own."""
    is_clustered: bool

    @property
    def periods(self) -> int:
        """T."""
        return int(self.outcome.shape[1])

    @property
    def treated(self) -> NDArray[np.int64]:
        """Rows of the units that are treated within the panel."""
        return np.flatnonzero(self.onset < self.periods)

    @property
    def clean(self) -> NDArray[np.int64]:
        """Rows that are never treated, nor anybody of their cluster: what they do is nobody's effect."""
        touched = np.unique(self.cluster[self.treated])
        return np.flatnonzero((self.onset >= self.periods) & ~np.isin(self.cluster, touched))

    def take(self, rows: NDArray[np.int64]) -> Panel:
        """Some units."""
        return Panel(
            self.units.gather(rows),
            self.outcome[rows],
            self.onset[rows],
            self.cluster[rows],
            self.is_clustered,
        )


def panel_of(rows: pl.DataFrame) -> Panel:
    """From a typed table of ``tables.PANEL`` or ``tables.NUMBERED_PANEL``.

    A treatment between two times shows from the later one on.

    Raises:
        NotAPanel: cells are missing or stand twice, times are uneven, a unit has two treatments or two clusters.
    """
    times = rows["time"].unique().sort()
    _refuse_repeats(rows)
    _refuse_gaps(rows, times)
    _refuse_uneven(times)
    units = rows["unit"].unique().sort()
    outcome = rows.sort("unit", "time")["outcome"].to_numpy().reshape(len(units), len(times))
    treated_at = _of_unit(rows, "treated_at")
    onset = np.full(len(units), len(times))
    known = treated_at.is_not_null().to_numpy()
    onset[known] = times.search_sorted(treated_at.drop_nulls(), side="left").to_numpy()
    names = _of_unit(rows, "cluster")
    is_clustered = names.null_count() < len(names)
    whose = names.fill_null("unit " + units) if is_clustered else units
    return Panel(
        units, outcome.astype(np.float64), onset.astype(np.int64),
        whose.rank("dense").to_numpy().astype(np.int32) - 1, is_clustered,
    )  # fmt: skip


def _of_unit(rows: pl.DataFrame, name: str) -> pl.Series:
    """What a column says of each unit, in the order of their ids; null = nothing."""
    if name not in rows.columns:
        return pl.Series(name, [None] * rows["unit"].n_unique(), dtype=pl.String)
    column = pl.col(name)
    found = (
        rows.group_by("unit")
        .agg(column.drop_nulls().first(), kinds=column.drop_nulls().n_unique())
        .sort("unit")
    )
    two = found.filter(pl.col("kinds") > 1)["unit"]
    if len(two):
        raise NotAPanel(f"{len(two):,} units have more than one {name}: {_named(two)}")
    return found[name]


def _refuse_repeats(rows: pl.DataFrame) -> None:
    repeats = rows.filter(rows.select("unit", "time").is_duplicated())
    if repeats.height:
        raise NotAPanel(f"{repeats.height:,} rows are of a unit and time that stand twice: {_cells(repeats)}")


def _refuse_gaps(rows: pl.DataFrame, times: pl.Series) -> None:
    units = rows["unit"].unique().sort()
    missing = len(units) * len(times) - rows.height
    if missing:
        whole = units.to_frame().join(times.to_frame(), how="cross")
        gaps = whole.join(rows, on=["unit", "time"], how="anti").sort("unit", "time")
        raise NotAPanel(
            f"{missing:,} of {len(whole):,} cells are missing, and a gap is no zero: {_cells(gaps)}; fill them with "
            "what was counted, or leave those units or times out"
        )


def _refuse_uneven(times: pl.Series) -> None:
    if len(times) < 3:
        return
    at = times.to_physical().cast(pl.Float64).to_numpy()
    steps = np.diff(at)
    widest = int(np.argmax(steps))
    if steps[widest] > UNEVEN * np.median(steps):
        raise NotAPanel(
            f"no unit was seen between {times[widest]} and {times[widest + 1]}: times must follow each other evenly"
        )


def _cells(rows: pl.DataFrame) -> str:
    pairs = [f"{unit} at {time}" for unit, time in rows.select("unit", "time").head(NAMED).iter_rows()]
    return ", ".join(pairs) + (", ..." if rows.height > NAMED else "")


def _named(units: pl.Series) -> str:
    return ", ".join(units.head(NAMED)) + (", ..." if len(units) > NAMED else "")
