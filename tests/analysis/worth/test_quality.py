"""How good the queue is on worlds whose truth is known: not what it does, but that it does not get worse unseen."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest
from tests.analysis.worth.valued import value_world

from ostrakon.analysis.calibration import calibration_error
from ostrakon.analysis.worth import Valuation
from ostrakon.analysis.worth.results import queue
from ostrakon.worlds.benchmark import benchmark
from ostrakon.worlds.scoring import Score, interval_coverage, score, undecided
from ostrakon.worlds.world import World


@cache
def made(seed: int, ring_share: float) -> World:
    return benchmark(seed, ring_share=ring_share)


@cache
def valued(seed: int, ring_share: float) -> Valuation:
    return value_world(made(seed, ring_share))


def scored(seed: int, ring_share: float) -> Score:
    return score(made(seed, ring_share), queue(valued(seed, ring_share)))


def rate_precision(seed: int, ring_share: float) -> float:
    """Average precision of the plain queue: distinct reporters per view, 200 views granted to everybody."""
    world = made(seed, ring_share)
    rows = queue(valued(seed, ring_share)).join(world.accounts.select("account", "views"), on="account")
    rated = rows.with_columns(rate=rows["reporters"] / (rows["views"] + 200))
    return score(world, rated, "rate").average_precision


def test_with_rings_sending_most_reports_the_queue_still_finds_the_violators() -> None:
    found = scored(21, 0.6)
    assert found.average_precision >= 0.88
    assert found.wrong <= 0.15
    assert found.counter_speakers <= 0.10
    assert found.average_precision > rate_precision(21, 0.6) + 0.1


def test_without_any_ring_it_is_never_worse_than_reports_per_view() -> None:
    assert scored(21, 0.0).average_precision > rate_precision(21, 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("ring_share", [0.0, 0.6])
def test_over_several_worlds_probabilities_come_true(ring_share: float) -> None:
    rows = [undecided(made(seed, ring_share), queue(valued(seed, ring_share))) for seed in (21, 22, 23)]
    probability, low, high, violates = (
        np.concatenate([part[name].to_numpy().astype(float) for part in rows])
        for name in ("probability", "probability_low", "probability_high", "violates")
    )
    assert calibration_error(probability, violates) <= 0.04
    assert interval_coverage(probability, low, high, violates > 0).share >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("seed", [22, 23])
def test_on_other_worlds_too(seed: int) -> None:
    assert scored(seed, 0.6).average_precision >= 0.88
    assert scored(seed, 0.0).average_precision > rate_precision(seed, 0.0)


@pytest.mark.slow
def test_sixty_thousand_reports_are_valued_in_a_few_seconds() -> None:
    world = made(21, 0.0)
    start = time.process_time()
    value_world(world)
    assert time.process_time() - start < 15
