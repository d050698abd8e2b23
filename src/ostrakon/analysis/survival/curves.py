"""Kaplan-Meier with delayed entry: the share that is still there at each age, its median and its mean.

Source: Kaplan and Meier, JASA 53 (1958); delayed entry and intervals: Klein and Moeschberger, Survival Analysis, 2nd
ed. (2003), chapter 4. R's ``survfit`` has intervals on the log scale by default, lifelines and statsmodels on the
log-log scale: they differ, and both are here by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ostrakon.analysis.log import Floats
from ostrakon.analysis.survival.spells import Spells

Z95 = 1.959963984540054
Scale = Literal["log-log", "log"]


@dataclass(frozen=True)
class RiskTable:
    """By age at which anything ended, (m,) each, ascending."""

    days: Floats
    at_risk: Floats
    """Watched, and still there just before."""
    ended: Floats


def risk_table(data: Spells) -> RiskTable:
    """Ages at which somebody ended, who was at risk, and how many ended."""
    days, ended = np.unique(data.stop[data.ended], return_counts=True)
    return RiskTable(days, at_risk(data, days), ended.astype(np.float64))


def at_risk(data: Spells, days: Floats) -> Floats:
    """How many were watched and still there just before each age: entry < t <= stop."""
    stop, entry = np.sort(data.stop), np.sort(data.entry)
    there = len(stop) - np.searchsorted(stop, days, "left")
    not_yet = len(entry) - np.searchsorted(entry, days, "left")
    return (there - not_yet).astype(np.float64)


@dataclass(frozen=True)
class Curve:
    """A survival curve; it is 1 before the first age."""

    table: RiskTable
    survival: Floats
    variance: Floats
    """Greenwood's sum of d / (n (n - d)): the variance of the logarithm."""

    def interval(self, scale: Scale = "log-log") -> tuple[Floats, Floats]:
        """(m,) lower and upper 95 % ends."""
        return _ENDS[scale](self.survival, np.sqrt(self.variance))

    def at(self, day: float) -> float:
        """The share that is there after this age."""
        return float(np.append(1.0, self.survival)[np.searchsorted(self.table.days, day, "right")])

    def interval_at(self, day: float, scale: Scale = "log-log") -> tuple[float, float]:
        """Its 95 % interval."""
        place = int(np.searchsorted(self.table.days, day, "right"))
        if place == 0:
            return 1.0, 1.0
        low, high = self.interval(scale)
        return float(low[place - 1]), float(high[place - 1])


def kaplan_meier(data: Spells) -> Curve:
    """The curve of all ends.

    >>> from ostrakon.analysis.survival.spells import Spells
    >>> made = Spells(np.full(4, -np.inf), np.array([1.0, 2, 2, 3]), np.array([0, 0, -1, 0], np.int8))
    >>> kaplan_meier(made).survival.tolist()
    [0.75, 0.5, 0.0]
    """
    table = risk_table(data)
    left = table.at_risk - table.ended
    with np.errstate(divide="ignore"):
        survival = np.asarray(np.cumprod(left / table.at_risk), np.float64)
        return Curve(table, survival, np.cumsum(table.ended / (table.at_risk * left)))


def _log_log(survival: Floats, spread: Floats) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        reach = Z95 * spread / np.log(survival)
        low, high = survival ** np.exp(-reach), survival ** np.exp(reach)
    inside = (survival > 0) & (survival < 1)
    return np.where(inside, low, survival), np.where(inside, high, survival)


def _log(survival: Floats, spread: Floats) -> tuple[Floats, Floats]:
    with np.errstate(invalid="ignore", over="ignore"):
        low, high = survival * np.exp(-Z95 * spread), np.minimum(survival * np.exp(Z95 * spread), 1.0)
    return np.where(survival > 0, low, survival), np.where(survival > 0, high, survival)


_ENDS: dict[Scale, Callable[[Floats, Floats], tuple[Floats, Floats]]] = {"log-log": _log_log, "log": _log}


# -- median and mean -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Age:
    """An age with its 95 % interval; infinite where the curve never falls so far."""

    days: float
    low: float
    high: float


def median(curve: Curve, scale: Scale = "log-log") -> Age:
    """When half are gone: where the curve, and each end of its interval, passes one half (Brookmeyer and Crowley 1982).

    On a level stretch at exactly one half it is the middle of that stretch, as in R.
    """
    low, high = curve.interval(scale)
    days = curve.table.days
    return Age(_passes_half(days, curve.survival), _passes_half(days, low), _passes_half(days, high))


def _passes_half(days: Floats, share: Floats) -> float:
    reached = np.flatnonzero(share <= 0.5 + 1e-12)
    if not len(reached):
        return math.inf
    first = int(reached[0])
    below = np.flatnonzero(share < 0.5 - 1e-12)
    if share[first] > 0.5 - 1e-12 and len(below):
        return float((days[first] + days[below[0]]) / 2)
    return float(days[first])


@dataclass(frozen=True)
class Mean:
    """Mean days within a horizon."""

    days: float
    se: float

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, normal."""
        return self.days - Z95 * self.se, self.days + Z95 * self.se


def restricted_mean(curve: Curve, horizon: float) -> Mean:
    """Area under the curve up to the horizon, in days; variance: Klein and Moeschberger 2003, section 4.5."""
    inside = curve.table.days < horizon
    days, at, ended = curve.table.days[inside], curve.table.at_risk[inside], curve.table.ended[inside]
    widths = np.diff(np.concatenate([[0.0], days, [horizon]]))
    areas = widths * np.concatenate([[1.0], curve.survival[inside]])
    beyond = np.cumsum(areas[::-1])[::-1][1:]
    left = at - ended
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        parts = np.where(left > 0, beyond**2 * ended / (at * left), 0.0)
    return Mean(float(areas.sum()), float(np.sqrt(parts.sum())))
