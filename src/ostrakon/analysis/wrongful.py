"""What it cost the innocent: how many suspensions were wrong, and how long they lasted.

Two questions that are often taken for one. Of those who appealed, how many were right: a count, of people who chose to
appeal. Of all who were suspended, how many were wronged: only a blind second look at some of them, drawn at random,
can say. Reviewers of that second look err too, and it is as good as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from ostrakon.analysis.figures import LEAST_SHOWN, Figure, Measured, estimate, exact, refused, warned
from ostrakon.analysis.log import Floats
from ostrakon.analysis.shares import Share, clopper_pearson, score, stratified
from ostrakon.analysis.survival.curves import Curve, kaplan_meier, median
from ostrakon.analysis.survival.spells import DAY_US, STILL_THERE, Spells
from ostrakon.analysis.tables import SUSPENSIONS, Kind

LEAST_SHARE = 30
"""Below so many a share is told as so many of so many."""
LEAST_LOOKED_AT = 10
"""Second looks below which there is no rate."""
MOST_UNSEEN = 0.10
"""Share of the suspensions in strata without a second look, beyond which there is none."""
LEAST_TIMES = 10
ONE = "all"
APPEALS = "granted, of the appeals that were answered; Wilson"
RATE = "blind second looks at a random part of each stratum, weighted by its size; Clopper-Pearson (Korn-Graubard)"
TIMES = "Kaplan-Meier, open cases censored, log-log interval"


def wrongful(suspensions: pl.DataFrame, *, until: datetime | None = None) -> Measured:
    """How many suspensions were wrong, by what is known, and how long it took to tell, to answer, to undo.

    Args:
        suspensions: typed table of ``SUSPENSIONS``.
        until: when the table was made: open cases are counted for so long; None = the latest time that it names.
    """
    rows = _complete(suspensions)
    counted = exact("suspensions", rows.height, "suspensions", "rows of the table")
    if rows.is_empty():
        why = "nobody was suspended"
        return Measured((counted, *(refused(name, unit, "none", why) for name, unit in _NAMES)), {})
    strata = _strata(rows)
    times = [_time_figure(one, rows, _latest(rows, until)) for one in _WAITS]
    tables = {
        "strata": strata.to_dicts(),
        "by_group": _by_group(rows),
        "waits": [row for one in _WAITS for row in _wait_rows(one, rows, _latest(rows, until))],
    }
    return Measured(
        (counted, _appeals(rows), _rate(strata), *times), tables, {"level": 0.95}, tuple(_notes(rows))
    )


_NAMES = (
    ("overturned_of_appealed", "share of answered appeals"),
    ("wrongful_rate", "share of suspensions"),
    ("time_to_notice", "days"),
    ("time_to_answer", "days"),
    ("time_to_reinstate", "days"),
)
_TIMES = [column.name for column in SUSPENSIONS.columns if column.kind is Kind.TIME]


def _complete(rows: pl.DataFrame) -> pl.DataFrame:
    """With all columns; an absent one is unknown throughout. One stratum where none is named."""
    missing = [
        pl.lit(None, column.kind.dtype).alias(column.name)
        for column in SUSPENSIONS.columns
        if column.name not in rows.columns
    ]
    return rows.with_columns(missing).with_columns(pl.col("stratum").fill_null(ONE))


def _latest(rows: pl.DataFrame, until: datetime | None) -> datetime:
    found: datetime = rows.select(pl.max_horizontal(_TIMES).max()).item()
    return found if until is None else max(found, until)


# -- shares ----------------------------------------------------------------------------------------


def _appeals(rows: pl.DataFrame) -> Figure:
    """Of those who appealed: no rate of wrong suspensions, whoever reads it so."""
    name, unit = _NAMES[0]
    answered = rows.filter(pl.col("appeal").is_not_null())
    granted = int((answered["appeal"] == "granted").sum())
    if answered.is_empty():
        return refused(name, unit, APPEALS, "no appeal was answered")
    found = score(granted, answered.height)
    return _of_so_many(name, found, unit, APPEALS, granted, answered.height)


def _of_so_many(name: str, found: Share, unit: str, method: str, count: float, of: int) -> Figure:
    told = [f"{count:.3g} of {of}"] if of < LEAST_SHARE else []
    return estimate(name, found.value, found.low, found.high, unit, method, warnings=told)


def _strata(rows: pl.DataFrame) -> pl.DataFrame:
    """stratum, suspensions, looked_at, found_wrong, share, low, high."""
    found = rows.group_by("stratum").agg(
        pl.len().cast(pl.Int64).alias("suspensions"),
        pl.col("verdict").count().cast(pl.Int64).alias("looked_at"),
        (pl.col("verdict") == "rejected").sum().cast(pl.Int64).alias("found_wrong"),
    ).sort("stratum")  # fmt: skip
    return pl.concat([found, _shares(found)], how="horizontal")


def _shares(found: pl.DataFrame) -> pl.DataFrame:
    pairs = found.select("found_wrong", "looked_at").iter_rows()
    shares = [clopper_pearson(wrong, of) if of else None for wrong, of in pairs]
    cells = [(None, None, None) if one is None else (one.value, one.low, one.high) for one in shares]
    return pl.DataFrame(cells, schema=dict.fromkeys(("share", "low", "high"), pl.Float64), orient="row")


def _rate(strata: pl.DataFrame) -> Figure:
    """What no second look was taken at may be all right, or all wrong: the interval says so."""
    name, unit = _NAMES[1]
    seen = strata.filter(pl.col("looked_at") > 0)
    looks, whole = int(seen["looked_at"].sum()), int(strata["suspensions"].sum())
    unseen = 1 - int(seen["suspensions"].sum()) / whole
    blind = ", ".join(strata.filter(pl.col("looked_at") == 0)["stratum"].head(3).to_list())
    if looks < LEAST_LOOKED_AT:
        why = f"{looks} suspensions had a blind second look, and {LEAST_LOOKED_AT} are needed: draw some at random"
        return refused(name, unit, RATE, why)
    if unseen > MOST_UNSEEN:
        why = (
            f"no second look at {blind}, {unseen:.0%} of the suspensions: draw some of each stratum at random"
        )
        return refused(name, unit, RATE, why)
    wrong, of, size = (
        seen[key].cast(pl.Float64).to_numpy() for key in ("found_wrong", "looked_at", "suspensions")
    )
    found = stratified(wrong, of, size)
    ends = Share(found.value, found.low * (1 - unseen), found.high * (1 - unseen) + unseen)
    figure = _of_so_many(name, ends, unit, RATE, float(wrong.sum()), looks)
    return (
        warned(figure, f"no second look at {blind}: the interval allows for anything there")
        if unseen
        else figure
    )


# -- groups ----------------------------------------------------------------------------------------


def _by_group(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Each group, and all; a rate only where the second looks carry one, none of fewer than LEAST_SHOWN people."""
    groups = [name for name in rows["group"].unique().sort().to_list() if name is not None]
    parts = [(ONE, rows), *((name, rows.filter(pl.col("group") == name)) for name in groups)]
    return [_group_row(name, part) for name, part in parts if name == ONE or part.height >= LEAST_SHOWN]


def _group_row(name: str, rows: pl.DataFrame) -> dict[str, Any]:
    found = _rate(_strata(rows))
    return {
        "group": name, "suspensions": rows.height, "appealed": rows["appealed_at"].count(),
        "answered": rows["appeal"].count(), "granted": int((rows["appeal"] == "granted").sum()),
        "looked_at": rows["verdict"].count(), "found_wrong": int((rows["verdict"] == "rejected").sum()),
        "reinstated": rows["reinstated_at"].count(),
        "rate": found.value, "low": found.low, "high": found.high, "grade": found.grade, "refused": found.refused,
    }  # fmt: skip


# -- times -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Wait:
    """From one time to another, of those for whom ``among`` holds."""

    name: str
    since: str
    till: str
    among: pl.Expr
    whom: str


_FOUND_WRONG = (pl.col("appeal") == "granted").fill_null(False) | (pl.col("verdict") == "rejected").fill_null(
    False
)
_WAITS = (
    _Wait(
        "time_to_notice", "suspended_at", "noticed_at", pl.lit(True), "suspension to the notice's delivery"
    ),
    _Wait(
        "time_to_answer",
        "appealed_at",
        "answered_at",
        pl.col("appealed_at").is_not_null(),
        "appeal to answer",
    ),
    _Wait("time_to_reinstate", "suspended_at", "reinstated_at", _FOUND_WRONG, "suspension to reinstatement"),
)


def _curve(wait: _Wait, rows: pl.DataFrame, latest: datetime) -> tuple[int, Curve | None]:
    """How many waited, and Kaplan-Meier of the days; who still waits has waited until the latest time."""
    there = rows.filter(wait.among & pl.col(wait.since).is_not_null())
    end = pl.col(wait.till).fill_null(pl.lit(latest))
    days: Floats = there.select(
        ((end - pl.col(wait.since)).dt.total_microseconds() / DAY_US).cast(pl.Float64)
    ).to_series().to_numpy()  # fmt: skip
    done = there[wait.till].is_not_null().to_numpy() & (days >= 0)
    if not done.any():
        return there.height, None
    event = np.where(done, 0, STILL_THERE).astype(np.int8)
    return there.height, kaplan_meier(Spells(np.full(len(days), -np.inf), np.maximum(days, 0.0), event))


def _time_figure(wait: _Wait, rows: pl.DataFrame, latest: datetime) -> Figure:
    count, curve = _curve(wait, rows, latest)
    method = f"median from {wait.whom}; {TIMES}"
    if rows[wait.till].count() == 0:
        return refused(wait.name, "days", method, f"nobody has {wait.till}")
    if count < LEAST_TIMES or curve is None:
        return refused(wait.name, "days", method, f"{count} cases, and {LEAST_TIMES} are needed")
    found = median(curve)
    if math.isinf(found.days):
        return refused(wait.name, "days", method, f"half of {count} cases were still open at the end")
    low, high = min(found.low, found.days), max(found.high, found.days)
    return estimate(wait.name, found.days, low, high, "days", method)


def _wait_rows(wait: _Wait, rows: pl.DataFrame, latest: datetime) -> Iterable[dict[str, Any]]:
    """When a tenth, half and nine tenths were done; empty where that was not seen."""
    count, curve = _curve(wait, rows, latest)
    for share in (0.1, 0.5, 0.9):
        reached = [] if curve is None else curve.table.days[curve.survival <= 1 - share + 1e-12].tolist()
        yield {"wait": wait.name, "cases": count, "share_done": share, "days": min(reached, default=None)}


def _notes(rows: pl.DataFrame) -> Sequence[str]:
    told = [
        "Who appeals is not who was wronged: the share of appeals that were granted says nothing about those who were "
        "silent. The rate of wrong suspensions is that of the blind second looks alone, and as right as the reviewers: "
        "where few suspensions are wrong, a reviewer who errs once in a hundred finds more than there are, so let a "
        "third person confirm what a second look finds wrong.",
    ]
    early = int((rows["reinstated_at"] < rows["suspended_at"]).sum())
    if early:
        told.append(f"{early:,} reinstatements before the suspension: taken as not known.")
    if rows["account"].n_unique() < rows.height:
        told.append("Some accounts were suspended more than once: each suspension counts.")
    return told
