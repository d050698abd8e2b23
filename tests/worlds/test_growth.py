"""Large logs for speed tests: sizes, skew, and the same log in memory and in files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.worlds.plain import made

from ostrakon.worlds import growth as module
from ostrakon.worlds.growth import growth, write_growth


def test_sizes_are_in_proportion() -> None:
    world = made("growth")
    assert len(world.reports) == 20_000
    assert len(world.reporters) == 2_000
    assert len(world.accounts) == 1_000
    assert len(world.decisions) == pytest.approx(20, abs=1)


def test_popularity_is_skewed() -> None:
    counts = growth(100_000).reports["account"].value_counts(sort=True)["count"]
    assert counts[0] > 20 * counts.median()
    assert len(counts) > 0.95 * 5_000


def test_there_is_a_signal_to_find() -> None:
    world = made("growth")
    hits = world.reports.join(world.truth, on="account")["violates"].mean()
    assert hits > world.truth["violates"].mean() + 0.1


def test_the_files_hold_the_same_log_slice_by_slice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLICE", 6_000)
    write_growth(tmp_path, 20_000, seed=3)
    world = growth(20_000, seed=3)
    for name in ("reports", "decisions", "accounts", "reporters", "truth"):
        assert pl.read_parquet(tmp_path / f"{name}.parquet").equals(getattr(world, name)), name
