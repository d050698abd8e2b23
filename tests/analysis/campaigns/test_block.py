"""Blocks and their growth: a planted ring comes back whole, and nobody stands in it on their own word."""

from __future__ import annotations

import numpy as np
import pytest
from tests.analysis.campaigns.planted import DAY_S, DAYS, RING, Rows, log_from, noise, ring, ring_members

from ostrakon.analysis.campaigns.actions import actions
from ostrakon.analysis.campaigns.block import Block, fit, places, probability
from ostrakon.analysis.campaigns.bursts import Bursts, bursts
from ostrakon.analysis.campaigns.growth import grow
from ostrakon.analysis.log import Counts


class Log:
    """The bursts of a log, with the numbers of its people and accounts."""

    def __init__(self, rows: Rows) -> None:
        log = log_from(rows)
        self.of: Bursts = bursts(actions(log))
        self.person = np.array([int(name[1:]) for name in log.reporters])
        self.account = np.array([int(name[1:]) for name in log.accounts])[self.of.account]

    def attacks(self, number: int = 1, least: int = 5) -> Counts:
        """The bursts on the victims of a ring."""
        return np.flatnonzero((self.account // RING == number) & (self.of.size >= least))

    def others(self) -> Counts:
        return np.flatnonzero((self.account < RING) & (self.of.size >= 3))

    def belongs(self, block: Block) -> dict[int, float]:
        return dict(zip(self.person[block.reporter].tolist(), block.belongs.tolist(), strict=True))


def bystanders(seed: int, each: int = 4) -> Rows:
    """Everyday people who happen to report a victim of ring 1 while it does, each one victim."""
    attack = ring(seed)
    rng = np.random.default_rng(seed)
    who = rng.permutation(1_000)[: 8 * each]
    whom = RING + np.arange(8 * each) % 8
    first = {
        int(account): int(attack.at[attack.account == account].min()) for account in np.unique(attack.account)
    }
    return Rows(who, whom, np.array([first[int(account)] for account in whom]) + 60)


SEEDS = [1, 2, 3, 4]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_members_of_a_ring_belong_and_bystanders_do_not(seed: int) -> None:
    log = Log(noise(seed) + ring(seed) + bystanders(seed))
    belongs = log.belongs(fit(log.of, log.attacks(), 1.0))
    assert min(belongs[number] for number in ring_members(1, 20) & set(belongs)) > 0.9
    assert max(chance for number, chance in belongs.items() if number < RING) < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_burst_its_own_report_says_nothing_of_anybody(seed: int) -> None:
    """Who is in one burst only is, judged by the others, nobody, however good a sign that burst is."""
    log = Log(noise(seed) + ring(seed) + bystanders(seed))
    block = fit(log.of, log.attacks(), 1.0)
    once = block.times[block.who] == 1
    assert once.sum() >= 20
    assert block.without()[once].max() < 0.05
    assert (block.without() <= block.belongs[block.who] + 1e-12).all()


def test_to_be_in_a_burst_speaks_for_and_to_be_absent_against() -> None:
    log = Log(noise(1) + ring(1))
    block = fit(log.of, log.attacks(), 1.0)
    assert (block.support > 0).all()
    assert (block.absence < 0).all()


def test_to_have_been_away_once_excludes_nobody() -> None:
    everywhere = ring(1, participation=1.0)
    rows = Rows(everywhere.reporter[1:], everywhere.account[1:], everywhere.at[1:])
    log = Log(noise(1) + rows)
    belongs = log.belongs(fit(log.of, log.attacks(), 1.0))
    assert belongs[RING] > 0.95


def test_the_more_people_of_an_interest_meet_anyway_the_less_a_meeting_says() -> None:
    log = Log(noise(2) + ring(2))
    strangers, friends = (fit(log.of, log.attacks(), share) for share in (1.0, 50.0))
    assert (friends.support <= strangers.support + 1e-9).all()
    assert friends.support.mean() < strangers.support.mean()


def test_the_places_of_a_block_are_all_reports_in_its_bursts() -> None:
    log = Log(noise(1) + ring(1))
    chosen = log.attacks()
    start, rows = places(log.of, chosen)
    assert np.diff(start).tolist() == log.of.size[chosen].tolist()
    expected = [range(log.of.begin[number], log.of.end[number]) for number in chosen]
    assert rows.tolist() == [row for span in expected for row in span]
    block = fit(log.of, chosen, 1.0)
    assert block.reporter[block.who].tolist() == log.of.actions.reporter[rows].tolist()
    assert block.times.sum() == len(rows)


def test_a_probability_of_any_log_odds_is_one() -> None:
    of_odds = probability(np.array([-1e9, 0.0, np.log(3.0), 1e9]))
    assert of_odds[1:3].tolist() == pytest.approx([0.5, 0.75])
    assert 0.0 <= of_odds[0] < 1e-12
    assert 1 - 1e-12 < of_odds[3] <= 1.0


# Growth


def grown_from(of: Bursts, seed: Counts) -> Counts | None:
    return grow(of, seed, 1.0, np.zeros(of.count))


@pytest.mark.parametrize("seed", SEEDS)
def test_from_two_bursts_a_ring_grows_whole_and_nothing_else_with_it(seed: int) -> None:
    log = Log(noise(seed) + ring(seed))
    attacks = log.attacks()
    grown = grown_from(log.of, attacks[[0, 5]])
    assert grown is not None
    assert sorted(grown.tolist()) == attacks.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_burst_of_strangers_in_the_seed_is_dropped(seed: int) -> None:
    log = Log(noise(seed) + ring(seed))
    seeded = np.concatenate([log.attacks()[:2], log.others()[:2]])
    grown = grown_from(log.of, seeded)
    assert grown is not None
    assert sorted(grown.tolist()) == log.attacks().tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_two_rings_grow_apart(seed: int) -> None:
    log = Log(noise(seed) + ring(seed, 1) + ring(seed, 2))
    for number in (1, 2):
        grown = grown_from(log.of, log.attacks(number)[:2])
        assert grown is not None
        assert sorted(grown.tolist()) == log.attacks(number).tolist()


def test_a_grown_block_lies_in_order_of_time() -> None:
    log = Log(noise(1) + ring(1))
    grown = grown_from(log.of, log.attacks()[[5, 2]])
    assert grown is not None
    assert (np.diff(log.of.first_at[grown]) >= 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_strangers_grow_into_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    log = Log(noise(seed).permuted(rng))
    for _ in range(20):
        two = rng.permutation(log.others())[:2]
        assert grown_from(log.of, two) is None


def test_a_crowd_in_which_members_are_a_few_among_many_is_not_their_work() -> None:
    rng = np.random.default_rng(3)
    day = 12 * DAY_S
    crowd = Rows(np.arange(600), np.full(600, 900_000), day + rng.integers(0, 3600, 600))
    hidden = Rows(RING + np.arange(20), np.full(20, 900_000), day + rng.integers(0, 3600, 20))
    log = Log(noise(3) + ring(3) + crowd + hidden)
    grown = grown_from(log.of, log.attacks()[:2])
    assert grown is not None
    assert set(log.account[grown].tolist()) == ring_members(1, 8)


def test_a_person_pulls_no_burst_in_alone() -> None:
    """A member's honest reports beside strangers are not the ring's: it takes more members than one."""
    rng = np.random.default_rng(4)
    accounts = 800_000 + np.arange(10)
    at = rng.integers(0, DAYS * DAY_S, 10)
    honest = Rows(np.full(10, RING + 1), accounts, at)
    beside = Rows(rng.permutation(1_000)[:20], np.tile(accounts, 2), np.tile(at, 2) + 60)
    log = Log(noise(4) + ring(4) + honest + beside)
    grown = grown_from(log.of, log.attacks()[:2])
    assert grown is not None
    assert set(log.account[grown].tolist()) == ring_members(1, 8)
