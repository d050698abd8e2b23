"""How many independent voices the reports on a case are worth."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.analysis.small import case_of, log_of, reports, scene_of

from ostrakon.analysis.log import ReportLog
from ostrakon.analysis.worth.voices import (
    GROUP_CORRELATION,
    NEWCOMER_CORRELATION,
    group_of_each_voice,
    shared_weights,
)


def weight_of_group(members: int, *, lone: int = 0) -> float:
    """The weight of a case with one group of so many members, and so many voices that speak alone."""
    crowd = np.array([3] * members + [-1] * lone, np.int32)
    return float(shared_weights(np.array([0, members + lone]), crowd).sum())


def weight_of_newcomers(*hours: float, established: int = 0) -> float:
    """The weight of a case that newcomers reported at these hours, and established reporters besides."""
    rows = [f"new{place} mallory {hour}" for place, hour in enumerate(hours)]
    rows += [
        f"old{place} {account} 0" for place in range(established) for account in ("mallory", "b", "c", "d")
    ]
    set_out = scene_of(reports(*rows))
    return float(set_out.independent[case_of(set_out.log, "mallory")])


# Groups


@pytest.mark.parametrize(
    ("members", "voices"),
    [(1, 1.0), (2, 2 / 1.95), (3, 3 / 2.90), (10, 10 / 9.55), (500, 500 / 475.05)],
)
def test_a_group_weighs_its_size_over_the_design_effect(members: int, voices: float) -> None:
    # n / (1 + (n - 1) x .95): 500 members count as 1.0525 voices
    assert weight_of_group(members) == pytest.approx(voices, rel=1e-6)


def test_a_larger_group_never_weighs_less_and_never_more_than_one_over_the_correlation() -> None:
    weights = [weight_of_group(members) for members in (1, 2, 3, 5, 8, 13, 100, 500, 5_000)]
    assert weights == sorted(weights)
    assert weights[-1] < 1 / GROUP_CORRELATION


def test_who_speaks_alone_counts_as_one() -> None:
    assert weight_of_group(0, lone=7) == 7.0


def test_a_group_does_not_take_from_those_who_speak_alone() -> None:
    assert weight_of_group(500, lone=2) == pytest.approx(2 + 500 / 475.05, rel=1e-6)


def test_two_groups_on_a_case_are_two_sides() -> None:
    crowd = np.array([1, 2, 1, 2, 2], np.int32)
    assert shared_weights(np.array([0, 5]), crowd).sum() == pytest.approx(2 / 1.95 + 3 / 2.9, rel=1e-6)


def test_members_of_a_group_who_report_other_cases_share_nothing_there() -> None:
    crowd = np.array([1, 1, 1], np.int32)
    assert shared_weights(np.array([0, 1, 3]), crowd)[0] == 1.0


def test_groups_from_outside_are_taken_as_they_are() -> None:
    log = log_of("a x 1", "b x 2", "c x 3", "d x 4", "e x 5")
    groups = np.array([0, 0, -1, 1, -1], np.int32)[np.argsort(log.at)]
    crowd = group_of_each_voice(log, groups)
    assert crowd[:2].tolist() == [0, 0]
    assert crowd[3] == 1


def test_a_newcomer_in_a_known_group_stays_in_it() -> None:
    log = log_of("a x 1", "b x 1", "c x 1", "d x 1")
    groups = np.array([0, -1, -1, -1], np.int32)
    crowd = group_of_each_voice(log, groups)
    assert crowd[0] == 0
    assert len(set(crowd[1:].tolist())) == 1
    assert crowd[1] < -1


# Newcomers


def test_three_newcomers_within_six_hours_are_a_crowd() -> None:
    # 3 / (1 + 2 x .8)
    assert weight_of_newcomers(0, 3, 6) == pytest.approx(3 / 2.6, rel=1e-6)


def test_two_newcomers_are_no_crowd() -> None:
    assert weight_of_newcomers(0, 0) == 2.0


def test_three_newcomers_over_more_than_six_hours_are_no_crowd() -> None:
    assert weight_of_newcomers(0, 3, 6.01) == 3.0


def test_newcomers_of_another_six_hours_are_a_crowd_of_their_own() -> None:
    assert weight_of_newcomers(0, 1, 2, 24, 25, 26, 27) == pytest.approx(3 / 2.6 + 4 / 3.4, rel=1e-6)


def test_any_number_of_newcomers_at_once_counts_as_at_most_five_quarters_of_a_voice() -> None:
    assert weight_of_newcomers(*[0] * 500) == pytest.approx(500 / (1 + 499 * 0.8), rel=1e-6)
    assert weight_of_newcomers(*[0] * 500) < 1 / NEWCOMER_CORRELATION


def test_somebody_with_four_cases_is_no_newcomer() -> None:
    assert weight_of_newcomers(0, 0, established=5) == 7.0


def test_newcomers_on_different_cases_are_no_crowd() -> None:
    set_out = scene_of(reports("a x 1", "b y 1", "c z 1"))
    assert set_out.weight.tolist() == [1.0, 1.0, 1.0]


# What holds for every log

small_logs = st.lists(
    st.builds("{} {} {}".format, st.integers(0, 9), st.sampled_from("xyz"), st.integers(0, 12)),
    min_size=1,
    max_size=25,
)


def grouped(log: ReportLog, reporters: set[int]) -> NDArray[np.int32]:
    """These reporters as one group."""
    names = log.reporters.to_list()
    return np.where([int(names[r]) in reporters for r in log.reporter], 0, -1).astype(np.int32)


@given(small_logs, st.sets(st.integers(0, 9), max_size=4))
@settings(max_examples=50)
def test_a_case_has_at_most_as_many_independent_voices_as_reporters_and_more_than_none(
    rows: list[str], members: set[int]
) -> None:
    table = reports(*rows)
    set_out = scene_of(table, groups=grouped(log_of(*rows), members))
    assert (set_out.weight > 0).all()
    assert (set_out.weight <= 1).all()
    assert (set_out.independent <= set_out.log.case_size + 1e-6).all()


@given(small_logs, st.sets(st.integers(0, 9), max_size=4), st.integers(0, 12))
@settings(max_examples=50)
def test_a_lone_voice_that_joins_a_case_adds_exactly_one(
    rows: list[str], members: set[int], hour: int
) -> None:
    rows = [*rows, "20 x 0", "77 p 0", "77 q 0", "77 r 0"]  # 77 is known from three other cases
    before = scene_of(reports(*rows), groups=grouped(log_of(*rows), members))
    rows = [*rows, f"77 x {hour}"]
    after = scene_of(reports(*rows), groups=grouped(log_of(*rows), members))
    for account in {row.split()[1] for row in rows}:
        gained = (
            after.independent[case_of(after.log, account)] - before.independent[case_of(before.log, account)]
        )
        assert gained == pytest.approx(1.0 if account == "x" else 0.0, abs=1e-5)


@given(st.lists(st.sampled_from([-3, -2, -1, 0, 1]), max_size=20), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_weights_do_not_depend_on_the_order_of_voices(crowd: list[int], random: Random) -> None:
    place = sorted(range(len(crowd)), key=lambda _: random.random())
    start = np.array([0, len(crowd)])
    straight = shared_weights(start, np.array(crowd, np.int32))
    shuffled = shared_weights(start, np.array([crowd[p] for p in place], np.int32))
    assert np.array_equal(straight[place], shuffled)
