"""What became of the suspensions: notices, appeals, blind second looks, and who is let back in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostrakon.worlds.draws import Floats, Ints
from ostrakon.worlds.history.lives import SUSPENDED, Bools, Lives
from ostrakon.worlds.history.settings import TARGET, Calendar

STRATA = ("queue", "trusted flagger", "bulk")
LOOKED_AT_AGAIN = (0.05, 0.10, 0.30)
"""Share of each stratum that is drawn for a blind second look."""
APPEALS = (0.06, 0.70)
"""Of those suspended rightly and wrongly."""
GRANTED = 0.85
"""Of the appeals of those suspended wrongly."""
SECOND_LOOK_ERRS = (0.01, 0.03)
"""Looks that find a right suspension wrong, and a wrong one right; what one finds wrong a second one must confirm."""


@dataclass(frozen=True)
class Suspensions:
    """One row a suspension within the year (m,); times in days, NaN = not, or not yet."""

    row: Ints
    """Of the account in the lives."""
    at: Floats
    is_wrong: Bools
    stratum: Ints
    noticed: Floats
    """When the notice was delivered."""
    appealed: Floats
    answered: Floats
    is_granted: Bools
    looked_at: Floats
    """When somebody looked again, blind; NaN = not drawn."""
    found_wrong: Bools
    """By that second look."""
    back: Floats
    """Reinstated."""


def suspended(of: Lives, when: Calendar, rng: np.random.Generator) -> Suspensions:
    """From the lives."""
    row = np.flatnonzero((of.event == SUSPENDED) & (of.end >= 0))
    at, count = of.end[row], len(row)
    is_wrong = of.group[row] != TARGET
    in_wave = (at >= when.wave_day) & (at < when.wave_day + 7)
    stratum = np.where(in_wave, 2, np.where(rng.random(count) < 0.2, 1, 0))
    noticed = at + rng.exponential(0.3, count)
    appeals = rng.random(count) < np.where(is_wrong, APPEALS[1], APPEALS[0])
    appealed = np.where(appeals, noticed + rng.exponential(3.0, count), np.nan)
    answered = appealed + rng.lognormal(np.log(6.0), 0.8, count)
    granted = is_wrong & appeals & (rng.random(count) < GRANTED)
    drawn = rng.random(count) < np.array(LOOKED_AT_AGAIN)[stratum]
    looked_at = np.where(drawn, at + rng.uniform(7.0, 35.0, count), np.nan)
    errs = rng.random((2, count)) < np.where(is_wrong, SECOND_LOOK_ERRS[1], SECOND_LOOK_ERRS[0])
    found_wrong = drawn & (is_wrong ^ errs).all(axis=0)
    known = np.where(granted, answered, np.inf)
    known = np.where(found_wrong & is_wrong, np.minimum(known, looked_at), known)
    back = np.where(np.isfinite(known), known + rng.exponential(0.7, count), np.nan)
    until = float(when.days)
    answered, looked_at = _by(answered, until), _by(looked_at, until)
    return Suspensions(
        row, at, is_wrong, stratum, _by(noticed, until), _by(appealed, until), answered,
        granted & np.isfinite(answered), looked_at, found_wrong & np.isfinite(looked_at), _by(back, until),
    )  # fmt: skip


def _by(times: Floats, until: float) -> Floats:
    """What the year does not see any more did not happen yet."""
    found: NDArray[np.float64] = np.where(times < until, times, np.nan)
    return found
