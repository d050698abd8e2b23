"""The benchmark world is the one of the research note: its shares, and the figures of its simplest queues."""

from __future__ import annotations

import time

import polars as pl
import pytest
from tests.worlds.plain import by_views, counted, full_benchmark, logistic

from ostrakon.worlds.benchmark import benchmark
from ostrakon.worlds.scoring import score
from ostrakon.worlds.world import World

RING = pl.col("group").str.starts_with("ring") | (pl.col("group") == "throwaway")


def of_rings(world: World) -> pl.DataFrame:
    """The reports of rings, with the kind of their targets."""
    return world.reports.join(world.reporter_truth.filter(RING), on="reporter").join(
        world.truth, on="account"
    )


@pytest.mark.parametrize(
    ("ring_share", "farming", "count", "per_view", "speakers"),
    [
        (0.0, False, 0.585, 0.918, 0.065),
        (0.3, False, 0.554, 0.779, 0.359),
        (0.45, False, 0.531, 0.719, 0.573),
        (0.6, False, 0.519, 0.679, 0.754),
        (0.6, True, 0.556, 0.712, 0.599),
    ],
)
def test_plain_queues_do_as_well_as_in_the_note(
    ring_share: float, farming: bool, count: float, per_view: float, speakers: float
) -> None:
    world = full_benchmark(ring_share, farming)
    rows = by_views(world)
    assert score(world, rows, "count").average_precision == pytest.approx(count, abs=0.03)
    rate = score(world, rows, "rate")
    assert rate.average_precision == pytest.approx(per_view, abs=0.05)
    assert rate.counter_speakers == pytest.approx(speakers, abs=0.08)


def test_the_numbers_of_the_note() -> None:
    world = full_benchmark(0.0)
    shares = dict(world.truth["kind"].value_counts(normalize=True).iter_rows())
    assert shares == {"ordinary": 0.5, "violator": 0.28, "counter_speaker": 0.08, "borderline": 0.14}
    assert len(world.truth) == 12_000
    assert len(world.reports) == pytest.approx(58_000, rel=0.01)
    assert len(counted(world)) == pytest.approx(8_000, rel=0.03)
    assert world.decisions["account"].n_unique() == pytest.approx(735, abs=40)


@pytest.mark.parametrize("ring_share", [0.3, 0.6])
def test_rings_send_their_share_of_all_reports(ring_share: float) -> None:
    world = full_benchmark(ring_share)
    assert len(of_rings(world)) / len(world.reports) == pytest.approx(ring_share, abs=0.001)


def test_rings_are_added_to_the_same_base_reports() -> None:
    quiet, loud = full_benchmark(0.0), full_benchmark(0.6)
    base = loud.reports.join(loud.reporter_truth.filter(~RING), on="reporter")
    assert base["reported_at"].equals(quiet.reports["reported_at"])
    assert base["account"].equals(quiet.reports["account"])


def test_a_quarter_of_the_waves_is_camouflage_and_the_rest_hits_counter_speakers() -> None:
    hit = of_rings(full_benchmark(0.6))["kind"]
    assert set(hit) == {"violator", "counter_speaker"}
    assert (hit == "violator").mean() == pytest.approx(0.25, abs=0.07)


def test_who_farms_hits_violators_only_in_the_first_half() -> None:
    rows = of_rings(full_benchmark(0.6, True)).with_columns(
        half=pl.col("reported_at") < pl.datetime(2026, 2, 4, time_zone="UTC")
    )
    early, late = rows.filter("half")["violates"], rows.filter(~pl.col("half"))["violates"]
    assert early.all()
    assert late.mean() == pytest.approx(0.25, abs=0.08)


def test_decisions_are_the_top_of_the_queue_and_an_audit_with_few_errors() -> None:
    world = full_benchmark(0.0)
    first = world.decisions.filter(pl.col("outcome") != "overturned").join(world.truth, on="account")
    seen = world.reports["account"].n_unique()
    assert (first["selection"] == "queue").sum() == round(0.06 * seen)
    assert (first["selection"] == "audit").sum() == pytest.approx(0.03 * seen, rel=0.1)
    assert ((first["outcome"] == "upheld") != first["violates"]).mean() == pytest.approx(0.05, abs=0.03)


def test_most_wrong_suspensions_are_reversed_and_few_right_ones() -> None:
    worlds = [full_benchmark(0.6), full_benchmark(0.6, True), full_benchmark(0.0), full_benchmark(0.3)]
    rows = pl.concat([world.decisions.join(world.truth, on="account") for world in worlds])
    counts = rows.group_by("outcome", "violates").len()
    count = {(outcome, violates): number for outcome, violates, number in counts.iter_rows()}
    assert count["overturned", False] / count["upheld", False] == pytest.approx(0.6, abs=0.2)
    assert count["overturned", True] / count["upheld", True] < 0.05


def test_rings_hurt_a_regression_that_sees_bursts_and_fresh_accounts() -> None:
    quiet, loud = full_benchmark(0.0), full_benchmark(0.6)
    assert score(quiet, logistic(quiet)).average_precision > 0.85
    assert 0.65 < score(loud, logistic(loud)).average_precision < 0.82


def test_it_takes_less_than_two_seconds() -> None:
    start = time.process_time()
    benchmark(3, ring_share=0.6)
    assert time.process_time() - start < 2.0
