"""A world's files are those of the contract and hold what the world holds."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.worlds.plain import made

from ostrakon.worlds.files import write
from ostrakon.worlds.world import World

TABLES = ("reports", "decisions", "accounts", "reporters", "truth")


@pytest.fixture(params=["demo", "no-exposure", "cascade-quiet"])
def world(request: pytest.FixtureRequest) -> World:
    return made(request.param)


def test_five_files_are_written(world: World, tmp_path: Path) -> None:
    write(world, tmp_path / "new" / "folder")
    assert {path.name for path in (tmp_path / "new" / "folder").iterdir()} == {
        f"{name}.csv" for name in TABLES
    }


def test_times_are_iso_8601_in_utc(world: World, tmp_path: Path) -> None:
    write(world, tmp_path)
    stamps = pl.read_csv(tmp_path / "reports.csv", infer_schema=False)["reported_at"]
    assert stamps.str.contains(r"^2026-\d\d-\d\dT\d\d:\d\d:\d\dZ$").all()


def test_reading_a_file_back_gives_the_table(world: World, tmp_path: Path) -> None:
    write(world, tmp_path)
    for name in TABLES:
        table: pl.DataFrame = getattr(world, name)
        read = pl.read_csv(tmp_path / f"{name}.csv", infer_schema=False)
        typed = read.with_columns(
            pl.col(column).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC")
            if isinstance(dtype, pl.Datetime)
            else (pl.col(column) == "true")
            if dtype == pl.Boolean
            else pl.col(column).cast(dtype)
            for column, dtype in table.schema.items()
        )
        assert typed.equals(table), name
