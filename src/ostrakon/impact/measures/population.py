"""How many there are, from lists that overlap."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from ostrakon.analysis.figures import Figure, Measured
from ostrakon.analysis.population import population as estimated
from ostrakon.impact.inputs import Tables

WINDOWS = (30, 7, 2)
"""Days up to the last time at which two lists were being made, fixed before anything is looked at. The longest in which
nobody is seen to come or go counts: half of such accounts are gone within weeks, and an estimate of a standing number
needs them to stand."""


def population(tables: Tables, seed: int) -> Measured:
    """In the longest window that carries an estimate; else why the shortest does not.

    Args:
        tables: ``lists``, not empty, and ``links``.
    """
    lists = tables["lists"]
    end = _end(lists)
    for days in WINDOWS:
        rows = _window(lists, end, days)
        found = estimated(rows, _between(tables["links"], rows), seed=seed)
        if all(figure.refused is None for figure in found.figures):
            break
    return replace(found, figures=tuple(_within(figure, days) for figure in found.figures))


def _end(lists: pl.DataFrame) -> datetime | None:
    """The last sighting of the list that went on second longest: after it nothing can overlap. None: no times."""
    if "seen_at" not in lists.columns or not lists["seen_at"].count():
        return None
    lasts = lists.group_by("list").agg(pl.col("seen_at").max())["seen_at"].drop_nulls()
    found: datetime = lasts.sort(descending=True)[min(1, len(lasts) - 1)]
    return found


def _window(lists: pl.DataFrame, end: datetime | None, days: int) -> pl.DataFrame:
    """Rows without a time are in none, unless no row has one."""
    if end is None:
        return lists
    return lists.filter(pl.col("seen_at").is_between(end - timedelta(days=days), end, closed="right"))


def _between(links: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame | None:
    """Those of listed accounts; None: there is none, so nobody knows of any."""
    listed = rows.select("account").unique()
    found = links.join(listed, on="account", how="semi", maintain_order="left")
    return found if found.height else None


def _within(figure: Figure, days: int) -> Figure:
    return replace(figure, method=f"{figure.method}; lists of the last {days} days")
