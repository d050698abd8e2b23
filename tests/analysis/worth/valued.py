"""Worlds and their valuations, each made once for all tests that read them."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from ostrakon.analysis.campaigns import find_campaigns
from ostrakon.analysis.log import report_log
from ostrakon.analysis.worth import Valuation, value
from ostrakon.analysis.worth.results import queue
from ostrakon.worlds.benchmark import benchmark
from ostrakon.worlds.demo import demo
from ostrakon.worlds.world import World

NUMBERS = ("independent_reports", "probability", "probability_low", "probability_high")


@cache
def week() -> World:
    """The demonstration: 860 cases under three policies, three languages, a ring, a list, 160 decisions."""
    return demo()


@cache
def ringed() -> World:
    """A small benchmark world in which rings send most of the reports."""
    return benchmark(5, ring_share=0.6, targets=1_500)


def value_world(world: World, *, find_groups: bool = True, seed: int = 0) -> Valuation:
    """A world valued with all its tables."""
    log = report_log(world.reports)
    groups = find_campaigns(log).groups(log) if find_groups else None
    return value(
        log, world.decisions, accounts=world.accounts, reporters=world.reporters, groups=groups, seed=seed
    )


@cache
def valued_week() -> Valuation:
    return value_world(week())


@cache
def valued_ringed() -> Valuation:
    return value_world(ringed())


def by_case(valuation: Valuation) -> pl.DataFrame:
    """The queue in the order of its cases, without ranks."""
    return queue(valuation).drop("rank").sort("account", "policy")


def largest_difference(one: pl.DataFrame, other: pl.DataFrame) -> float:
    """Of the numbers of two queues over the same cases."""
    assert one.select("account", "policy", "decided").equals(other.select("account", "policy", "decided"))
    return max(float(np.abs(one[name].to_numpy() - other[name].to_numpy()).max()) for name in NUMBERS)


def same_numbers(one: Valuation, other: Valuation) -> bool:
    """Whether two valuations agree to the last bit."""
    return all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("probability", "low", "high")
    )
