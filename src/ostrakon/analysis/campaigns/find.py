"""From a log to its campaigns."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.campaigns import burst_pairs, growth, hours, naming, search
from ostrakon.analysis.campaigns.actions import actions
from ostrakon.analysis.campaigns.block import places
from ostrakon.analysis.campaigns.brigades import Brigades, brigades, settled
from ostrakon.analysis.campaigns.bursts import GAPS_S, MOST_BURSTS, Bursts, bursts
from ostrakon.analysis.campaigns.campaign import (
    Campaign,
    CampaignBursts,
    Campaigns,
    Channel,
    Members,
)
from ostrakon.analysis.campaigns.declared import Declared, declared
from ostrakon.analysis.campaigns.interest import FAR_S, interest
from ostrakon.analysis.campaigns.marks import creation_cells, creation_times, inviters
from ostrakon.analysis.campaigns.naming import expected_times, members
from ostrakon.analysis.campaigns.reporter_pairs import ReporterPairs, reporter_pairs
from ostrakon.analysis.campaigns.search import Candidate, candidates, tested_group
from ostrakon.analysis.campaigns.signs import with_signs
from ostrakon.analysis.log import Counts, ReportLog

VERSION = "1"
"""Of the method: another number may find other campaigns in the same log."""
LEVEL = 0.01
"""Chance that a log without any coordination yields a campaign, at most."""
LEAST_MEMBERS = 3
SMALLEST_P = 1e-300
"""No chance is written as 0."""


def find_campaigns(log: ReportLog, reporters: pl.DataFrame | None = None) -> Campaigns:
    """All campaigns of a log. Deterministic: nothing is drawn at random, and the order of rows does not matter.

    ``reporters`` is the typed table ``tables.REPORTERS``; without it nothing is known of when accounts were created
    and by whom they were invited.
    """
    acted = actions(log)
    met = reporter_pairs(acted)
    scales = [bursts(acted, gap) for gap in GAPS_S]
    lists = declared(log, scales[0])
    found = [_declared_campaign(log, scales[0], one) for one in lists]
    for of in scales:
        found += _strangers(_coordinated(of, met, declared(log, of)), found)
    found += _strangers(brigades_on_one_account(log, scales[0], reporters), found)
    found = with_signs(log, reporters, found)
    found.sort(key=lambda campaign: (log.at[campaign.voices].min(), campaign.voices[0]))
    return Campaigns(tuple(found), PARAMETERS)


PARAMETERS: dict[str, float | int | str] = {
    "version": VERSION,
    "level": LEVEL,
    "member_q": naming.MEMBER_Q,
    "least_certain_member": naming.LEAST_CERTAIN,
    "least_members": LEAST_MEMBERS,
    "gaps_s": " ".join(map(str, GAPS_S)),
    "least_burst": burst_pairs.LEAST_SIZE,
    "most_bursts_of_a_reporter": MOST_BURSTS,
    "loose_p": burst_pairs.LOOSE_P,
    "loose_log_p": growth.LOOSE_LOG_P,
    "strict_level": growth.STRICT_LEVEL,
    "least_share_of_a_burst": growth.LEAST_SHARE,
    "far_s": FAR_S,
    "prior_actions": hours.PRIOR_ACTIONS,
    "notable_interest": search.NOTABLE,
}


def _campaign(of: Bursts, candidate: Candidate, named: Members) -> Campaign:
    block = candidate.block
    _, rows = places(of, block.bursts)
    is_member = np.isin(block.reporter, named.reporter)[block.who]
    is_likely = is_member | (block.belongs[block.who] > 0.5)
    together = _together(candidate)
    return Campaign(
        members=named,
        bursts=_bursts(of, candidate, is_member),
        voices=np.sort(of.actions.voice[rows[is_member]]),
        likely=np.sort(of.actions.voice[rows[is_likely]]),
        q_value=together.p_value,
        interest=candidate.interest,
        channels=(together,),
        declared=None,
    )


def _declared_campaign(log: ReportLog, of: Bursts, one: Declared) -> Campaign:
    """Its members are who says so; that they act together is tested all the same, and shown."""
    tested = tested_group(of, one.bursts, interest(of, one.bursts))
    block = tested.block
    reporters = np.unique(log.reporter[one.voices])
    is_member = np.isin(block.reporter, reporters)[block.who]
    times, by_chance = np.zeros(len(log.reporters), np.int64), np.zeros(len(log.reporters))
    times[block.reporter] = block.times
    by_chance[block.reporter] = expected_times(of, block, tested.interest, tested.hours)
    together = _together(tested)
    return Campaign(
        members=Members(reporters, np.zeros(len(reporters)), times[reporters], by_chance[reporters]),
        bursts=_bursts(of, tested, is_member),
        voices=one.voices,
        likely=one.voices,
        q_value=together.p_value,
        interest=tested.interest,
        channels=(together,),
        declared=one.source,
    )


def _coordinated(of: Bursts, met: ReporterPairs, lists: list[Declared]) -> list[Campaign]:
    """Groups that pass on these bursts and in which at least three are named; bursts of lists are left to them."""
    known = np.concatenate([np.empty(0, np.int64), *(one.bursts for one in lists)])
    found = []
    for candidate in candidates(of, LEVEL / len(GAPS_S), met, known):
        named = members(of, candidate.block, candidate.interest, candidate.hours)
        if len(named.reporter) >= LEAST_MEMBERS:
            found.append(_campaign(of, candidate, named))
    return found


def _strangers(groups: list[Campaign], found: list[Campaign]) -> list[Campaign]:
    """Groups of people who were not mostly named before."""
    named = np.concatenate([np.empty(0, np.int32), *(campaign.members.reporter for campaign in found)])
    return [one for one in groups if np.isin(one.members.reporter, named).mean() <= search.MOST_TAKEN]


def brigades_on_one_account(log: ReportLog, of: Bursts, reporters: pl.DataFrame | None) -> list[Campaign]:
    """Groups that fell on one account, once, seen by when or by whom their accounts were made."""
    created = creation_times(log, reporters)
    invited, _ = inviters(log, reporters)
    cuts = [*creation_cells(settled(of.actions, created)), invited]
    found = brigades(of, cuts, LEVEL)
    return [
        _brigade(of, found.action[found.start[k] : found.start[k + 1]], int(found.burst[k]), found, k)
        for k in range(len(found.account))
    ]


def _brigade(of: Bursts, action: Counts, burst: int, found: Brigades, number: int) -> Campaign:
    """Its members carry the mark; of so many as are expected without it, that share is honest."""
    reporters, first = np.unique(of.actions.reporter[action], return_index=True)
    share = min(1.0, float(found.expected[number]) / len(reporters))
    once = np.ones(len(reporters), np.int64)
    nobody = np.zeros(1, np.int64)
    return Campaign(
        members=Members(reporters, np.full(len(reporters), share), once, np.full(len(reporters), share)),
        bursts=CampaignBursts(
            of.account[[burst]],
            of.first_at[[burst]],
            of.last_at[[burst]],
            of.size[[burst]],
            np.array([len(reporters)]),
            nobody,
            np.zeros(1),
        ),
        voices=np.sort(of.actions.voice[action[first]]),
        likely=np.sort(of.actions.voice[action[first]]),
        q_value=float(found.q_value[number]),
        interest=1.0,
        channels=(
            Channel(
                "one mark on one account",
                float(found.q_value[number]),
                float(found.seen[number]),
                float(found.expected[number]),
            ),
        ),
        declared=None,
    )


def _together(candidate: Candidate) -> Channel:
    return Channel(
        "reporting together",
        min(1.0, max(len(GAPS_S) * math.exp(candidate.log_q), SMALLEST_P)),
        float(candidate.seen.sum()),
        float(candidate.expected.sum()),
    )


def _bursts(of: Bursts, candidate: Candidate, is_member: NDArray[np.bool_]) -> CampaignBursts:
    block = candidate.block
    members_of_burst = np.bincount(block.burst_of_place, is_member, minlength=len(block.bursts))
    return CampaignBursts(
        of.account[block.bursts],
        of.first_at[block.bursts],
        of.last_at[block.bursts],
        of.size[block.bursts],
        members_of_burst.astype(np.int64),
        candidate.seen,
        candidate.expected,
    )
