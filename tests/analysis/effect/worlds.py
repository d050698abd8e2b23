"""Small panels with a known effect."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

Table = NDArray[np.float64]


def rows(outcome: Table, treated_at: dict[int, int], cluster: list[str] | None = None) -> pl.DataFrame:
    """A typed table of ``tables.NUMBERED_PANEL``; units are u000, u001, ... and times 0, 1, ..."""
    units, times = outcome.shape
    table = {
        "unit": np.repeat([f"u{unit:03}" for unit in range(units)], times),
        "time": np.tile(np.arange(times, dtype=np.float64), units),
        "outcome": outcome.ravel(),
        "treated_at": np.repeat([float(treated_at.get(unit, np.nan)) for unit in range(units)], times),
    }
    found = pl.DataFrame(table).with_columns(pl.col("treated_at").fill_nan(None))
    return found if cluster is None else found.with_columns(cluster=pl.Series(np.repeat(cluster, times)))


def steady(seed: int = 1, units: int = 40, times: int = 40) -> Table:
    """Levels that differ, a common season, Poisson noise; nothing happens."""
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(4, 0.4, units))
    season = 1 + 0.2 * np.sin(np.arange(times) * 2 * np.pi / 7)
    return rng.poisson(level[:, None] * season).astype(np.float64)


def planted(effect: float, treated: int = 12, at: int = 25, seed: int = 1) -> pl.DataFrame:
    """Chosen by chance, at one time."""
    outcome = steady(seed)
    outcome[:treated, at:] = np.round(outcome[:treated, at:] * (1 + effect))
    return rows(outcome, dict.fromkeys(range(treated), at))


def after_surges(
    effect: float, seed: int, units: int = 250, times: int = 100, *, rose: float = 1.5, chance: float = 0.1,
    is_hidden: bool = False,
) -> pl.DataFrame:  # fmt: skip
    """Units surge and calm down; who has surged for a week is treated with a chance of a tenth a period.

    Levels wander (log autoregression, .85 a period) with jumps; counts are overdispersed. The treatment looks at the
    counts alone, or (hidden) at what is behind them.

    Args:
        rose: a week over the usual level from which on a unit may be treated; 0 = anybody.
    """
    rng = np.random.default_rng(seed)
    level, state = np.exp(rng.normal(3, 0.7, units)), rng.normal(0, 0.38, units)
    wander = np.empty((units, times))
    for time in range(times):
        jump = (rng.random(units) < 0.01) * rng.uniform(0.5, 1.2, units)
        state = 0.85 * state + rng.normal(0, 0.2, units) + jump
        wander[:, time] = state
    mean = level[:, None] * np.exp(wander) * (1 + 0.15 * np.sin(np.arange(times) * 2 * np.pi / 7))
    outcome = rng.poisson(mean * rng.gamma(10, 0.1, mean.shape)).astype(np.float64)
    treated_at: dict[int, int] = {}
    for time in range(30, times - 14):
        seen = mean if is_hidden else outcome
        usual = seen[:, max(0, time - 56) : time - 7].mean(axis=1) + 0.5
        has_risen = seen[:, time - 7 : time].mean(axis=1) / usual > rose
        for unit in np.flatnonzero(has_risen & (rng.random(units) < chance)).tolist():
            treated_at.setdefault(unit, time)
    for unit, time in treated_at.items():
        outcome[unit, time:] = rng.binomial(outcome[unit, time:].astype(np.int64), 1 + effect)
    return rows(outcome, treated_at)
