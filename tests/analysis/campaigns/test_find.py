"""What is promised of campaigns: a group that acts together is found, whole and alone, and nobody by chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.analysis.campaigns.planted import (
    DAY_S,
    DAYS,
    RING,
    Rows,
    community,
    found_in,
    log_from,
    named,
    noise,
    ring,
    ring_members,
    rows_of,
    table,
)
from tests.analysis.small import START_S, log_of

from ostrakon.analysis.campaigns import Campaign, Campaigns, find_campaigns
from ostrakon.analysis.campaigns.find import LEAST_MEMBERS, LEVEL
from ostrakon.analysis.campaigns.naming import MEMBER_Q
from ostrakon.analysis.log import ReportLog, report_log
from ostrakon.worlds.coordination import RING_FREE, coordination

SEEDS = [1, 2, 3]


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Two rings in everyday noise."""
    return noise(1) + ring(1, 1) + ring(1, 2, members=12, victims=10)


@pytest.fixture(scope="module")
def log(rows: Rows) -> ReportLog:
    return log_from(rows)


@pytest.fixture(scope="module")
def found(log: ReportLog) -> Campaigns:
    campaigns = find_campaigns(log)
    assert len(campaigns.found) == 2
    return campaigns


def told(log: ReportLog, campaigns: Campaigns) -> set[tuple[frozenset[str], frozenset[str], int]]:
    """Each campaign by the names of its members and of their targets, and how many reports it has."""
    return {
        (
            frozenset(log.reporters.gather(campaign.members.reporter)),
            frozenset(log.accounts.gather(np.unique(log.case_account[log.case[campaign.voices]]))),
            len(campaign.voices),
        )
        for campaign in campaigns.found
    }


def told_of(frame: pl.DataFrame) -> set[tuple[frozenset[str], frozenset[str], int]]:
    log = report_log(frame)
    return told(log, find_campaigns(log))


# What is found


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ring_is_found_whole_and_alone(seed: int) -> None:
    assert found_in(noise(seed) + ring(seed)) == [ring_members(1, 20)]


@pytest.mark.parametrize("seed", SEEDS)
def test_two_rings_are_two_campaigns(seed: int) -> None:
    found = found_in(noise(seed) + ring(seed, 1) + ring(seed, 2, members=12, victims=10))
    assert sorted(found, key=min) == [ring_members(1, 20), ring_members(2, 12)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ring_of_five_is_found(seed: int) -> None:
    found = found_in(noise(seed) + ring(seed, members=5, victims=12, participation=0.9))
    assert found == [ring_members(1, 5)]


def test_a_campaign_has_all_its_victims_and_no_others(rows: Rows, log: ReportLog, found: Campaigns) -> None:
    for members, targets, reports in told(log, found):
        number = int(min(members)[1:]) // RING
        of_ring = rows.account // RING == number
        assert targets == {f"x{account}" for account in np.unique(rows.account[of_ring])}
        assert reports == of_ring.sum()


def test_what_a_member_reports_besides_is_not_the_campaigns() -> None:
    rng = np.random.default_rng(4)
    honest = Rows(RING + np.arange(100) % 20, rng.integers(0, 1_500, 100), rng.integers(0, DAYS * DAY_S, 100))
    log = log_from(noise(4) + ring(4) + honest)
    (campaign,) = find_campaigns(log).found
    targets = log.accounts.gather(log.case_account[log.case[campaign.voices]])
    assert {int(name[1:]) // RING for name in targets} == {1}


def test_a_ring_that_names_three_policies_is_found_as_with_one() -> None:
    frame = table(noise(5) + ring(5))
    policies = [frame.with_columns(policy=pl.lit(policy)) for policy in ("spam", "hate", "threat")]
    assert {members for members, *_ in told_of(pl.concat(policies))} == {
        members for members, *_ in told_of(frame)
    }


# What is no campaign


def test_a_log_without_reports_has_no_campaigns() -> None:
    assert find_campaigns(log_of()).found == ()


def test_one_report_is_no_campaign() -> None:
    assert find_campaigns(log_of("alice mallory 1")).found == ()


@pytest.mark.parametrize("seed", range(6))
def test_everyday_life_has_no_campaigns(seed: int) -> None:
    assert found_in(noise(seed)) == []


@pytest.mark.parametrize("seed", range(6))
def test_who_reports_by_chance_makes_no_campaign(seed: int) -> None:
    """A ring's rows with everybody's names dealt out anew."""
    assert found_in((noise(seed) + ring(seed)).permuted(np.random.default_rng(seed))) == []


def test_one_attack_alone_is_no_campaign() -> None:
    """Strangers who saw the same outrage would look the same."""
    assert found_in(noise(1) + ring(1, members=200, victims=1)) == []


def test_two_friends_are_no_campaign() -> None:
    assert LEAST_MEMBERS == 3
    assert found_in(noise(1) + ring(1, members=2, victims=20, participation=1.0)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_people_of_one_topic_who_are_in_no_haste_are_no_campaign(seed: int) -> None:
    assert found_in(noise(seed) + community(seed)) == []


@pytest.mark.parametrize("family", RING_FREE)
def test_a_world_without_rings_has_no_campaigns(family: str) -> None:
    assert find_campaigns(report_log(coordination(family, 1, actions=30_000).reports)).found == ()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 10))
@pytest.mark.parametrize("family", RING_FREE)
def test_more_worlds_without_rings_have_no_campaigns(family: str, seed: int) -> None:
    assert find_campaigns(report_log(coordination(family, seed, actions=60_000).reports)).found == ()


# What does not matter


def test_the_same_log_has_the_same_campaigns(log: ReportLog, found: Campaigns) -> None:
    again = find_campaigns(log)
    assert again.parameters == found.parameters
    for one, other in zip(found.found, again.found, strict=True):
        assert one.q_value == other.q_value
        assert one.voices.tolist() == other.voices.tolist()
        assert one.likely.tolist() == other.likely.tolist()
        assert one.members.reporter.tolist() == other.members.reporter.tolist()
        assert one.members.q_value.tolist() == other.members.q_value.tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_does_not_matter(rows: Rows, log: ReportLog, found: Campaigns, seed: int) -> None:
    shuffled = log_from(rows.shuffled(np.random.default_rng(seed)))
    again = find_campaigns(shuffled)
    assert told(shuffled, again) == told(log, found)
    assert sorted(one.q_value for one in again.found) == pytest.approx(
        sorted(one.q_value for one in found.found)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_names_do_not_matter(rows: Rows, log: ReportLog, found: Campaigns, seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = {}
    for name, column in (("p", rows.reporter), ("x", rows.account)):
        known = np.unique(column)
        codes[name] = {
            f"{name}{old}": f"{name}{new}" for old, new in zip(known, rng.permutation(known), strict=True)
        }
    frame = table(rows).with_columns(
        pl.col("reporter").replace_strict(codes["p"]), pl.col("account").replace_strict(codes["x"])
    )
    renamed = {
        (
            frozenset(codes["p"][one] for one in members),
            frozenset(codes["x"][one] for one in targets),
            reports,
        )
        for members, targets, reports in told(log, found)
    }
    assert told_of(frame) == renamed


@pytest.mark.parametrize("days", [1, -7, 100_000, -100_000], ids=lambda days: f"{days} days")
def test_the_day_does_not_matter(rows: Rows, log: ReportLog, found: Campaigns, days: int) -> None:
    """Neither does the century: 100,000 days before today nobody had a clock."""
    shifted = log_from(replace(rows, at=rows.at + days * DAY_S))
    assert told(shifted, find_campaigns(shifted)) == told(log, found)


@pytest.mark.parametrize("seed", SEEDS)
def test_reports_by_strangers_at_other_times_do_not_hide_a_campaign(seed: int) -> None:
    rng = np.random.default_rng(seed)
    strangers = Rows(rng.integers(0, 1_000, 80), RING + np.arange(80) % 8, rng.integers(0, DAYS * DAY_S, 80))
    newcomers = Rows(50_000 + np.arange(200), rng.integers(0, 1_500, 200), rng.integers(0, DAYS * DAY_S, 200))
    assert found_in(noise(seed) + ring(seed) + strangers + newcomers) == [ring_members(1, 20)]


def test_a_log_of_other_people_beside_it_does_not_hide_a_campaign() -> None:
    others = noise(9)
    elsewhere = Rows(others.reporter + 100_000, others.account + 100_000, others.at)
    assert found_in(noise(1) + ring(1) + elsewhere) == [ring_members(1, 20)]


# What a campaign says


def test_the_campaigns_say_with_what_they_were_looked_for(found: Campaigns) -> None:
    assert {"version", "level", "naming.MEMBER_Q", "bursts.GAPS_S"} <= set(found.parameters)


def test_campaigns_lie_in_order_of_time(log: ReportLog, found: Campaigns) -> None:
    first = [int(log.at[campaign.voices].min()) for campaign in found.found]
    assert first == sorted(first)
    assert found.names() == ["C1", "C2"]


def test_every_number_of_a_campaign_agrees_with_its_rows(log: ReportLog, found: Campaigns) -> None:
    for campaign in found.found:
        members, parts = campaign.members, campaign.bursts
        assert set(log.reporter[campaign.voices].tolist()) == set(members.reporter.tolist())
        assert set(campaign.voices.tolist()) <= set(campaign.likely.tolist())
        assert parts.members.sum() == len(campaign.voices) == members.seen.sum()
        assert (parts.members <= parts.reporters).all()
        assert (parts.returning <= parts.reporters).all()
        assert (parts.first_at <= parts.last_at).all()
        assert (np.diff(parts.first_at) >= 0).all()
        assert campaign.seen == parts.returning.sum()
        assert campaign.expected == pytest.approx(parts.returning_expected.sum())
        assert campaign.lift == pytest.approx(campaign.seen / campaign.expected)
        assert campaign.lift > 10


def test_every_campaign_is_surer_than_the_level_and_so_is_every_member(found: Campaigns) -> None:
    for campaign in found.found:
        assert 0.0 < campaign.q_value <= LEVEL
        assert campaign.members.q_value.max() <= MEMBER_Q
        assert campaign.members.seen.min() >= 2
        assert len(campaign.members.reporter) >= LEAST_MEMBERS


def test_every_campaign_shows_how_its_members_report_together(found: Campaigns) -> None:
    for campaign in found.found:
        (together,) = (channel for channel in campaign.channels if channel.name == "reporting together")
        assert together.seen > together.expected > 0
        assert 0 < together.p_value <= LEVEL


# Groups: with whom a voice speaks


def test_all_that_a_member_reports_speaks_with_the_campaign(log: ReportLog, found: Campaigns) -> None:
    groups = found.groups(log)
    for number, campaign in enumerate(found.found):
        theirs = np.isin(log.reporter, campaign.members.reporter)
        assert set(groups[theirs].tolist()) == {number}


def test_who_is_not_in_a_campaign_speaks_alone(log: ReportLog, found: Campaigns) -> None:
    groups = found.groups(log)
    spoken_for = np.zeros(log.voices, bool)
    for campaign in found.found:
        spoken_for[campaign.likely] = True
        spoken_for |= np.isin(log.reporter, campaign.members.reporter)
    assert (groups[~spoken_for] == -1).all()
    assert (~spoken_for).sum() > 7_000


def test_who_is_likely_but_not_named_is_weighed_where_they_came_and_nowhere_else() -> None:
    """A member who came once cannot be named; their one report there counts with the others' all the same."""
    attack = ring(6, participation=1.0)
    shy = (attack.reporter == RING) & (attack.account != RING)
    kept = Rows(attack.reporter[~shy], attack.account[~shy], attack.at[~shy])
    elsewhere = rows_of([RING], [1_400], [DAY_S])
    log = log_from(noise(6) + kept + elsewhere)
    campaigns = find_campaigns(log)
    (campaign,) = campaigns.found
    assert named(log, campaign) == ring_members(1, 20) - {RING}
    theirs = np.flatnonzero(log.reporter == log.reporters.to_list().index(f"p{RING}"))
    there = [log.accounts[int(log.case_account[case])] == f"x{RING}" for case in log.case[theirs]]
    group = campaigns.groups(log)[theirs]
    assert [int(number) for number, is_there in zip(group, there, strict=True) if not is_there] == [-1]
    likely = set(campaign.likely.tolist())
    assert [number == 0 for number, is_there in zip(group, there, strict=True) if is_there] == [
        int(voice) in likely for voice, is_there in zip(theirs, there, strict=True) if is_there
    ]


# Declared lists and calls


def declared(seed: int, source: str | None, *, plain: int = 0) -> ReportLog:
    """A ring whose reports name a source, all but the first ``plain`` of them."""
    attack = table(ring(seed)).with_row_index()
    says = pl.when(pl.col("index") >= plain).then(pl.lit(source, dtype=pl.String))
    return report_log(pl.concat([table(noise(seed)), attack.with_columns(source=says).drop("index")]))


def only(log: ReportLog) -> Campaign:
    (campaign,) = find_campaigns(log).found
    return campaign


@pytest.mark.parametrize("source", ["list:L1", "call:#cleanup"])
def test_a_list_or_a_call_is_declared_and_named(source: str) -> None:
    campaign = only(declared(1, source))
    assert (campaign.kind, campaign.declared) == ("declared list", source)


def test_all_who_name_a_list_are_on_it_and_nobody_else() -> None:
    log = declared(1, "list:L1")
    assert named(log, only(log)) == ring_members(1, 20)


@pytest.mark.parametrize("source", ["form", "bot:7", "listing", None])
def test_another_source_declares_nothing(source: str | None) -> None:
    campaign = only(declared(1, source))
    assert (campaign.kind, campaign.declared) == ("coordinated", None)


def test_of_a_list_only_the_reports_that_name_it_are_weighed_together() -> None:
    frame = pl.concat(
        [
            table(noise(2)),
            table(ring(2)).with_columns(source=pl.lit("list:L1")),
            table(rows_of([RING, RING + 1], [1_400, 1_401], [DAY_S, 9 * DAY_S])),
        ]
    )
    log = report_log(frame)
    campaigns = find_campaigns(log)
    together = campaigns.groups(log) >= 0
    accounts = log.accounts.gather(log.case_account[log.case[together]])
    assert {int(name[1:]) // RING for name in accounts} == {1}


def test_two_lists_are_two_campaigns() -> None:
    frame = pl.concat(
        [
            table(noise(3)),
            table(ring(3, 1)).with_columns(source=pl.lit("list:L1")),
            table(ring(3, 2)).with_columns(source=pl.lit("list:L2")),
        ]
    )
    assert {campaign.declared for campaign in find_campaigns(report_log(frame)).found} == {
        "list:L1",
        "list:L2",
    }


def test_a_ring_beside_a_list_is_still_coordinated() -> None:
    frame = pl.concat(
        [table(noise(3) + ring(3, 1)), table(ring(3, 2)).with_columns(source=pl.lit("list:L2"))]
    )
    log = report_log(frame)
    assert {(frozenset(named(log, campaign)), campaign.kind) for campaign in find_campaigns(log).found} == {
        (frozenset(ring_members(1, 20)), "coordinated"),
        (frozenset(ring_members(2, 20)), "declared list"),
    }


def test_times_are_those_of_the_log(log: ReportLog, found: Campaigns) -> None:
    for campaign in found.found:
        assert campaign.bursts.first_at.min() >= START_S
        assert campaign.bursts.first_at.min() <= log.at[campaign.voices].min()
        assert campaign.bursts.last_at.max() >= log.at[campaign.voices].max()
