"""The demonstration year is recovered by an observer who has its lists, links and suspensions and not its truth."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ostrakon.worlds.history import History, year

# The benchmarks are commands: they find each other beside themselves.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
history: Any = importlib.import_module("history")

SEEDS = (101, 102, 103)
pytestmark = pytest.mark.slow


@cache
def of(seed: int) -> History:
    return year(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_size_over_the_year_is_found_within_5_percent(seed: int) -> None:
    assert abs(history.sizes(of(seed), 50)[0].error) <= 0.05


def test_the_size_that_is_told_is_on_average_within_8_percent() -> None:
    """Not within 5: who is seldom seen is missed, and Jolly-Seber does not know of it."""
    errors = [history.sizes(of(seed), 50)[1].error for seed in SEEDS]
    assert abs(np.mean(errors)) <= 0.08


@pytest.mark.parametrize("seed", SEEDS)
def test_three_days_of_lists_taken_as_closed_are_never_called_an_estimate(seed: int) -> None:
    """They are 10 to 25 % too low, and say that they may be."""
    found = history.population(history.window(of(seed), history.DAY, 3), replicates=100).figures[0]
    assert found.grade in ("indicative", "not shown")


@pytest.mark.parametrize("seed", SEEDS)
def test_survival_is_found_within_2_points(seed: int) -> None:
    found = [one for one in history.lasting(of(seed)) if one.what.startswith("survival")]
    assert len(found) == 3
    assert max(abs(one.error) for one in found) <= 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_returns_are_found_within_10_percent(seed: int) -> None:
    (found,) = (one for one in history.lasting(of(seed)) if one.what.startswith("returns"))
    assert abs(found.error) <= 0.10


def test_the_effect_is_found_within_5_points_in_the_middle_of_five_years() -> None:
    """A single year may be off by 10 points, and its interval says so."""
    found = [history.named(history.effect(year(seed, 100).panel), "effect") for seed in range(101, 106)]
    assert abs(np.median([one.value for one in found]) + 0.30) <= 0.05
    assert all(one.low <= -0.30 <= one.high for one in found)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_audience_regained_is_found_within_10_percent(seed: int) -> None:
    found = history.named(history.regained(of(seed).audience, of(seed).links), "regained_at_7_days")
    assert abs(found.value / of(seed).truth.regained - 1) <= 0.10


@pytest.mark.parametrize("seed", SEEDS)
def test_the_interval_of_the_wrongful_rate_holds_the_truth(seed: int) -> None:
    found = history.named(history.wrongful(of(seed).suspensions), "wrongful_rate")
    assert found.low <= of(seed).truth.wrongful["all"] <= found.high
