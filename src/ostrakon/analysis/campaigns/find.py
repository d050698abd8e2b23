"""From a log to its campaigns."""

from __future__ import annotations

import math

import numpy as np

from ostrakon.analysis.campaigns import burst_pairs, growth, hours, naming, search
from ostrakon.analysis.campaigns import interest as meeting
from ostrakon.analysis.campaigns.actions import actions
from ostrakon.analysis.campaigns.block import places
from ostrakon.analysis.campaigns.bursts import GAP_S, MOST_BURSTS, Bursts, bursts
from ostrakon.analysis.campaigns.campaign import Campaign, CampaignBursts, Campaigns, Channel, Members
from ostrakon.analysis.campaigns.naming import members
from ostrakon.analysis.campaigns.reporter_pairs import reporter_pairs
from ostrakon.analysis.campaigns.search import Candidate, candidates
from ostrakon.analysis.log import Counts, ReportLog

VERSION = "1"
"""Of the method: another number may find other campaigns in the same log."""
LEVEL = 0.01
"""Chance that a log without any coordination yields a campaign, at most."""
LEAST_MEMBERS = 3


def find_campaigns(log: ReportLog) -> Campaigns:
    """All campaigns of a log. Deterministic: nothing is drawn at random, and the order of rows does not matter."""
    acted = actions(log)
    of, met = bursts(acted), reporter_pairs(acted)
    found = []
    for candidate in candidates(of, LEVEL, met):
        named = members(of, candidate.block, candidate.interest, candidate.hours)
        if len(named.reporter) >= LEAST_MEMBERS:
            found.append(_campaign(log, of, candidate, named))
    found.sort(key=lambda campaign: (campaign.bursts.first_at[0], campaign.bursts.account[0]))
    return Campaigns(tuple(found), PARAMETERS)


PARAMETERS: dict[str, float | int | str] = {
    "version": VERSION,
    "level": LEVEL,
    "member_q": naming.MEMBER_Q,
    "least_members": LEAST_MEMBERS,
    "gap_s": GAP_S,
    "least_burst": burst_pairs.LEAST_SIZE,
    "most_bursts_of_a_reporter": MOST_BURSTS,
    "loose_p": burst_pairs.LOOSE_P,
    "loose_log_p": growth.LOOSE_LOG_P,
    "strict_level": growth.STRICT_LEVEL,
    "least_share_of_a_burst": growth.LEAST_SHARE,
    "far_s": meeting.FAR_S,
    "prior_actions": hours.PRIOR_ACTIONS,
    "notable_interest": search.NOTABLE,
}


def _campaign(log: ReportLog, of: Bursts, candidate: Candidate, named: Members) -> Campaign:
    block = candidate.block
    _, rows = places(of, block.bursts)
    is_member = np.isin(block.reporter, named.reporter)[block.who]
    is_likely = is_member | (block.belongs[block.who] > 0.5)
    voice = of.actions.voice[rows]
    together = Channel(
        "reporting together",
        min(1.0, math.exp(candidate.log_q)),
        float(candidate.seen.sum()),
        float(candidate.expected.sum()),
    )
    return Campaign(
        members=named,
        bursts=CampaignBursts(
            of.account[block.bursts],
            of.first_at[block.bursts],
            of.last_at[block.bursts],
            of.size[block.bursts],
            np.bincount(block.burst_of_place, is_member, minlength=len(block.bursts)).astype(np.int64),
            candidate.seen,
            candidate.expected,
        ),
        voices=np.sort(voice[is_member]),
        likely=np.sort(voice[is_likely]),
        q_value=together.p_value,
        interest=candidate.interest,
        channels=(together,),
        declared=_declared(log, voice[is_member]),
    )


def _declared(log: ReportLog, voices: Counts) -> str | None:
    """The list or call that more than half of the reports name, if there is one."""
    source = log.source[voices]
    named, count = np.unique(source[source >= 0], return_counts=True)
    if not len(named) or count.max() * 2 <= len(voices):
        return None
    name = log.sources[int(named[count.argmax()])]
    return name if name.startswith(("list:", "call:")) else None
