"""The order of cases: a deadline that harm brings nearer, and that reports cannot buy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ostrakon.analysis.worth.valuation import TYPICAL_BASE_RATE
from ostrakon.casework.arrivals import Arrival, opened, taken_in
from ostrakon.casework.models import Case, Policy
from ostrakon.casework.order import (
    LEAST_REACH,
    UNVALUED_PROBABILITY,
    due_at,
    expected_harm,
    reach,
    turn_at,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
shares = st.floats(0, 1)
audiences = st.none() | st.integers(0, 10**12)
waits = st.timedeltas(timedelta(0), timedelta(days=400))
times = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(times, waits, shares)
def test_a_turn_lies_between_opening_and_deadline(at: datetime, wait: timedelta, harm: float) -> None:
    assert at <= turn_at(at, at + wait, harm) <= at + wait


@given(times, waits, shares, shares)
def test_more_harm_is_never_a_later_turn(at: datetime, wait: timedelta, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert turn_at(at, at + wait, more) <= turn_at(at, at + wait, less)


@given(times, waits, waits, shares)
def test_an_earlier_deadline_is_never_a_later_turn(
    at: datetime, one: timedelta, other: timedelta, harm: float
) -> None:
    sooner, later = sorted((one, other))
    assert turn_at(at, at + sooner, harm) <= turn_at(at, at + later, harm)


@given(times, waits, waits, shares)
def test_who_waits_longer_is_never_overtaken_by_one_alike(
    at: datetime, longer: timedelta, wait: timedelta, harm: float
) -> None:
    assert turn_at(at, at + wait, harm) <= turn_at(at + longer, at + longer + wait, harm)


@given(shares, shares, shares, shares)
def test_harm_grows_with_each_of_its_factors_and_stays_a_share(
    one: float, other: float, second: float, third: float
) -> None:
    less, more = sorted((one, other))
    assert 0 <= expected_harm(less, second, third) <= expected_harm(more, second, third) <= 1
    assert expected_harm(second, less, third) <= expected_harm(second, more, third)
    assert expected_harm(second, third, less) <= expected_harm(second, third, more)


@given(audiences, audiences)
def test_reach_is_a_share_with_a_floor(followers: int | None, views: int | None) -> None:
    assert LEAST_REACH <= reach(followers, views) <= 1


@given(st.integers(0, 10**12), st.integers(0, 10**12), audiences)
def test_a_larger_audience_is_never_less_reach(one: int, other: int, views: int | None) -> None:
    fewer, more = sorted((one, other))
    assert reach(fewer, views) <= reach(more, views)


def test_an_unknown_probability_is_the_share_that_is_typical_before_any_decision() -> None:
    assert UNVALUED_PROBABILITY == TYPICAL_BASE_RATE
    assert expected_harm(None, 1.0, 1.0) == TYPICAL_BASE_RATE
    assert expected_harm(0.0, 1.0, 1.0) == 0


def test_a_deadline_is_counted_in_hours() -> None:
    assert due_at(NOON, 36) == datetime(2026, 11, 24, tzinfo=UTC)


@given(st.lists(waits, min_size=1, max_size=30), st.randoms())
def test_how_many_reported_does_not_change_a_turn(later: list[timedelta], rng: object) -> None:
    """Whatever comes after the first report: nothing, or any number of others in any portions."""
    policy = Policy(code="harassment", severity=0.7)
    arrivals = [
        Arrival(number, number, NOON + wait, is_priority=False)
        for number, wait in enumerate([timedelta(0), *later], start=1)
    ]
    alone = opened(1, policy, 0.5, arrivals[:1])
    together = opened(1, policy, 0.5, arrivals)
    one_by_one = opened(1, policy, 0.5, arrivals[:1])
    for arrival in arrivals[1:]:
        taken_in(one_by_one, None, [arrival])
    assert alone.turn_at == together.turn_at == one_by_one.turn_at
    assert one_by_one.status == Case.Status.OPEN
