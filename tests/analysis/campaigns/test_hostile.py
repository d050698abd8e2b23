"""Hostile logs: what is found, what is missed, that it takes no longer, and that nobody innocent is named."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from tests.analysis.campaigns.planted import (
    DAY_S,
    DAYS,
    RING,
    Rows,
    found_in,
    innocents,
    noise,
    ring,
    ring_members,
)

from ostrakon.analysis.campaigns import find_campaigns
from ostrakon.analysis.campaigns.naming import MEMBER_Q
from ostrakon.analysis.log import report_log
from ostrakon.worlds.coordination import coordination

BOUND_S = 60.0
"""Seconds that the finder may take for any of these logs: each took below two, compiled, when this was written."""
SEEDS = [1, 2, 3]
WHOLE = [ring_members(1, 20)]
"""What is found of the ring of :func:`planted.ring`, if it is: all of it and nobody else."""

YEAR_S = 365 * DAY_S


def found_in_time(rows: Rows) -> list[set[int]]:
    began = time.perf_counter()
    found = found_in(rows)
    assert time.perf_counter() - began < BOUND_S
    return found


# Everybody reports everybody


def everybody(people: int, spread_s: int | None) -> Rows:
    """Each person reports each of as many accounts, all within so long, or in one month."""
    rng = np.random.default_rng(people)
    who, whom = np.divmod(np.arange(people * people), people)
    if spread_s is None:
        return Rows(who, whom, rng.integers(0, DAYS * DAY_S, len(who)))
    start = rng.integers(0, (DAYS - 1) * DAY_S, people)[whom]
    return Rows(who, whom, start + rng.integers(0, spread_s, len(who)))


@pytest.mark.parametrize("spread_s", [1, 3600, DAY_S, None], ids=["second", "hour", "day", "month"])
def test_where_everybody_reports_everybody_nobody_is_named_and_it_takes_no_minutes(
    spread_s: int | None,
) -> None:
    """All are there always: that is what chance brings where so much is reported."""
    assert found_in_time(everybody(200, spread_s)) == []


@pytest.mark.slow
@pytest.mark.parametrize("spread_s", [1, 3600, DAY_S, None], ids=["second", "hour", "day", "month"])
def test_it_takes_no_minutes_either_where_six_hundred_do(spread_s: int | None) -> None:
    assert found_in_time(everybody(600, spread_s)) == []


# One reporter with a million reports


def test_one_reporter_with_a_million_reports_hides_no_ring_and_is_not_named() -> None:
    rng = np.random.default_rng(1)
    million = Rows(
        np.full(1_000_000, 900_000), 10_000 + np.arange(1_000_000), rng.integers(0, DAYS * DAY_S, 1_000_000)
    )
    assert found_in_time(noise(1) + ring(1) + million) == WHOLE


def test_a_million_reports_on_one_account_are_one_action() -> None:
    rng = np.random.default_rng(1)
    million = Rows(
        np.full(1_000_000, 900_000), np.full(1_000_000, 5), rng.integers(0, DAYS * DAY_S, 1_000_000)
    )
    assert found_in_time(noise(1) + ring(1) + million) == WHOLE


@pytest.mark.parametrize("seed", SEEDS)
def test_three_who_report_everybody_are_not_named_and_hide_no_ring(seed: int) -> None:
    rng = np.random.default_rng(seed)
    zealots = Rows(
        900_000 + np.arange(4_500) // 1_500, np.arange(4_500) % 1_500, rng.integers(0, DAYS * DAY_S, 4_500)
    )
    assert found_in_time(noise(seed) + ring(seed) + zealots) == WHOLE


# Clocks


@pytest.mark.parametrize("seed", SEEDS)
def test_where_all_reports_fall_into_one_second_a_ring_is_found_by_whom_it_reports(seed: int) -> None:
    rows = noise(seed) + ring(seed)
    assert found_in_time(Rows(rows.reporter, rows.account, np.zeros(len(rows), np.int64))) == WHOLE


@pytest.mark.parametrize("seed", SEEDS)
def test_where_all_reports_fall_into_one_second_everyday_life_is_no_campaign(seed: int) -> None:
    rows = noise(seed)
    assert found_in_time(Rows(rows.reporter, rows.account, np.zeros(len(rows), np.int64))) == []


@pytest.mark.parametrize("years", [30, -90, 7_900, -2_000], ids=lambda years: f"{years} years")
def test_clocks_of_strangers_that_jump_hide_no_ring(years: int) -> None:
    everyday = noise(1)
    jumps = np.random.default_rng(1).random(len(everyday)) < 0.1
    rows = Rows(everyday.reporter, everyday.account, everyday.at + jumps * years * YEAR_S)
    assert found_in_time(rows + ring(1)) == WHOLE


@pytest.mark.parametrize("seed", SEEDS)
def test_of_a_ring_whose_clocks_jump_nobody_innocent_is_named(seed: int) -> None:
    attack = ring(seed)
    jumps = np.random.default_rng(seed).random(len(attack)) < 0.05
    rows = noise(seed) + Rows(attack.reporter, attack.account, attack.at + jumps * 30 * YEAR_S)
    found = found_in_time(rows)
    assert innocents(found) == set()
    assert len(found) <= 1


# An attacker who knows the method


def late(attack: Rows, count: int, seed: int) -> Rows:
    """So many of the reports come five days after the others."""
    at = attack.at.copy()
    chosen = np.random.default_rng(seed).permutation(len(attack))[:count]
    at[chosen] = (at[chosen] + 5 * DAY_S) % (DAYS * DAY_S)
    return Rows(attack.reporter, attack.account, at)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_member_who_comes_late_on_purpose_does_not_hide_the_ring(seed: int) -> None:
    assert found_in_time(noise(seed) + late(ring(seed), 1, seed)) == WHOLE


@pytest.mark.parametrize("seed", SEEDS)
def test_a_second_strike_on_a_victim_days_later_and_with_a_few_hides_nothing(seed: int) -> None:
    attack = ring(seed, participation=0.6)
    stayed_away = np.setdiff1d(RING + np.arange(20), attack.reporter[attack.account == RING])
    strike = attack.at[attack.account == RING].min()
    again = (strike + 6 * DAY_S) % (DAYS * DAY_S) + 60 * np.arange(len(stayed_away))
    more = Rows(stayed_away, np.full(len(stayed_away), RING), again)
    assert len(stayed_away) >= 3
    (found,) = found_in_time(noise(seed) + attack + more)
    assert len(found) >= 18
    assert found <= ring_members(1, 20)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ring_that_sends_one_report_in_ten_days_later_is_found(seed: int) -> None:
    attack = ring(seed, members=40, victims=10)
    (found,) = found_in_time(noise(seed) + late(attack, len(attack) // 10, seed))
    assert len(found & ring_members(1, 40)) >= 36
    assert found <= ring_members(1, 40)


@pytest.mark.parametrize("share", [0.1, 0.5])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_ring_that_sends_many_reports_days_later_may_be_missed_but_nobody_innocent_is_named(
    seed: int, share: float
) -> None:
    """It looks like an interest: people who report the same accounts without haste as well."""
    attack = ring(seed, members=40, victims=10)
    found = found_in_time(noise(seed) + late(attack, int(share * len(attack)), seed))
    assert innocents(found) == set()
    assert len(found) <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ring_that_sends_two_at_a_time_in_turn_is_missed(seed: int) -> None:
    """Twenty people, sixty victims, two of them each: bursts of two are not compared, and no two meet often."""
    rng = np.random.default_rng(seed)
    two = np.concatenate([rng.permutation(20)[:2] for _ in range(60)])
    start = rng.integers(DAY_S, (DAYS - 1) * DAY_S, 60)
    attack = Rows(RING + two, RING + np.arange(120) // 2, np.repeat(start, 2) + rng.integers(0, 1800, 120))
    assert found_in_time(noise(seed) + attack) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ring_whose_reports_on_one_victim_lie_a_day_apart_is_missed(seed: int) -> None:
    """Eight members in turn, twelve victims: there is no burst to see. It also takes them a week for each victim."""
    who, whom = np.divmod(np.arange(96), 12)
    attack = Rows(RING + who, RING + whom, (who * 3 + whom % 3) * DAY_S + whom * 3600)
    assert found_in_time(noise(seed) + attack) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ring_that_strikes_once_is_missed(seed: int) -> None:
    assert found_in_time(noise(seed) + ring(seed, members=100, victims=1)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ring_of_two_is_missed(seed: int) -> None:
    assert found_in_time(noise(seed) + ring(seed, members=2, victims=30, participation=1.0)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ring_in_which_no_two_meet_twice_is_missed(seed: int) -> None:
    """Its people are used up: each comes once."""
    attack = ring(seed, members=20, victims=8, participation=1.0)
    throwaways = Rows(RING + np.arange(len(attack)), attack.account, attack.at)
    assert found_in_time(noise(seed) + throwaways) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ring_that_reports_in_the_midst_of_a_viral_crowd_gains_nothing_there_and_nobody_in_it_is_named(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    start = rng.integers(DAY_S, (DAYS - 1) * DAY_S, 3)
    crowd = Rows(
        np.concatenate([rng.permutation(1_000)[:400] for _ in range(3)]),
        9_000 + np.arange(1_200) // 400,
        start[np.arange(1_200) // 400] + rng.integers(0, 3 * 3600, 1_200),
    )
    amid = Rows(
        np.tile(RING + np.arange(20), 3),
        9_000 + np.arange(60) // 20,
        start[np.arange(60) // 20] + rng.integers(0, 3 * 3600, 60),
    )
    assert found_in_time(noise(seed) + ring(seed) + crowd + amid) == WHOLE


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ring_that_attacks_viral_accounts_only_may_be_missed_but_names_nobody_innocent(seed: int) -> None:
    rng = np.random.default_rng(seed)
    start = rng.integers(DAY_S, (DAYS - 1) * DAY_S, 6)
    crowd = Rows(
        np.concatenate([rng.permutation(1_000)[:400] for _ in range(6)]),
        9_000 + np.arange(2_400) // 400,
        start[np.arange(2_400) // 400] + rng.integers(0, 3 * 3600, 2_400),
    )
    amid = Rows(
        np.tile(RING + np.arange(20), 6),
        9_000 + np.arange(120) // 20,
        start[np.arange(120) // 20] + rng.integers(0, 3 * 3600, 120),
    )
    assert innocents(found_in_time(noise(seed) + crowd + amid)) == set()


def following(everyday: Rows, person: int, times: int, seed: int) -> Rows:
    """A ring reports what one everyday person reports, within a quarter of an hour after them, so many times."""
    rng = np.random.default_rng(seed)
    accounts, first = np.unique(everyday.account[everyday.reporter == person], return_index=True)
    at = everyday.at[everyday.reporter == person][first]
    who, which = np.nonzero(rng.random((20, times)) < 0.8)
    return Rows(RING + who, accounts[which], at[which] + rng.integers(60, 900, len(who)))


def somebody(everyday: Rows, reports: int) -> int:
    """A person who reports about so many accounts."""
    return int(np.argmin(np.abs(np.bincount(everyday.reporter) - reports)))


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("seed", SEEDS)
def test_who_is_framed_once_or_twice_by_a_ring_that_reports_beside_them_is_not_named(
    seed: int, times: int
) -> None:
    everyday = noise(seed)
    framed = somebody(everyday, 20)
    assert innocents(found_in_time(everyday + ring(seed) + following(everyday, framed, times, seed))) == set()


def test_one_crowded_account_on_its_way_does_not_hide_a_ring() -> None:
    """Sixteen of the ring report, among 128, an account that somebody reports who reports half of all accounts."""
    everyday = noise(2)
    rows = everyday + ring(2) + following(everyday, somebody(everyday, 20), 1, 2)
    assert [ring_members(1, 20) <= one for one in found_in_time(rows)] == [True]


@pytest.mark.xfail(
    strict=True,
    reason="who is followed everywhere is in every burst: only the order within bursts could tell",
)
@pytest.mark.parametrize("seed", [1, 3])
def test_who_is_followed_by_a_ring_wherever_they_report_is_not_named(seed: int) -> None:
    everyday = noise(seed)
    framed = somebody(everyday, 12)
    assert framed not in innocents(found_in_time(everyday + following(everyday, framed, 8, seed)))


@pytest.mark.parametrize("seed", SEEDS)
def test_three_who_make_a_tenth_of_all_reports_together_are_missed(seed: int) -> None:
    """Whoever reports so much meets everybody: it costs the attacker three hundred victims each."""
    assert found_in_time(noise(seed) + ring(seed, members=3, victims=300, participation=1.0)) == []


def test_a_campaign_of_sixty_thousand_is_found_in_time() -> None:
    """Two accounts, each reported by the same thirty thousand people within an hour."""
    rng = np.random.default_rng(1)
    crowd = Rows(
        RING + np.arange(60_000) % 30_000,
        RING + np.arange(60_000) // 30_000,
        5 * DAY_S * (np.arange(60_000) // 30_000) + rng.integers(0, 3600, 60_000),
    )
    assert innocents(found_in_time(noise(1) + crowd)) == set()


# Worlds of one family each


@dataclass(frozen=True)
class Outcome:
    """Of one world: whom each campaign names, by group, and how large each ring is."""

    named: list[Counter[str]]
    size: dict[str, int]

    @property
    def found(self) -> dict[str, float]:
        """Rings of which a campaign names anybody, and the share of it that is named."""
        largest: dict[str, float] = {}
        for one in self.named:
            for group, count in one.items():
                if group != "honest":
                    largest[group] = max(largest.get(group, 0.0), count / self.size[group])
        return largest

    @property
    def innocent_share(self) -> float:
        """Of all who are named."""
        everybody = sum(sum(one.values()) for one in self.named)
        return sum(one["honest"] for one in self.named) / max(everybody, 1)


def outcome(family: str, seed: int) -> Outcome:
    world = coordination(family, seed, actions=30_000)
    log = report_log(world.reports)
    group = dict(world.reporter_truth.iter_rows())
    began = time.perf_counter()
    campaigns = find_campaigns(log)
    assert time.perf_counter() - began < BOUND_S
    named = [
        Counter(group[log.reporters[int(who)]] for who in one.members.reporter) for one in campaigns.found
    ]
    return Outcome(named, dict(Counter(group.values())))


def rings(found: Outcome) -> set[int]:
    return {int(group.removeprefix("ring-")) for group in found.found}


@pytest.mark.parametrize("seed", [1, 2])
def test_rings_that_hide_in_viral_crowds_are_found_and_nobody_else_is_named(seed: int) -> None:
    of_world = outcome("hidden", seed)
    assert len(rings(of_world)) >= 7
    assert of_world.innocent_share == 0.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_rings_of_over_active_people_some_are_found_and_nobody_else_is_named(seed: int) -> None:
    """Three to six hundred honest-looking reports of each member make their meetings look like chance."""
    of_world = outcome("overactive", seed)
    assert len(rings(of_world)) >= 1
    assert of_world.innocent_share == 0.0


@pytest.mark.parametrize("seed", [2, 3])
def test_of_four_rings_of_over_active_people_three_are_found(seed: int) -> None:
    assert len(rings(outcome("overactive", seed))) >= 3


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_rings_strike_amid_honest_crowds_the_large_ones_are_found(seed: int) -> None:
    assert {7, 8} <= rings(outcome("framing", seed))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_the_honest_people_in_those_crowds_hardly_anybody_is_named(seed: int) -> None:
    """Some are there three or four times by chance: about one in a hundred of all who are named."""
    assert outcome("framing", seed).innocent_share <= MEMBER_Q


@pytest.mark.parametrize("seed", [1, 2])
def test_rings_that_take_three_days_for_a_victim_are_found_from_forty_members_on(seed: int) -> None:
    of_world = outcome("slow", seed)
    assert {5, 6, 7, 8} <= rings(of_world)
    assert of_world.innocent_share == 0.0


@pytest.mark.parametrize("seed", [1, 2])
def test_rings_that_take_a_day_for_a_victim_are_found_from_twenty_members_on(seed: int) -> None:
    of_world = outcome("spread", seed)
    assert {4, 5, 6, 7, 8} <= rings(of_world)
    assert of_world.innocent_share == 0.0


@pytest.mark.parametrize("seed", [1, 2])
def test_of_rings_that_send_a_third_of_themselves_in_turn_the_larger_are_found(seed: int) -> None:
    of_world = outcome("rotating", seed)
    assert {4, 5, 6, 7, 8} <= rings(of_world)
    assert of_world.innocent_share == 0.0


@pytest.mark.parametrize("seed", [1, 2])
def test_of_rings_of_five_to_twelve_that_half_stay_away_four_are_found(seed: int) -> None:
    of_world = outcome("small", seed)
    assert len(rings(of_world)) >= 4
    assert of_world.innocent_share == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 9))
@pytest.mark.parametrize("family", ["hidden", "overactive", "framing", "slow", "spread", "rotating", "small"])
def test_in_more_hostile_worlds_hardly_anybody_innocent_is_named(family: str, seed: int) -> None:
    assert outcome(family, seed).innocent_share <= 0.02
