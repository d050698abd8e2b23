"""Ends that exclude each other: the share that has ended in each way by each age (Aalen-Johansen).

An account that was suspended cannot be deleted any more: one minus Kaplan-Meier per end would say too much of each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.analysis.log import Floats
from ostrakon.analysis.survival.curves import Z95, kaplan_meier
from ostrakon.analysis.survival.spells import Spells


@dataclass(frozen=True)
class Incidence:
    """Of one end, at the ages at which anything ended, (m,) each."""

    days: Floats
    value: Floats
    se: Floats

    def interval(self) -> tuple[Floats, Floats]:
        """95 % on the log-log scale; the value itself where nothing has ended yet, or everything."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            reach = Z95 * self.se / (self.value * np.log(self.value))
            low, high = self.value ** np.exp(-reach), self.value ** np.exp(reach)
        inside = (self.value > 0) & (self.value < 1 - 1e-12)
        return np.where(inside, low, self.value), np.where(inside, high, self.value)


def incidence(data: Spells, event: int) -> Incidence:
    """Cumulative incidence of one end.

    Source: Aalen and Johansen, Scandinavian Journal of Statistics 5 (1978); variance by the delta method: Marubini and
    Valsecchi, Analysing Survival Data (1995), chapter 10.
    """
    curve = kaplan_meier(data)
    days, at, ended = curve.table.days, curve.table.at_risk, curve.table.ended
    these = np.zeros(len(days))
    np.add.at(these, np.searchsorted(days, data.stop[data.event == event]), 1.0)
    before = np.append(1.0, curve.survival[:-1])
    value = np.cumsum(before * these / at)
    return Incidence(days, value, np.sqrt(np.maximum(_variance(value, before, at, ended, these), 0.0)))


def _variance(value: Floats, before: Floats, at: Floats, ended: Floats, these: Floats) -> Floats:
    """Sums over earlier ages s of (F(t) - F(s))^2 a(s) + b(s) - 2 (F(t) - F(s)) c(s), each square taken apart."""
    left = at - ended
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        a = np.where(left > 0, ended / (at * left), 0.0)
    b = before**2 * these * (at - these) / at**3
    c = before * these / at**2
    squares = value**2 * np.cumsum(a) - 2 * value * np.cumsum(value * a) + np.cumsum(value**2 * a)
    found: Floats = squares + np.cumsum(b) - 2 * (value * np.cumsum(c) - np.cumsum(value * c))
    return found
