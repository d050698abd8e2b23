"""How long accounts last: what is estimated, and when it is not shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from ostrakon.analysis.figures import LEAST_SHOWN, Figure, Measured, estimate, refused
from ostrakon.analysis.log import Floats
from ostrakon.analysis.survival.cox import LEAST_EVENTS, cox
from ostrakon.analysis.survival.curves import (
    Z95,
    Age,
    Curve,
    Scale,
    at_risk,
    kaplan_meier,
    median,
    restricted_mean,
)
from ostrakon.analysis.survival.incidence import incidence
from ostrakon.analysis.survival.logrank import LogRank, logrank
from ostrakon.analysis.survival.returns import returns
from ostrakon.analysis.survival.spells import EVENTS, Spells, by_group, spells

ALL = "all"
HORIZONS = (30, 90)
LEAST_AT_RISK = 10
"""A curve is not shown beyond the age at which fewer are watched."""
MOST_GROUPS = 50
MOST_ROWS = 5000
"""Ages of one curve in a table; of more, evenly many of them."""
METHOD = "Kaplan-Meier of all ends with delayed entry, log-log interval"


def survival(
    rows: pl.DataFrame, links: pl.DataFrame | None = None, *, covariates: Sequence[str] = (), seed: int = 0
) -> Measured:
    """How long accounts last, how they end, and how many come back.

    Args:
        rows: typed table of ``tables.SPELLS``, at least one row; each is watched for some time before its end.
        links: of ``tables.PERSON_LINKS``. covariates: names of further columns of ``rows`` that are numbers.
        seed: of the draws of the links.
    """
    data = spells(rows)
    groups = by_group(rows, data)
    large = {name: part for name, part in groups.items() if len(part.stop) >= LEAST_SHOWN}
    shown = [_part(name, part) for name, part in large.items()] if len(large) <= MOST_GROUPS else []
    parts = [_part(ALL, data), *shown]
    unwatched = "entry_at" not in rows.columns or not rows["entry_at"].count()
    came_back, about_links = returns(rows, links, seed)
    test = _tested([part.data for part in shown])
    cox_rows, about_cox = _cox_rows(rows, data, covariates)
    tables = {
        "curve": _curve_rows(parts),
        "incidence": _incidence_rows(parts),
        "median": _median_rows(parts),
        "rmst": _mean_rows(parts),
        "cox": cox_rows,
        "logrank": _logrank_rows([part.name for part in shown], test),
        "at_risk": _at_risk_rows(parts),
    }
    return Measured(
        (_median_figure(parts[0].curve, unwatched), _logrank_figure(test, len(shown)), *came_back),
        tables,
        {"level": 0.95, "least_at_risk": LEAST_AT_RISK},
        (*_notes(rows, len(groups) - len(large), len(large), unwatched), *about_cox, *about_links),
    )


@dataclass(frozen=True)
class _Part:
    """All spells, or those of a group."""

    name: str
    data: Spells
    curve: Curve

    @property
    def places(self) -> list[int]:
        """Of the ages to show: all of them, or evenly many with the last."""
        count = _last_shown(self.curve) + 1
        places = np.unique(np.linspace(0, count - 1, min(count, MOST_ROWS)).round().astype(np.int64))
        return [int(place) for place in places]


def _part(name: str, data: Spells) -> _Part:
    return _Part(name, data, kaplan_meier(data))


def _notes(rows: pl.DataFrame, small: int, large: int, unwatched: bool) -> Iterable[str]:
    if unwatched:
        yield (
            "No entry_at: every account is taken as watched from its creation. Those that ended before anybody looked "
            "would be missing, and accounts would seem to last longer than they do."
        )
    open_ends = int((rows["event"].is_null() & rows["end_at"].is_null()).sum())
    if open_ends:
        yield f"{open_ends:,} accounts without an end: there until the latest time of the file."
    if small:
        yield f"{small:,} groups of fewer than {LEAST_SHOWN} accounts are not shown by themselves."
    if large > MOST_GROUPS:
        yield f"{large:,} groups: more than {MOST_GROUPS} are neither shown nor compared; put some together."


# -- figures ---------------------------------------------------------------------------------------


def _median_figure(curve: Curve, unwatched: bool) -> Figure:
    found = median(curve)
    last = _last_shown(curve)
    if last < 0:
        why = f"fewer than {LEAST_AT_RISK} accounts are watched at any end"
        return refused("median", "days", METHOD, why)
    if found.days > curve.table.days[last]:
        why = (
            f"after {curve.table.days[last]:.4g} days {curve.survival[last]:.0%} are still there, and fewer than "
            f"{LEAST_AT_RISK} accounts are watched beyond: half of them gone was not seen"
        )
        return refused("median", "days", METHOD, why)
    return estimate(
        "median", found.days, found.low, found.high, "days", METHOD,
        warnings=_thin(curve, last), unchecked=unwatched,
    )  # fmt: skip


def _thin(curve: Curve, last: int) -> list[str]:
    """With delayed entry the youngest ages may be watched by a handful, who drive all that comes after."""
    if (curve.table.at_risk[: last + 1] >= LEAST_AT_RISK).all():
        return []
    return [f"at some ages fewer than {LEAST_AT_RISK} accounts were watched, and the curve rests on them"]


def _last_shown(curve: Curve) -> int:
    """Place of the last age at which enough are watched; -1: none."""
    enough = np.flatnonzero(curve.table.at_risk >= LEAST_AT_RISK)
    return int(enough[-1]) if len(enough) else -1


def _tested(groups: Sequence[Spells]) -> LogRank | None:
    if len(groups) < 2 or not any(part.ended.any() for part in groups):
        return None
    return logrank(groups)


def _logrank_figure(test: LogRank | None, groups: int) -> Figure:
    method = "log-rank test of all ends between the groups"
    if test is None:
        why = f"{groups} groups of {LEAST_SHOWN} accounts or more with ends; a comparison needs two (column group)"
        return refused("logrank", "chi-square", method, why)
    few = test.expected.min() < LEAST_SHOWN
    told = (f"fewer than {LEAST_SHOWN} ends are expected in a group: the p-value is rough",) if few else ()
    method += f"; {groups - 1} degrees of freedom, p = {test.p:.4g}"
    return Figure(
        "logrank",
        test.chi_square,
        None,
        None,
        "chi-square",
        "indicative" if few else "estimate",
        method,
        told,
    )


# -- tables ----------------------------------------------------------------------------------------


def _curve_rows(parts: Sequence[_Part]) -> list[dict[str, Any]]:
    return [
        row for part in parts for row in _rows(part, part.curve.survival, part.curve.interval(), "survival")
    ]


def _rows(
    part: _Part, values: Floats, ends: tuple[Floats, Floats], name: str, **others: str
) -> list[dict[str, Any]]:
    """A row for each age to show."""
    columns = {"days": part.curve.table.days, name: values, "low": ends[0], "high": ends[1]}
    return [
        {"group": part.name, **others, **{key: float(numbers[at]) for key, numbers in columns.items()}}
        for at in part.places
    ]


def _incidence_rows(parts: Sequence[_Part]) -> list[dict[str, Any]]:
    rows = []
    for part in parts:
        for event in np.unique(part.data.event[part.data.ended]).tolist():
            found = incidence(part.data, event)
            rows += _rows(part, found.value, found.interval(), "value", event=EVENTS[event])
    return rows


def _median_rows(parts: Sequence[_Part]) -> list[dict[str, Any]]:
    scales: tuple[Scale, ...] = ("log-log", "log")
    return [
        {"group": part.name, **_age_cells(median(part.curve, scale), part.curve), "scale": scale}
        for part in parts
        for scale in scales
    ]


def _age_cells(found: Age, curve: Curve) -> dict[str, float | None]:
    """Nothing beyond the last age that is shown."""
    last = _last_shown(curve)
    furthest = curve.table.days[last] if last >= 0 else -math.inf
    return {
        key: days if days <= furthest else None
        for key, days in (("value", found.days), ("low", found.low), ("high", found.high))
    }


def _mean_rows(parts: Sequence[_Part]) -> list[dict[str, Any]]:
    return [_mean_row(part, horizon) for part in parts for horizon in HORIZONS]


def _mean_row(part: _Part, horizon: float) -> dict[str, Any]:
    """Empty where too few are watched up to the horizon."""
    row = {"group": part.name, "horizon_days": horizon, "value": None, "low": None, "high": None}
    table = part.curve.table
    if (
        len(table.days)
        and (at_risk(part.data, np.append(table.days[table.days <= horizon], horizon)) >= LEAST_AT_RISK).all()
    ):
        found = restricted_mean(part.curve, horizon)
        low, high = found.interval
        row.update(value=found.days, low=low, high=high)
    return row


def _cox_rows(
    rows: pl.DataFrame, data: Spells, names: Sequence[str]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Log hazard ratios of the covariates, where the ends carry them; else why not."""
    if not names:
        return [], []
    values: Floats = rows.select(pl.col(name).cast(pl.Float64) for name in names).to_numpy()
    known = np.asarray(np.isfinite(values).all(axis=1))
    part = data.of(known)
    ends = int(part.ended.sum())
    if ends < LEAST_EVENTS * len(names):
        needed = f"{LEAST_EVENTS} for each of {len(names)} covariates are needed"
        return [], [f"Cox: {ends:,} ends of accounts with all covariates known; {needed}."]
    found = cox(part, values[known])
    if found is None:
        return [], [
            "Cox: no coefficients: a covariate is constant, follows from others, or separates who ends."
        ]
    cells = zip(names, found.coefficients.tolist(), found.se.tolist(), strict=True)
    return [
        {
            "covariate": name, "value": value, "low": value - Z95 * se, "high": value + Z95 * se, "se": se,
            "p": float(2 * stats.norm.sf(abs(value / se))), "hazard_ratio": math.exp(value),
        }
        for name, value, se in cells
    ], []  # fmt: skip


def _logrank_rows(names: Sequence[str], test: LogRank | None) -> list[dict[str, Any]]:
    if test is None:
        return []
    return [
        {"group": name, "observed": seen, "expected": wanted}
        for name, seen, wanted in zip(names, test.observed.tolist(), test.expected.tolist(), strict=True)
    ]


def _at_risk_rows(parts: Sequence[_Part]) -> list[dict[str, Any]]:
    """At ten places along the ages that are shown."""
    return [
        {
            "group": part.name,
            "days": float(part.curve.table.days[at]),
            "at_risk": int(part.curve.table.at_risk[at]),
        }
        for part in parts
        for at in part.places[:: max(1, len(part.places) // 10)]
    ]
