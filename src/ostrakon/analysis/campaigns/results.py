"""Campaigns as the tables of the file contract, with what became of their targets beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.campaign import Campaign, Campaigns, campaign_names
from ostrakon.analysis.log import ReportLog
from ostrakon.analysis.tables import CAMPAIGN_MEMBERS, CAMPAIGN_TARGETS, CAMPAIGNS, Shape

Outcomes = NDArray[np.int8]


@dataclass(frozen=True)
class CampaignTables:
    """The three campaign tables of the file contract."""

    campaigns: pl.DataFrame
    members: pl.DataFrame
    targets: pl.DataFrame

    @classmethod
    def none(cls) -> CampaignTables:
        """The tables when nothing was looked for."""
        return cls(CAMPAIGNS.empty(), CAMPAIGN_MEMBERS.empty(), CAMPAIGN_TARGETS.empty())


@dataclass(frozen=True)
class Fate:
    """What was decided about the cases that a campaign reported."""

    decided: int
    upheld: int

    @property
    def upheld_share(self) -> float | None:
        """Share of the decided cases in which a violation stands; None where nothing was decided."""
        return self.upheld / self.decided if self.decided else None


def fate(log: ReportLog, campaign: Campaign, outcome: Outcomes) -> Fate:
    """``outcome`` (C,) is 0 where a violation stands, > 0 where none does, -1 undecided."""
    decided = outcome[np.unique(log.case[campaign.voices])]
    decided = decided[decided >= 0]
    return Fate(len(decided), int((decided == 0).sum()))


def campaign_tables(log: ReportLog, campaigns: Campaigns, outcome: Outcomes) -> CampaignTables:
    """All campaigns, their members and their targets; ``outcome`` as of :func:`fate`."""
    if not campaigns.found:
        return CampaignTables.none()
    targets = [targets_of(log, campaign) for campaign in campaigns.found]
    target_number = np.repeat(np.arange(len(targets)), [one.height for one in targets])
    summary = [_summary(log, campaign, fate(log, campaign, outcome)) for campaign in campaigns.found]
    members = [campaign.members for campaign in campaigns.found]
    member_number = np.repeat(np.arange(len(members)), [len(one.reporter) for one in members])
    names = pl.Series("campaign", campaign_names(len(campaigns.found)), dtype=pl.String)
    return CampaignTables(
        _shaped(pl.DataFrame(summary).with_columns(names), CAMPAIGNS),
        _shaped(
            pl.DataFrame(
                {
                    "campaign": names.gather(member_number),
                    "reporter": log.reporters.gather(np.concatenate([one.reporter for one in members])),
                    "q_value": np.concatenate([one.q_value for one in members]),
                }
            ),
            CAMPAIGN_MEMBERS,
        ),
        _shaped(pl.concat(targets).with_columns(names.gather(target_number)), CAMPAIGN_TARGETS),
    )


def targets_of(log: ReportLog, campaign: Campaign) -> pl.DataFrame:
    """account, reports, first_at, last_at of the members' reports: one row an account, in order of time."""
    voices = campaign.voices
    account = log.case_account[log.case[voices]]
    found = pl.DataFrame({"code": account, "at": log.at[voices]}).group_by("code")
    rows = found.agg(
        pl.len().alias("reports"), pl.col("at").min().alias("first_at"), pl.col("at").max().alias("last_at")
    ).sort("first_at", "code")
    return rows.select(log.accounts.gather(rows["code"]).alias("account"), "reports", "first_at", "last_at")


def campaigns_of_reporters(log: ReportLog, campaigns: Campaigns) -> pl.Series:
    """(R,) ids of the campaigns in which each reporter is named, joined by ;, null where in none."""
    named = [campaign.members.reporter for campaign in campaigns.found]
    names = pl.Series(campaign_names(len(named)), dtype=pl.String)
    pairs = pl.DataFrame(
        {
            "reporter": np.concatenate([np.empty(0, np.int32), *named]),
            "campaign": names.gather(np.repeat(np.arange(len(named)), [len(one) for one in named])),
        }
    )
    ids = pairs.group_by("reporter", maintain_order=True).agg(pl.col("campaign").str.join(";"))
    everybody = pl.DataFrame({"reporter": np.arange(len(log.reporters), dtype=np.int32)})
    return everybody.join(ids, on="reporter", how="left", maintain_order="left")["campaign"]


def _summary(log: ReportLog, campaign: Campaign, decided: Fate) -> dict[str, object]:
    at = log.at[campaign.voices]
    return {
        "members": len(campaign.members.reporter),
        "targets": len(np.unique(log.case_account[log.case[campaign.voices]])),
        "reports": len(campaign.voices),
        "first_at": int(at.min()),
        "last_at": int(at.max()),
        "lift": campaign.lift if np.isfinite(campaign.lift) else None,
        "q_value": campaign.q_value,
        "upheld_share": decided.upheld_share,
        "kind": campaign.kind,
    }


def _shaped(frame: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Columns and dtypes of ``shape``, seconds as times."""
    columns = []
    for column in shape.columns:
        values = frame[column.name]
        if column.name.endswith("_at"):
            values = pl.from_epoch(values).dt.replace_time_zone("UTC")
        columns.append(values.cast(column.kind.dtype).alias(column.name))
    return pl.DataFrame(columns)
