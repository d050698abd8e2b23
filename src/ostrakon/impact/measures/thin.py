"""Long tables made short for keeping: evenly many rows of each curve, the first and the last among them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

Row = TypeVar("Row")
MOST_ROWS = 120
"""Of one curve. All of them come from ``ostrakon measure`` on the same files."""
KEYS = ("group", "event", "wait", "curve")
"""Columns whose values name a curve."""


def thinned(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """At most ``MOST_ROWS`` rows for each curve, and numbers that are none as None."""
    return [
        {name: _plain(value) for name, value in row.items()}
        for _, part in groupby(rows, key=lambda row: tuple(row.get(key) for key in KEYS))
        for row in evenly(list(part), MOST_ROWS)
    ]


def evenly(rows: Sequence[Row], most: int) -> Sequence[Row]:
    """At most so many of them, as far from each other as can be, with the first and the last.

    >>> evenly(range(9), 3)
    [0, 4, 8]
    """
    if len(rows) <= most:
        return rows
    step = (len(rows) - 1) / (most - 1)
    return [rows[round(place * step)] for place in range(most)]


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
