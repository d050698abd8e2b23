"""How many there are, from lists that overlap."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl

from ostrakon.analysis.figures import Figure, Measured
from ostrakon.analysis.population import population as estimated
from ostrakon.impact.inputs import Tables

WINDOWS = (30, 7, 2)
"""Days up to the last sighting, fixed before anything is looked at. The longest in which nobody is seen to come or go
counts: half of such accounts are gone within weeks, and an estimate of a standing number needs them to stand."""


def population(tables: Tables, seed: int) -> Measured:
    """In the longest window that carries an estimate; else why the shortest does not.

    Args:
        tables: ``lists``, not empty, and ``links``.
    """
    for days in WINDOWS:
        rows = _window(tables["lists"], days)
        found = estimated(rows, _between(tables["links"], rows), seed=seed)
        if all(figure.refused is None for figure in found.figures):
            break
    return replace(found, figures=tuple(_within(figure, days) for figure in found.figures))


def _window(lists: pl.DataFrame, days: int) -> pl.DataFrame:
    """Rows without a time are in none, unless no row has one."""
    if "seen_at" not in lists.columns or not lists["seen_at"].count():
        return lists
    last = lists.select(pl.col("seen_at").max()).item()
    return lists.filter(pl.col("seen_at") > last - timedelta(days=days))


def _between(links: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame | None:
    """Those of listed accounts; None: there is none, so nobody knows of any."""
    listed = rows.select("account").unique()
    found = links.join(listed, on="account", how="semi", maintain_order="left")
    return found if found.height else None


def _within(figure: Figure, days: int) -> Figure:
    return replace(figure, method=f"{figure.method}; lists of the last {days} days")
