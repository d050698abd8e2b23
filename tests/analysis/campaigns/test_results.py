"""Campaigns as the tables of the file contract."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from tests.analysis.campaigns.planted import RING, log_from, noise, ring, table
from tests.analysis.small import START

from ostrakon.analysis.campaigns import (
    Campaigns,
    CampaignTables,
    campaign_tables,
    campaigns_of_reporters,
    fate,
    find_campaigns,
    targets_of,
)
from ostrakon.analysis.log import ReportLog, report_log
from ostrakon.analysis.tables import CAMPAIGN_MEMBERS, CAMPAIGN_TARGETS, CAMPAIGNS, Shape

UPHELD, REJECTED, UNDECIDED = 0, 1, -1


@pytest.fixture(scope="module")
def log() -> ReportLog:
    """Two rings in everyday noise."""
    return log_from(noise(1) + ring(1, 1) + ring(1, 2, members=12, victims=10))


@pytest.fixture(scope="module")
def found(log: ReportLog) -> Campaigns:
    campaigns = find_campaigns(log)
    assert len(campaigns.found) == 2
    return campaigns


def outcome_of(log: ReportLog, decided: dict[int, int]) -> np.ndarray:
    """What was decided on each case, by the number of its account."""
    outcome = np.full(log.cases, UNDECIDED, np.int8)
    for case, code in enumerate(log.case_account):
        outcome[case] = decided.get(int(log.accounts[int(code)][1:]), UNDECIDED)
    return outcome


def undecided(log: ReportLog) -> np.ndarray:
    return outcome_of(log, {})


@pytest.mark.parametrize(
    ("name", "shape"),
    [("campaigns", CAMPAIGNS), ("members", CAMPAIGN_MEMBERS), ("targets", CAMPAIGN_TARGETS)],
)
def test_the_tables_have_the_columns_of_the_contract(
    log: ReportLog, found: Campaigns, name: str, shape: Shape
) -> None:
    schema = {column.name: column.kind.dtype for column in shape.columns}
    assert dict(getattr(campaign_tables(log, found, undecided(log)), name).schema) == schema
    assert dict(getattr(CampaignTables.none(), name).schema) == schema


def test_where_nothing_was_found_the_tables_are_empty() -> None:
    quiet = log_from(noise(1))
    tables = campaign_tables(quiet, find_campaigns(quiet), undecided(quiet))
    assert (tables.campaigns.height, tables.members.height, tables.targets.height) == (0, 0, 0)


def test_every_campaign_has_its_row_and_its_members_and_targets_add_up(
    log: ReportLog, found: Campaigns
) -> None:
    tables = campaign_tables(log, found, undecided(log))
    assert tables.campaigns["campaign"].to_list() == found.names() == ["C1", "C2"]
    members = dict(tables.members.group_by("campaign").len().iter_rows())
    targets = dict(tables.targets.group_by("campaign").len().iter_rows())
    reports = dict(tables.targets.group_by("campaign").agg(pl.col("reports").sum()).iter_rows())
    for row in tables.campaigns.iter_rows(named=True):
        name = row["campaign"]
        assert (row["members"], row["targets"], row["reports"]) == (
            members[name],
            targets[name],
            reports[name],
        )


def test_every_report_of_a_member_in_a_campaign_is_counted_once(log: ReportLog, found: Campaigns) -> None:
    tables = campaign_tables(log, found, undecided(log))
    assert tables.targets["reports"].sum() == sum(len(campaign.voices) for campaign in found.found)
    assert tables.members.height == sum(len(campaign.members.reporter) for campaign in found.found)


def test_all_and_only_the_rings_stand_in_the_tables(log: ReportLog, found: Campaigns) -> None:
    tables = campaign_tables(log, found, undecided(log))
    for part, column in ((tables.members, "reporter"), (tables.targets, "account")):
        assert {int(name[1:]) // RING for name in part[column]} == {1, 2}


def test_a_campaign_lasts_from_its_first_report_to_its_last(log: ReportLog, found: Campaigns) -> None:
    tables = campaign_tables(log, found, undecided(log))
    span = tables.targets.group_by("campaign").agg(pl.col("first_at").min(), pl.col("last_at").max())
    both = tables.campaigns.join(span, on="campaign")
    assert (both["first_at"] == both["first_at_right"]).all()
    assert (both["last_at"] == both["last_at_right"]).all()
    assert (both["first_at"] >= START).all()
    assert (both["last_at"] <= START + timedelta(days=31)).all()


def test_targets_lie_in_order_of_time(log: ReportLog, found: Campaigns) -> None:
    for campaign in found.found:
        targets = targets_of(log, campaign)
        assert targets["first_at"].is_sorted()
        assert targets["account"].is_unique().all()


def test_the_share_of_upheld_counts_decided_targets_only(log: ReportLog, found: Campaigns) -> None:
    # Ring 1 has eight victims: three decided, one of them upheld.
    outcome = outcome_of(log, {RING: UPHELD, RING + 1: REJECTED, RING + 2: REJECTED})
    shares = campaign_tables(log, found, outcome).campaigns["upheld_share"].to_list()
    assert sorted(shares, key=lambda share: share is None) == [pytest.approx(1 / 3), None]


def test_decisions_on_other_accounts_do_not_count(log: ReportLog, found: Campaigns) -> None:
    elsewhere = outcome_of(log, dict.fromkeys(range(2_000), UPHELD))
    assert campaign_tables(log, found, elsewhere).campaigns["upheld_share"].to_list() == [None, None]


@pytest.mark.parametrize(("outcome", "share"), [(UPHELD, 1.0), (REJECTED, 0.0), (2, 0.0)])
def test_a_campaign_all_of_whose_targets_ended_alike(
    log: ReportLog, found: Campaigns, outcome: int, share: float
) -> None:
    decided = np.full(log.cases, outcome, np.int8)
    fates = [fate(log, campaign, decided) for campaign in found.found]
    assert [one.upheld_share for one in fates] == [share, share]
    assert sorted(one.decided for one in fates) == [8, 10]


def test_a_member_has_their_campaign_beside_them_and_nobody_else_has(
    log: ReportLog, found: Campaigns
) -> None:
    ids = campaigns_of_reporters(log, found)
    assert len(ids) == len(log.reporters)
    of_ring = {int(name[1:]) // RING: set() for name in log.reporters}
    for name, campaign in zip(log.reporters, ids, strict=True):
        of_ring[int(name[1:]) // RING].add(campaign)
    assert of_ring[0] == {None}
    assert sorted(next(iter(of_ring[number])) or "" for number in (1, 2)) == ["C1", "C2"]
    assert all(len(of_ring[number]) == 1 for number in (1, 2))


def test_who_is_in_two_campaigns_has_both(log: ReportLog, found: Campaigns) -> None:
    first = found.found[0]
    ids = campaigns_of_reporters(log, Campaigns((first, first), found.parameters))
    assert ids.gather(first.members.reporter).unique().to_list() == ["C1;C2"]


def test_a_declared_list_is_of_its_kind() -> None:
    frame = pl.concat([table(noise(2)), table(ring(2)).with_columns(source=pl.lit("list:L1"))])
    log = report_log(frame)
    tables = campaign_tables(log, find_campaigns(log), undecided(log))
    assert tables.campaigns["kind"].to_list() == ["declared list"]


def test_a_ring_is_coordinated_and_no_more(log: ReportLog, found: Campaigns) -> None:
    assert set(campaign_tables(log, found, undecided(log)).campaigns["kind"]) == {"coordinated"}
