"""A world as the files of the contract, and its truth beside them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import polars as pl

from ostrakon.worlds.history import History
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


def write_year(year: History, folder: Path) -> None:
    """Writes a CSV for each table into ``folder``, the follows as Parquet, and the truth beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in year.tables.items():
        if name == "follows":
            table.write_parquet(folder / "follows.parquet")
        else:
            as_text(table).write_csv(folder / f"{name}.csv")
    year.truth.size.write_csv(folder / "truth_size.csv")
    year.truth.people.write_csv(folder / "truth_people.csv")
    told = {name: fact for name, fact in asdict(year.truth).items() if not isinstance(fact, pl.DataFrame)}
    (folder / "truth.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def as_text(table: pl.DataFrame) -> pl.DataFrame:
    """Times as ISO 8601 in UTC, whole counts without a decimal point; everything else as it is."""
    times = [name for name, dtype in table.schema.items() if isinstance(dtype, pl.Datetime)]
    counts = [name for name in ("views", "followers") if name in table.columns]
    return table.with_columns(pl.col(times).dt.strftime("%Y-%m-%dT%H:%M:%SZ"), pl.col(counts).cast(pl.Int64))
