"""A world as the files of the contract, and its truth beside them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ostrakon.worlds.world import World


def write(world: World, folder: Path) -> None:
    """Writes reports.csv, decisions.csv, accounts.csv, reporters.csv and truth.csv into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "reports": world.reports,
        "decisions": world.decisions,
        "accounts": world.accounts,
        "reporters": world.reporters,
        "truth": world.truth,
    }
    for name, table in tables.items():
        as_text(table).write_csv(folder / f"{name}.csv")


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """Times as ISO 8601 in UTC, whole counts without a decimal point; everything else as it is."""
    times = [name for name, dtype in table.schema.items() if isinstance(dtype, pl.Datetime)]
    counts = [name for name in ("views", "followers") if name in table.columns]
    return table.with_columns(pl.col(times).dt.strftime("%Y-%m-%dT%H:%M:%SZ"), pl.col(counts).cast(pl.Int64))
