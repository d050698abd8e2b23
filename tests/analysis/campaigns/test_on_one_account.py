"""A brigade that falls on one account, once, is a campaign: its accounts were made together, or by one inviter."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from tests.analysis.campaigns.planted import DAY_S, Rows, log_from, noise
from tests.analysis.small import START_S

from ostrakon.analysis.campaigns import Campaign, find_campaigns
from ostrakon.analysis.log import ReportLog

PEOPLE, CROWD, BRIGADE = 1_000, 300, 40
FIRST = 5_000_000
"""The brigade's accounts are numbered from here."""
VICTIM = 77


def rows() -> Rows:
    """Everyday life; on one account a crowd of honest people within five hours, and in its midst the brigade."""
    rng = np.random.default_rng(5)
    who = np.concatenate([rng.choice(PEOPLE, CROWD, replace=False), FIRST + np.arange(BRIGADE)])
    late = np.concatenate([rng.integers(0, 5 * 3600, CROWD), 7200 + rng.integers(0, 1800, BRIGADE)])
    return noise(5) + Rows(who, np.full(len(who), VICTIM), 20 * DAY_S + late)


def registry(created: bool, invited: bool) -> pl.DataFrame:
    """Everybody came at a time of their own, the brigade's accounts within the hour and by one host."""
    rng = np.random.default_rng(6)
    people = np.concatenate([np.arange(PEOPLE), FIRST + np.arange(BRIGADE)])
    own = np.arange(len(people)) >= PEOPLE
    came = START_S - rng.integers(0, 300 * DAY_S, len(people))
    came[own] = START_S - 10 * DAY_S + rng.integers(0, 3600, BRIGADE)
    table = pl.DataFrame({"reporter": [f"p{number}" for number in people]})
    if created:
        at = pl.from_epoch(pl.Series(came)).dt.replace_time_zone("UTC").cast(pl.Datetime("us", "UTC"))
        table = table.with_columns(at.alias("created_at"))
    if invited:
        hosts = ["the host" if mine else f"p{rng.integers(PEOPLE)}" for mine in own]
        table = table.with_columns(pl.Series("invited_by", hosts))
    return table


@cache
def found(created: bool, invited: bool) -> tuple[ReportLog, tuple[Campaign, ...]]:
    log = log_from(rows())
    return log, find_campaigns(log, registry(created, invited)).found


def names(log: ReportLog, campaign: Campaign) -> set[str]:
    return set(log.reporters.gather(campaign.members.reporter))


@pytest.mark.parametrize(
    ("created", "invited", "sign"), [(True, False, "created together"), (False, True, "one inviter")]
)
def test_a_brigade_is_found_amid_a_crowd_by_how_its_accounts_were_made(
    created: bool, invited: bool, sign: str
) -> None:
    log, campaigns = found(created, invited)
    (brigade,) = campaigns
    assert names(log, brigade) == {f"p{FIRST + number}" for number in range(BRIGADE)}
    assert [channel.name for channel in brigade.channels] == [sign]
    assert set(log.accounts.gather(brigade.bursts.account)) == {f"x{VICTIM}"}


def test_the_evidence_says_who_invited_them_and_which_reports_these_are() -> None:
    log, (brigade,) = found(False, True)
    (evidence,) = brigade.channels[0].evidence
    assert evidence.what == "the host"
    assert set(log.reporter[evidence.voices]) == set(brigade.members.reporter)


def test_the_mark_that_found_a_brigade_does_not_speak_twice() -> None:
    _, (brigade,) = found(True, True)
    assert brigade.q_value == brigade.channels[0].p_value
    assert len(brigade.channels) == 1


def test_without_a_registry_a_brigade_is_missed() -> None:
    assert find_campaigns(log_from(rows())).found == ()


def test_each_member_is_named_with_the_share_that_is_likely_honest() -> None:
    _, (brigade,) = found(True, False)
    assert (brigade.members.q_value > 0).all()
    assert (brigade.members.q_value <= 0.05).all()


def test_a_brigade_counts_as_about_one_voice() -> None:
    log, campaigns = found(True, False)
    groups = find_campaigns(log, registry(True, False)).groups(log)
    assert (groups >= 0).sum() == BRIGADE
    assert campaigns[0].voices.tolist() == np.flatnonzero(groups == 0).tolist()
