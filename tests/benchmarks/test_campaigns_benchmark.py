"""How verdicts on campaigns are judged, and that permuted logs hold nothing to find."""

from __future__ import annotations

import importlib
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.small import reports

from ostrakon.analysis.campaigns.actions import actions
from ostrakon.analysis.campaigns.bursts import bursts
from ostrakon.analysis.log import report_log
from ostrakon.worlds.coordination import coordination

# The benchmarks are commands: they find each other beside themselves.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
rules: Any = importlib.import_module("rivals.campaign_rules")
scoring: Any = importlib.import_module("rivals.campaign_scoring")
chance: Any = importlib.import_module("rivals.campaign_chance")
campaigns: Any = importlib.import_module("campaigns")

RINGS = scoring.Planted(("ring-1", "ring-2"), np.array([0, 0, 0, 1, 1, 1, -1, -1, -1, -1], np.int32))
"""Reporters 0 to 2 are of the first ring, 3 to 5 of the second, the others of none."""


def verdict(*groups: list[int]) -> Any:
    return rules.Verdict(tuple(np.array(group, np.int32) for group in groups))


def test_who_is_in_two_groups_is_named_once() -> None:
    found = scoring.naming(verdict([0, 1, 6], [1, 2]), RINGS)

    assert (found.named, found.right, found.members) == (4, 3, 6)
    assert (found.precision, found.recall, found.f1) == (3 / 4, 3 / 6, 6 / 10)


def test_to_name_nobody_has_no_precision_and_finds_nothing() -> None:
    found = scoring.naming(verdict(), RINGS)

    assert math.isnan(found.precision)
    assert (found.recall, found.f1) == (0, 0)


@given(st.sets(st.integers(0, 9)))
def test_f1_is_the_harmonic_mean_of_precision_and_recall(named: set[int]) -> None:
    found = scoring.naming(verdict(sorted(named)), RINGS)

    if found.right:
        assert found.f1 == pytest.approx(2 / (1 / found.precision + 1 / found.recall))
    else:
        assert found.f1 == 0


def test_a_group_of_one_ring_may_hold_as_many_strangers_as_members() -> None:
    half, less = scoring.grouping(verdict([0, 1, 6, 7]), RINGS), scoring.grouping(verdict([0, 6, 7]), RINGS)

    assert (half.of_one, half.of_none, half.found) == (1, 0, (True, False))
    assert (less.of_one, less.of_none, less.found) == (0, 1, (False, False))


def test_two_members_of_each_of_two_rings_make_a_mixture_which_finds_neither() -> None:
    mixed = scoring.grouping(verdict([0, 1, 2, 3, 4]), RINGS)
    stray = scoring.grouping(verdict([0, 1, 2, 3]), RINGS)

    assert (mixed.of_several, mixed.found) == (1, (False, False))
    assert (stray.of_one, stray.found) == (1, (True, False))


def test_a_ring_in_two_groups_counts_each_member_once() -> None:
    found = scoring.grouping(verdict([0, 1], [1, 2]), RINGS)

    assert (found.of_one, found.recall) == (2, (1.0, 0.0))


def test_rings_stand_in_the_order_of_their_numbers_and_so_of_their_sizes() -> None:
    world = coordination("easy", 1, actions=30_000)
    truth = scoring.planted(world, report_log(world.reports))

    assert truth.names == tuple(f"ring-{number}" for number in range(1, 9))
    assert truth.sizes == sorted(truth.sizes)
    assert truth.sizes[-1] > 150


def test_the_volunteers_of_a_public_list_act_together() -> None:
    world = coordination("listed", 1, actions=30_000)
    log = report_log(world.reports)

    assert scoring.planted(world, log).names == ("list-1",)
    assert math.isnan(scoring.returning_share(world, log, scoring.planted(world, log)))


TRIO = [f"{name} {account} {hour}" for name in ("ann", "bo", "cy") for account, hour in (("x", 1), ("y", 30))]
STRANGERS = ["dee x 1.5", "eve y 90", "dee z 5"]


def names(log: Any, found: Any) -> list[str]:
    return sorted(log.reporters.gather(found.named).to_list())


def test_an_edge_of_the_toolkit_names_both_ends() -> None:
    log = report_log(reports(*TRIO, *STRANGERS))

    assert names(log, rules.toolkit(log, 60, 2)) == ["ann", "bo", "cy"]
    assert names(log, rules.toolkit(log, 3600, 1)) == ["ann", "bo", "cy", "dee"]


def test_coortweet_keeps_what_is_heavier_than_the_quantile() -> None:
    log = report_log(reports(*TRIO, *STRANGERS))

    assert names(log, rules.coortweet(log, 3600, 0.0)) == ["ann", "bo", "cy"]
    assert names(log, rules.coortweet(log, 60, 0.0)) == []


def test_synchrotrap_compares_with_all_that_either_did() -> None:
    busy = [f"cy w{number} {100 + 10 * number}" for number in range(4)]
    log = report_log(reports(*TRIO, *busy, *STRANGERS))

    assert names(log, rules.synchrotrap(log, 3600, 0.3)) == ["ann", "bo", "cy"]
    assert names(log, rules.synchrotrap(log, 3600, 0.5)) == []


def test_dealing_reporters_anew_keeps_accounts_and_times() -> None:
    world = coordination("plain", 1, actions=30_000)
    before = bursts(actions(report_log(world.reports)))
    after = chance.permuted(world.reports, np.random.default_rng(0))
    times = world.reports["reported_at"].dt.epoch("s").to_numpy()

    assert set(after.actions.at) <= set(times)
    assert abs(after.actions.count - before.actions.count) < 0.1 * before.actions.count
    assert not np.array_equal(after.actions.reporter[:1000], before.actions.reporter[:1000])


def test_what_sampled_pairs_share_is_counted() -> None:
    rows = [
        f"{name} {account} 1" for account, who in (("x", "abc"), ("y", "bcd"), ("z", "efg")) for name in who
    ]
    of = bursts(actions(report_log(reports(*rows))))
    one, other = np.array([0], np.int32), np.array([1], np.int32)

    assert chance.shared_reporters(of, one, other).tolist() == [2]


def test_sampled_pairs_use_each_burst_once_and_never_two_of_one_account() -> None:
    world = coordination("plain", 1, actions=30_000)
    of = bursts(actions(report_log(world.reports)))
    sample = chance.sampled_pairs(of, np.random.default_rng(0))

    assert 0.9 * (of.size >= 3).sum() <= 2 * len(sample.shared) <= (of.size >= 3).sum()
    assert (sample.expected > 0).all()


def test_randomised_p_values_are_uniform_where_the_law_is_poisson() -> None:
    rng = np.random.default_rng(0)
    expected = rng.uniform(0.01, 3, 20_000)
    sample = chance.PairSample(rng.poisson(expected), expected)
    values = sample.randomised(rng)

    assert ((sample.p_value >= values) & (values >= 0)).all()
    for level in (0.01, 0.1, 0.5):
        assert (values <= level).mean() == pytest.approx(level, abs=5 * math.sqrt(level / 20_000))


def test_a_viral_target_brings_distinct_honest_reporters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaigns, "VIRAL_REPORTERS", 500)
    world = coordination("easy", 1, actions=30_000)
    honest = world.reporter_truth.filter(pl.col("group") == "honest")["reporter"]
    whole = campaigns.with_viral_target(world.reports, honest, np.random.default_rng(0))
    crowd = whole.filter(pl.col("account") == "viral")

    assert len(whole) == len(world.reports) + 500
    assert crowd["reporter"].n_unique() == 500
    assert crowd["reporter"].is_in(honest.implode()).all()
