"""How surprising a count is: against scipy, hand examples, and simulation where nothing happens."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from ostrakon.analysis.campaigns.chance import (
    cauchy_combination,
    log_choose,
    log_evidence,
    log_poisson_tail,
    significant,
)

means = st.floats(1e-9, 600.0)
probabilities = st.floats(1e-12, 1.0 - 1e-9)


# Poisson tails


@given(st.integers(0, 800), means)
def test_the_tail_of_a_count_is_scipys(seen: int, mean: float) -> None:
    theirs = stats.poisson.sf(seen - 1, mean)
    if theirs > 1e-290:
        assert log_poisson_tail(float(seen), mean) == pytest.approx(math.log(theirs), rel=1e-8, abs=1e-9)


@given(means, st.floats(1.001, 50.0))
def test_above_the_mean_a_sum_of_probabilities_has_the_tail_of_the_gamma_law(
    mean: float, times: float
) -> None:
    seen = mean * times
    theirs = special.gammainc(seen, mean)  # equals P(X >= seen) at whole numbers
    if theirs > 1e-290:
        assert log_poisson_tail(seen, mean) == pytest.approx(math.log(theirs), rel=1e-7, abs=1e-9)


def test_far_in_the_tail_the_logarithm_goes_on_where_the_probability_is_zero() -> None:
    # P(X >= x) is about its first term e^-m m^x / x!, and at most that times 1 / (1 - m / (x + 1)).
    first = -0.001 + 300 * math.log(0.001) - math.lgamma(301)
    assert first <= log_poisson_tail(300.0, 0.001) <= first + 1e-5
    assert log_poisson_tail(300.0, 0.001) < -3_000


@given(st.floats(0.0, 3_000.0), st.floats(1e-6, 3_000.0))
def test_a_tail_is_a_probability(seen: float, mean: float) -> None:
    assert log_poisson_tail(seen, mean) <= 0.0


@given(st.integers(1, 300), means)
def test_more_is_more_surprising_and_a_larger_mean_makes_it_less_so(seen: int, mean: float) -> None:
    tail = log_poisson_tail(float(seen), mean)
    assert log_poisson_tail(seen + 1.0, mean) <= tail + 1e-9
    assert log_poisson_tail(float(seen), mean * 1.5) >= tail - 1e-9


@pytest.mark.parametrize(("seen", "mean"), [(800, 800.0), (790, 800.0), (2_900, 3_000.0)])
def test_below_a_mean_of_thousands_the_normal_law_is_near_enough(seen: int, mean: float) -> None:
    assert math.exp(log_poisson_tail(float(seen), mean)) == pytest.approx(
        float(stats.poisson.sf(seen - 1, mean)), abs=0.01
    )


def test_nothing_seen_is_certain_and_something_out_of_nothing_impossible() -> None:
    assert log_poisson_tail(0.0, 3.0) == 0.0
    assert log_poisson_tail(1.0, 0.0) == -math.inf


@given(st.integers(0, 60), st.integers(0, 60))
def test_ways_to_choose_are_binomial_coefficients(things: int, taken: int) -> None:
    if taken <= things:
        assert math.exp(log_choose(things, taken)) == pytest.approx(math.comb(things, taken), rel=1e-9)


# False discoveries

# Benjamini and Hochberg (1995), section 3.1: fifteen p-values, four of which pass at .05 (0.0095 <= 4/15 of .05, while
# 0.0201 > 5/15 of it).
THEIRS = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip


def test_the_example_of_benjamini_and_hochberg() -> None:
    assert significant(np.log(THEIRS), 15, 0.05).tolist() == [True] * 4 + [False] * 11


def test_a_larger_p_value_may_carry_a_smaller_one_over_its_own_line() -> None:
    # .02 > .05 / 3, but .03 <= .05 * 2 / 3: both pass.
    assert significant(np.log([0.02, 0.03]), 3, 0.05).tolist() == [True, True]


def test_hypotheses_that_are_not_shown_count() -> None:
    assert significant(np.log([0.001]), 50, 0.05).tolist() == [True]
    assert significant(np.log([0.001]), 51, 0.05).tolist() == [False]


def test_nothing_passes_where_nothing_is_shown() -> None:
    assert significant(np.empty(0), 10, 0.05).tolist() == []


@given(st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=30), st.randoms())
def test_the_order_of_p_values_does_not_matter(p_values: list[float], random: object) -> None:
    p = np.log(p_values)
    order = np.array(random.sample(range(len(p)), len(p)))  # type: ignore[attr-defined]
    assert significant(p[order], 40, 0.1).tolist() == significant(p, 40, 0.1)[order].tolist()


@given(st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=30))
def test_who_passes_has_no_smaller_p_value_than_who_does_not(p_values: list[float]) -> None:
    passed = significant(np.log(p_values), len(p_values), 0.1)
    theirs = stats.false_discovery_control(p_values, method="bh") <= 0.1 * (1 + 1e-12)
    assert (
        passed.tolist() == theirs.tolist()
        or np.isclose(stats.false_discovery_control(p_values, method="bh"), 0.1).any()
    )


# Evidence that may be added up

EXPECTED = [0.01, 0.3, 1.0, 2.5, 10.0, 80.0]


def worth(seen: int, expected: float, log_chance: float = 0.0) -> float:
    """The e-value, times a chance; where it says nothing (ln = 0: no more than expected) it is worth nothing here."""
    value = log_evidence(seen, expected)
    return math.exp(log_chance + value) if value != 0.0 else 0.0


@pytest.mark.parametrize("expected", EXPECTED)
def test_evidence_is_the_likelihood_ratio_averaged_over_raised_rates(expected: float) -> None:
    seen = math.ceil(expected) + 6
    theta = np.exp(np.linspace(0, math.log(1e5 / expected + 1e3), 400_001))
    # density theta^-2, and d theta = theta d(ln theta)
    ratio = np.exp(seen * np.log(theta) - (theta - 1) * expected - 2 * np.log(theta)) * theta
    assert math.exp(log_evidence(seen, expected)) == pytest.approx(
        float(np.trapezoid(ratio, np.log(theta))), rel=1e-4
    )


@pytest.mark.parametrize("expected", EXPECTED)
def test_by_chance_evidence_has_a_mean_of_at_most_one(expected: float) -> None:
    # The exact sum; beyond mean + 60 sd + 60 the probabilities are below 1e-40 of what is left.
    counts = range(int(expected + 60 * math.sqrt(expected) + 60))
    total = sum(worth(seen, expected, float(stats.poisson.logpmf(seen, expected))) for seen in counts)
    assert total <= 1.0 + 1e-9


def test_evidence_stays_fair_where_each_expectation_is_made_from_the_counts_before() -> None:
    rng = np.random.default_rng(1)
    e_values = []
    for _ in range(20_000):
        seen, expected, last = 0, 0.0, 0
        for _ in range(6):
            mean = 0.05 + 0.6 * min(last, 3)
            last = int(rng.poisson(mean))
            seen, expected = seen + last, expected + mean
        e_values.append(worth(seen, expected))
    of_mean = np.std(e_values) / math.sqrt(len(e_values))
    assert np.mean(e_values) <= 1.0 + 3 * of_mean
    assert np.mean(np.array(e_values) >= 20.0) <= 1 / 20  # Markov


@given(st.integers(2, 400), st.floats(1e-3, 300.0))
def test_the_more_come_the_more_it_says(seen: int, expected: float) -> None:
    if seen > expected:
        assert log_evidence(seen + 1, expected) >= log_evidence(seen, expected) - 1e-9


def test_no_more_than_expected_says_nothing() -> None:
    assert log_evidence(5, 5.0) == log_evidence(1, 0.001) == log_evidence(0, 0.0) == 0.0


# Several p-values that may depend on each other


@given(probabilities, st.integers(1, 6))
def test_channels_that_say_the_same_say_it_once(p: float, channels: int) -> None:
    assert cauchy_combination(np.full(channels, p)) == pytest.approx(p, rel=1e-5)


@given(st.lists(probabilities, min_size=1, max_size=6), st.randoms())
def test_the_order_of_channels_does_not_matter(p_values: list[float], random: object) -> None:
    shuffled = random.sample(p_values, len(p_values))  # type: ignore[attr-defined]
    assert cauchy_combination(np.array(shuffled)) == pytest.approx(
        cauchy_combination(np.array(p_values)), rel=1e-6
    )


@given(st.floats(1e-250, 1e-3), st.integers(2, 5))
def test_one_strong_channel_among_weak_ones_costs_about_their_number(p: float, channels: int) -> None:
    combined = cauchy_combination(np.array([p] + [0.5] * (channels - 1)))
    assert combined == pytest.approx(channels * p, rel=0.02)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("channels", [2, 5])
def test_by_chance_the_combination_is_no_smaller_than_it_says(correlation: float, channels: int) -> None:
    rng = np.random.default_rng([channels, int(10 * correlation)])
    draws = 40_000
    common, own = rng.standard_normal((draws, 1)), rng.standard_normal((draws, channels))
    p_values = stats.norm.sf(math.sqrt(correlation) * common + math.sqrt(1 - correlation) * own)
    combined = np.array([cauchy_combination(row) for row in p_values])
    for level in (0.01, 0.001):
        error = math.sqrt(level / draws)
        # Liu and Xie's tail is exact in the limit of small levels; a tenth more is what dependence costs at .01.
        assert np.mean(combined <= level) <= 1.1 * level + 3 * error
