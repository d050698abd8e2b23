"""The time of a world: seconds since its start, and the typed column they become."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

START = datetime(2026, 1, 5, tzinfo=UTC)
"""The first moment of every world."""

DAY = 86_400.0
HOUR = 3_600.0


def times(name: str, seconds: NDArray[np.float64]) -> pl.Series:
    """Whole seconds since :data:`START` as a TIME column; NaN is unknown.

    >>> times("at", np.array([60.0])).to_list()
    [datetime.datetime(2026, 1, 5, 0, 1, tzinfo=zoneinfo.ZoneInfo(key='UTC'))]
    """
    known = np.isfinite(seconds)
    whole = np.floor(np.where(known, seconds, 0.0)).astype(np.int64)
    stamps = pl.Series(name, (whole + int(START.timestamp())) * 1_000_000)
    typed = stamps.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if known.all():
        return typed
    return typed.set(pl.Series(~known), None)
