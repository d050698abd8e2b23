"""Shared interest: how often these people meet without haste."""

from __future__ import annotations

import numpy as np
import pytest
from tests.analysis.campaigns.planted import (
    DAY_S,
    DAYS,
    RING,
    TOPIC,
    Rows,
    community,
    log_from,
    noise,
    ring,
    rows_of,
)
from tests.analysis.small import START_S

from ostrakon.analysis.campaigns.actions import actions
from ostrakon.analysis.campaigns.burst_pairs import expected_shared
from ostrakon.analysis.campaigns.bursts import Bursts, bursts
from ostrakon.analysis.campaigns.interest import FAR_S, interest
from ostrakon.analysis.log import Counts


def looked_at(rows: Rows, first: int, below: int, least: int = 3) -> tuple[Bursts, Counts]:
    """The bursts of these reports, and which of them lie on accounts ``first:below`` and have enough people."""
    log = log_from(rows)
    of = bursts(actions(log))
    number = np.array([int(name[1:]) for name in log.accounts])[of.account]
    return of, np.flatnonzero((number >= first) & (number < below) & (of.size >= least))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_strangers_share_no_interest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    of, all_of_them = looked_at(noise(seed).permuted(rng), 0, RING)
    some = np.sort(rng.permutation(all_of_them)[:20])
    assert 1.0 <= interest(of, some) < 1.5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_people_of_one_topic_meet_as_many_times_as_often_as_it_says(seed: int) -> None:
    """Nobody of the community is in haste, so how often they meet in bursts is how often they meet at all."""
    of, topic = looked_at(noise(seed) + community(seed), TOPIC, TOPIC + 40)
    topic = np.sort(np.random.default_rng(seed).permutation(topic)[:30])
    people = [set(of.actions.reporter[of.begin[number] : of.end[number]].tolist()) for number in topic]
    one, other = np.triu_indices(len(topic), 1)
    apart = of.account[topic[one]] != of.account[topic[other]]
    seen = sum(len(people[i] & people[j]) for i, j in zip(one[apart], other[apart], strict=True))
    expected = expected_shared(
        of, topic[one[apart]].astype(np.int32), topic[other[apart]].astype(np.int32)
    ).sum()
    true = seen / expected
    assert true > 3.0
    assert 0.6 * true <= interest(of, topic) <= 1.6 * true


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_ring_on_quiet_accounts_shares_none(seed: int) -> None:
    of, attacks = looked_at(noise(seed) + ring(seed), RING, 2 * RING)
    assert len(attacks) == 8
    assert interest(of, attacks) == 1.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_strangers_who_report_its_victims_on_other_days_do_not_make_a_ring_an_interest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    others = Rows(rng.integers(0, 1_000, 120), RING + np.arange(120) % 8, rng.integers(0, DAYS * DAY_S, 120))
    of, attacks = looked_at(noise(seed) + ring(seed) + others, RING, 2 * RING, least=8)
    assert interest(of, attacks) < 2.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_member_who_comes_days_late_does_not_make_a_ring_an_interest(seed: int) -> None:
    of_ring = ring(seed)
    at = of_ring.at.copy()
    at[0] = (at[0] + 5 * DAY_S) % (DAYS * DAY_S)
    rows = noise(seed) + Rows(of_ring.reporter, of_ring.account, at)
    of, attacks = looked_at(rows, RING, 2 * RING)
    assert interest(of, attacks) < 3.0


def test_reports_soon_after_a_burst_say_nothing() -> None:
    """Neither in the burst nor far from it: a straggler of the same evening is no evidence of an interest."""
    of_ring = ring(1, participation=1.0)
    rng = np.random.default_rng(1)
    straggler = rng.random(len(of_ring)) < 0.2
    at = np.where(straggler, of_ring.at + FAR_S // 2, of_ring.at)
    of, attacks = looked_at(noise(1) + Rows(of_ring.reporter, of_ring.account, at), RING, 2 * RING, least=8)
    assert interest(of, attacks) == 1.0


def test_the_order_of_the_bursts_does_not_matter() -> None:
    of, topic = looked_at(noise(5) + community(5), TOPIC, TOPIC + 40)
    assert interest(of, topic[::-1].copy()) == pytest.approx(interest(of, topic))


def test_two_bursts_on_an_account_are_looked_at_once_each() -> None:
    """By hand: p0..p3 report x0 and x1 twice over, in the first hour of day 1 and of day 3; nobody is far."""
    who = [0, 1, 2, 3, 4, 5, 6, 7] * 2
    whom = [0] * 8 + [1] * 8
    at = [DAY_S] * 4 + [3 * DAY_S] * 4
    of = bursts(actions(log_from(rows_of(who, whom, at * 2))))
    assert of.size.tolist() == [4, 4, 4, 4]
    assert (of.first_at - START_S).tolist() == [DAY_S, 3 * DAY_S] * 2
    assert interest(of, np.arange(4)) == 1.0
