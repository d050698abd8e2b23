"""Each variant of the benchmark world takes one hold away from the scorer."""

from __future__ import annotations

import polars as pl
import pytest
from tests.worlds.plain import made

from ostrakon.worlds.world import World


def ring_bursts(world: World) -> pl.DataFrame:
    """Members and hours of each ring's reports on each target."""
    rings = world.reporter_truth.filter(pl.col("group").str.starts_with("ring"))
    rows = world.reports.join(rings, on="reporter")
    hours = (pl.col("reported_at").max() - pl.col("reported_at").min()).dt.total_hours()
    return rows.group_by("group", "account").agg(members=pl.col("reporter").n_unique(), hours=hours)


def test_the_ring_share_holds_in_every_variant() -> None:
    for name in ("evading", "slow", "small-rings", "no-exposure"):
        world = made(name)
        rings = pl.col("group").str.starts_with("ring") | (pl.col("group") == "throwaway")
        sent = world.reports.join(world.reporter_truth.filter(rings), on="reporter")
        assert len(sent) / len(world.reports) == pytest.approx(0.45, abs=0.001), name


def test_evading_rings_rotate_their_members() -> None:
    waves = made("evading").reports.join(made("evading").reporter_truth, on="reporter")
    biggest = ring_bursts(made("evading")).filter(pl.col("hours") < 48)["members"]
    assert biggest.max() <= 2 * 50
    assert waves.filter(pl.col("group") == "ring-1")["reporter"].n_unique() == 150


def test_slow_rings_leave_no_burst() -> None:
    slow, fast = ring_bursts(made("slow")), ring_bursts(made("benchmark"))
    several = pl.col("members") >= 10
    assert slow.filter(several)["hours"].median() > 24 * 14
    assert fast.filter(several)["hours"].min() < 48


def test_small_rings_are_many_and_small() -> None:
    sizes = (
        made("small-rings")
        .reporter_truth.filter(pl.col("group").str.starts_with("ring"))["group"]
        .value_counts()
    )
    assert len(sizes) == 50
    assert sizes["count"].max() <= 12


def test_a_platform_without_exposure_knows_no_views() -> None:
    assert "views" not in made("no-exposure").accounts.columns
