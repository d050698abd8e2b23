"""The year before the week: what a platform that adopts Ostrakon brings along, as files.

They are only added here: the worker measures in its first rounds, as on any service, so that nobody waits for it.
"""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from ostrakon.impact.history.files import add_history
from ostrakon.impact.history.kinds import KINDS
from ostrakon.worlds.clock import START
from ostrakon.worlds.history import year

ACCOUNTS = 300
"""Active ones of a movement: enough for most of the twelve measures, and few enough for a cold start."""
ACTOR = "system"


def bring_a_past(seed: int, begins_at: datetime) -> None:
    """A year that ends when the week begins, of accounts that are none of the week's; added at that time.

    Args:
        seed: the same seed is the same year.
    """
    past = year(seed, ACCOUNTS)
    moved = begins_at - timedelta(days=past.days) - START
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            file = Path(folder) / f"{kind}-of-the-year-before.parquet"
            _moved(past.tables[kind], moved).write_parquet(file)
            add_history(kind, file, actor=ACTOR, now=begins_at)


def _moved(table: pl.DataFrame, by: timedelta) -> pl.DataFrame:
    """In whole: every time of it is later by as much."""
    times = [name for name, dtype in table.schema.items() if isinstance(dtype, pl.Datetime)]
    return table.with_columns(pl.col(name) + by for name in times)
