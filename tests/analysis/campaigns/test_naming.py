"""Who is named: on at least two bursts, and never on bursts that belong to the campaign because of oneself."""

from __future__ import annotations

import numpy as np
import pytest
from tests.analysis.campaigns.planted import DAY_S, RING, Rows, found_in, log_from, noise, ring, ring_members

from ostrakon.analysis.campaigns.actions import actions
from ostrakon.analysis.campaigns.block import Block, fit
from ostrakon.analysis.campaigns.bursts import Bursts, bursts
from ostrakon.analysis.campaigns.campaign import Members
from ostrakon.analysis.campaigns.growth import by_time
from ostrakon.analysis.campaigns.hours import rhythm
from ostrakon.analysis.campaigns.naming import LEAST_TIMES, MEMBER_Q, members

INNOCENT = 700_000
FIRST_OWN = 800_000
SEEDS = [1, 2, 3, 4]


def attacked_at(attack: Rows, victim: int) -> int:
    """The second in which a victim of ring 1 is reported first."""
    return int(attack.at[attack.account == RING + victim].min())


def an_innocent_who_was_there(seed: int, times: int, own: int) -> Rows:
    """The innocent reports so many of the ring's victims by chance while it does, and meets strangers elsewhere."""
    attack = ring(seed)
    there = Rows(
        np.full(times, INNOCENT),
        RING + np.arange(times),
        np.array([attacked_at(attack, victim) + 60 for victim in range(times)], np.int64),
    )
    accounts, at = FIRST_OWN + np.arange(own), (np.arange(own) + 3) * 3 * DAY_S
    strangers = Rows(100 + np.arange(2 * own), np.tile(accounts, 2), np.tile(at, 2) + 60)
    return there + Rows(np.full(own, INNOCENT), accounts, at) + strangers


def of_accounts(rows: Rows, first: int, below: int) -> tuple[Bursts, Block, dict[int, int]]:
    """The block of all bursts on accounts ``first:below``, and the number of each of its people."""
    log = log_from(rows)
    of = bursts(actions(log))
    account = np.array([int(name[1:]) for name in log.accounts])[of.account]
    chosen = by_time(of, np.flatnonzero((account >= first) & (account < below) & (of.size >= 3)))
    block = fit(of, chosen, 1.0)
    return of, block, {code: int(name[1:]) for code, name in enumerate(log.reporters)}


def named_in(of: Bursts, block: Block) -> Members:
    return members(of, block, 1.0, rhythm(of, block))


@pytest.mark.parametrize("seed", SEEDS)
def test_bursts_that_are_in_a_campaign_because_of_one_person_do_not_name_that_person(seed: int) -> None:
    """The case in which a method that looks twice at the same reports names an innocent.

    They were beside the ring once. Six bursts of theirs with strangers were taken in on their account; judged by all
    seven bursts they belong almost surely.
    """
    of, block, number = of_accounts(
        noise(seed) + ring(seed) + an_innocent_who_was_there(seed, 1, 6), FIRST_OWN, 2 * RING
    )
    assert len(block.bursts) == 8 + 6
    twice_looked_at = {
        number[code]: chance for code, chance in zip(block.reporter, block.belongs, strict=True)
    }
    assert twice_looked_at[INNOCENT] > 0.99
    assert {number[code] for code in named_in(of, block).reporter} == ring_members(1, 20)


@pytest.mark.parametrize("seed", SEEDS)
def test_all_of_a_ring_are_named_and_who_was_there_once_is_not(seed: int) -> None:
    of, block, number = of_accounts(
        noise(seed) + ring(seed) + an_innocent_who_was_there(seed, 1, 0), RING, 2 * RING
    )
    assert {number[code] for code in named_in(of, block).reporter} == ring_members(1, 20)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_named_for_one_burst_however_sure_the_campaign_is(seed: int) -> None:
    """Members who came once are members; one time is not enough to say so."""
    attack = ring(seed)
    shy = np.isin(attack.reporter, [RING, RING + 1])
    once = np.zeros(len(attack), bool)
    once[[np.flatnonzero(attack.reporter == RING)[0], np.flatnonzero(attack.reporter == RING + 1)[0]]] = True
    kept = ~shy | once
    rows = noise(seed) + Rows(attack.reporter[kept], attack.account[kept], attack.at[kept])
    of, block, number = of_accounts(rows, RING, 2 * RING)
    found = named_in(of, block)
    assert not {RING, RING + 1} & {number[code] for code in found.reporter}
    assert found.seen.min() >= LEAST_TIMES


@pytest.mark.parametrize("seed", SEEDS)
def test_the_most_certain_come_first_and_no_more_are_wrong_than_is_said(seed: int) -> None:
    rows = noise(seed) + ring(seed, participation=0.4, members=30) + an_innocent_who_was_there(seed, 1, 0)
    of, block, _ = of_accounts(rows, RING, 2 * RING)
    found = named_in(of, block)
    assert (np.diff(found.q_value) >= -1e-12).all()
    assert found.q_value.max() <= MEMBER_Q


@pytest.mark.parametrize("seed", SEEDS)
def test_a_member_is_seen_more_often_than_chance_would_have_it(seed: int) -> None:
    of, block, _ = of_accounts(noise(seed) + ring(seed), RING, 2 * RING)
    found = named_in(of, block)
    assert (found.seen > 10 * found.expected).all()
    assert (found.expected > 0).all()


def test_what_chance_would_bring_can_be_counted_by_hand() -> None:
    # A member with d reports, of N, at a block whose bursts hold n reports: d n / N, for everybody's hours are alike.
    rows = noise(1) + ring(1, participation=1.0)
    of, block, _ = of_accounts(rows, RING, 2 * RING)
    found = named_in(of, block)
    by_hand = 8 * int(of.size[block.bursts].sum()) / of.actions.count
    assert found.expected.mean() == pytest.approx(by_hand, rel=0.35)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_a_whole_log_the_innocent_is_not_named_either(seed: int) -> None:
    rows = noise(seed) + ring(seed) + an_innocent_who_was_there(seed, 1, 6)
    assert found_in(rows) == [ring_members(1, 20)]
