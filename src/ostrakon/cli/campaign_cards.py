"""What the page tells of each campaign, from what was found."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.campaigns import Campaign, fate
from ostrakon.analysis.log import Codes, Counts, ReportLog
from ostrakon.analysis.worth.verdicts import OUTCOMES
from ostrakon.cli.weighing import Weighed
from ostrakon.pages import campaign as shown

CARDS = 20
"""Campaigns that the page tells in full."""
DOTS = 2000
"""Reports on one target that are handed over to be drawn; of more an even part, the members' always."""


def campaign_cards(weighed: Weighed) -> list[shown.CampaignCard]:
    """The first campaigns, in the order of their ids."""
    if weighed.campaigns is None:
        return []
    outcome = weighed.valuation.verdicts.outcome
    names = weighed.campaigns.names()
    log = weighed.inputs.log
    first = zip(names[:CARDS], weighed.campaigns.found[:CARDS], strict=True)
    return [_card(log, name, campaign, outcome) for name, campaign in first]


def _card(log: ReportLog, name: str, campaign: Campaign, outcome: NDArray[np.int8]) -> shown.CampaignCard:
    accounts = _accounts(log, campaign.voices)
    codes, reports = np.unique(accounts, return_counts=True)
    codes = codes[np.lexsort((codes, -reports))][: shown.TARGETS]
    decided = fate(log, campaign, outcome)
    return shown.CampaignCard(
        campaign=name,
        kind=campaign.kind,
        declared=campaign.declared,
        q_value=campaign.q_value,
        lift=campaign.lift if math.isfinite(campaign.lift) else None,
        seen=campaign.seen,
        expected=campaign.expected,
        interest=campaign.interest,
        members=_members(log, campaign),
        members_all=len(campaign.members.reporter),
        targets=[_target(log, campaign, int(code), outcome) for code in codes],
        targets_all=len(reports),
        bursts=_bursts(log, campaign),
        bursts_all=len(campaign.bursts.account),
        pairs=_pairs(log, campaign, codes),
        decided_targets=decided.decided,
        upheld_share=decided.upheld_share,
        channels=[
            shown.Channel(
                one.name, one.p_value, one.seen, one.expected,
                [shown.Evidence(part.what, len(part.voices)) for part in one.evidence],
            )
            for one in campaign.channels
        ],
    )  # fmt: skip


def _members(log: ReportLog, campaign: Campaign) -> list[shown.Member]:
    named = campaign.members
    names = log.reporters.gather(named.reporter).to_list()
    numbers = zip(named.q_value.tolist(), named.seen.tolist(), named.expected.tolist(), strict=True)
    return [shown.Member(name, *number) for name, number in zip(names, numbers, strict=True)]


def _bursts(log: ReportLog, campaign: Campaign) -> list[shown.Burst]:
    bursts = campaign.bursts
    columns = (
        bursts.first_at, bursts.last_at, bursts.reporters, bursts.members, bursts.returning,
        bursts.returning_expected,
    )  # fmt: skip
    rows = zip(log.accounts.gather(bursts.account), *(column.tolist() for column in columns), strict=True)
    return [shown.Burst(*row) for row in rows]


def _target(log: ReportLog, campaign: Campaign, account: int, outcome: NDArray[np.int8]) -> shown.Target:
    begin, end = np.searchsorted(log.case_account, [account, account + 1])
    voices = np.arange(log.start[begin], log.start[end])
    by_member = np.isin(voices, campaign.voices)
    at = log.at[voices]
    drawn = np.flatnonzero(by_member | (np.arange(len(voices)) % math.ceil(len(voices) / DOTS) == 0))
    drawn = drawn[np.argsort(at[drawn], kind="stable")]
    standing = [int(value) for value in outcome[begin:end] if value >= 0]
    return shown.Target(
        account=log.accounts[account],
        member_reports=int(by_member.sum()),
        first_at=float(at[by_member].min()),
        last_at=float(at[by_member].max()),
        reports=len(voices),
        outcome=OUTCOMES[min(standing)] if standing else None,
        dots=[(float(at[row]), bool(by_member[row])) for row in drawn],
    )


def _pairs(log: ReportLog, campaign: Campaign, accounts: Codes) -> list[tuple[int, int]]:
    """(member, target) by their places in what is shown."""
    member_at = {int(code): place for place, code in enumerate(campaign.members.reporter)}
    target_at = {int(code): place for place, code in enumerate(accounts)}
    met = zip(log.reporter[campaign.voices].tolist(), _accounts(log, campaign.voices).tolist(), strict=True)
    return sorted({(member_at[who], target_at[whom]) for who, whom in met if whom in target_at})


def _accounts(log: ReportLog, voices: Counts) -> Codes:
    return log.case_account[log.case[voices]]
