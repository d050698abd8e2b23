"""The cascade world differs from the benchmark's in its assumptions, and is hard in a known measure."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.worlds.plain import KEY, by_views, logistic, made

from ostrakon.worlds.cascade import VARIANTS
from ostrakon.worlds.scoring import score
from ostrakon.worlds.world import World

WITH_RINGS = [name for name in VARIANTS if name != "quiet"]


def world_of(variant: str) -> World:
    return made(f"cascade-{variant}")


def by_group(world: World) -> pl.DataFrame:
    return world.reports.join(world.reporter_truth, on="reporter").join(world.truth, on=KEY)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_size_and_the_share_of_decisions(variant: str) -> None:
    world = world_of(variant)
    rows = world.reports.select(KEY).unique()
    assert 6_000 < rows["account"].n_unique() < 10_000
    assert 0.05 < len(world.decisions.select(KEY).unique()) / len(rows) < 0.09
    audits = world.decisions.filter(pl.col("selection") == "audit").select(KEY).unique()
    assert 0.015 < len(audits) / len(rows) < 0.03


@pytest.mark.parametrize("variant", VARIANTS)
def test_counting_is_weak_and_a_plain_regression_is_not_enough(variant: str) -> None:
    world = world_of(variant)
    assert 0.38 < score(world, by_views(world), "count").average_precision < 0.52
    assert 0.48 < score(world, logistic(world)).average_precision < 0.80


@pytest.mark.parametrize("variant", WITH_RINGS)
def test_rings_bring_counter_speakers_up_the_queue(variant: str) -> None:
    loud, quiet = world_of(variant), world_of("quiet")
    speakers = [score(world, by_views(world), "count").counter_speakers for world in (loud, quiet)]
    assert speakers[0] > speakers[1] + 0.02


def test_policies_have_different_base_rates() -> None:
    rates = world_of("quiet").truth.group_by("policy").agg(pl.col("violates").mean()).sort("violates")
    assert rates["policy"].to_list() == ["violent-extremism", "harassment", "spam"]
    assert rates["violates"][2] > 3 * rates["violates"][0]


def test_exposure_is_not_in_proportion_to_followers() -> None:
    accounts = world_of("quiet").accounts
    ratio = accounts["views"].to_numpy() / accounts["followers"].to_numpy()
    low, high = np.percentile(ratio, [5, 95])
    assert high > 4 * low


def test_reports_and_followers_are_heavy_tailed() -> None:
    world = world_of("quiet")
    for values in (world.accounts["followers"], world.reports["reporter"].value_counts()["count"]):
        ordered = np.sort(values.to_numpy())[::-1]
        assert ordered[: len(ordered) // 100].sum() > 0.08 * ordered.sum()
        assert ordered[0] > 20 * np.median(ordered)


def test_a_suspended_account_is_not_reported_until_it_is_back() -> None:
    world = world_of("brigades")
    first = world.decisions.group_by("account", "outcome").agg(pl.col("decided_at").min())
    wide = first.pivot("outcome", index="account", values="decided_at").filter(pl.col("upheld").is_not_null())
    reports = world.reports.join(wide, on="account")
    gone = (pl.col("reported_at") > pl.col("upheld")) & (
        pl.col("overturned").is_null() | (pl.col("reported_at") < pl.col("overturned"))
    )
    assert reports.filter(gone).is_empty()


def test_decisions_come_in_over_time_and_err_more_under_pile_on() -> None:
    wrong = {True: [0, 0], False: [0, 0]}
    for variant in ("brigades", "evading", "farmed"):
        world = world_of(variant)
        counts = world.reports.group_by(KEY).len()
        first = (
            world.decisions.filter(pl.col("outcome") != "overturned")
            .join(counts, on=KEY)
            .join(world.truth, on=KEY)
        )
        assert first["decided_at"].dt.date().n_unique() > 30
        for length, upheld in (
            first.filter(~pl.col("violates")).select("len", pl.col("outcome") == "upheld").iter_rows()
        ):
            wrong[length > 50][0] += upheld
            wrong[length > 50][1] += 1
    assert wrong[True][0] / wrong[True][1] > 1.5 * wrong[False][0] / wrong[False][1]


@pytest.mark.parametrize("variant", WITH_RINGS)
def test_there_are_rings_of_many_sizes_and_throwaways_that_were_invited(variant: str) -> None:
    world = world_of(variant)
    sizes = (
        world.reporter_truth["group"].value_counts().filter(pl.col("group").str.starts_with("ring"))["count"]
    )
    assert len(sizes) == 10
    assert sizes.min() <= 12
    assert sizes.max() >= 100
    throwaways = world.reporters.join(
        world.reporter_truth.filter(pl.col("group") == "throwaway"), on="reporter"
    )
    assert throwaways["invited_by"].is_not_null().mean() == pytest.approx(0.6, abs=0.1)


def test_evading_rings_send_a_third_of_their_members_and_drip() -> None:
    def members_in_three_hours(variant: str) -> float:
        ring = by_group(world_of(variant)).filter(pl.col("group") == "ring-1")
        window = pl.col("reported_at").dt.truncate("3h")
        return float(
            ring.group_by(*KEY, window).agg(pl.col("reporter").n_unique())["reporter"].quantile(0.9) or 0
        )

    assert members_in_three_hours("brigades") > 3 * members_in_three_hours("evading")


def test_the_quiet_world_has_no_rings() -> None:
    assert set(world_of("quiet").reporter_truth["group"]) <= {"honest", "sloppy", "drifting"}


def test_partisans_report_opponents_and_are_honest_about_the_rest() -> None:
    rows = by_group(world_of("opinionated"))
    partisan = rows.filter(pl.col("group") == "partisan")
    calm = rows.filter(pl.col("group") == "honest")
    assert (partisan["kind"] == "outspoken").mean() > 2 * (calm["kind"] == "outspoken").mean()
    elsewhere = [part.filter(pl.col("kind") != "outspoken")["violates"].mean() for part in (partisan, calm)]
    assert elsewhere[0] == pytest.approx(elsewhere[1], abs=0.15)


def test_drifting_reporters_change_for_better_or_worse() -> None:
    rows = by_group(world_of("drifting")).filter(pl.col("group") == "drifting")
    half = pl.col("reported_at") < pl.datetime(2026, 2, 4, time_zone="UTC")
    right = rows.group_by("reporter").agg(
        before=pl.col("violates").filter(half).mean(),
        after=pl.col("violates").filter(~half).mean(),
        fewest=pl.min_horizontal(half.sum(), (~half).sum()),
    )
    change = right.filter(pl.col("fewest") >= 15).select(pl.col("after") - pl.col("before"))["after"]
    assert change.min() < -0.25
    assert change.max() > 0.25


def test_who_farms_earns_a_good_name_first() -> None:
    rows = by_group(world_of("farmed")).filter(
        pl.col("group").is_in(["throwaway", "ring-1", "ring-2"])
        & pl.col("kind").is_in(["violator", "counter_speaker"])
    )
    half = pl.col("reported_at") < pl.datetime(2026, 2, 4, time_zone="UTC")
    assert rows.filter(half)["violates"].mean() > 0.9
    assert rows.filter(~half)["violates"].mean() < 0.6
