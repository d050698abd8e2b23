"""From a log to its campaigns."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.actions import actions
from ostrakon.analysis.campaigns.block import Block, places
from ostrakon.analysis.campaigns.bursts import GAPS_S, Bursts, bursts
from ostrakon.analysis.campaigns.campaign import (
    Campaign,
    CampaignBursts,
    Campaigns,
    Channel,
    Members,
)
from ostrakon.analysis.campaigns.chance import LEAST_P
from ostrakon.analysis.campaigns.declared import Declared, declared
from ostrakon.analysis.campaigns.interest import interest
from ostrakon.analysis.campaigns.naming import expected_times, members
from ostrakon.analysis.campaigns.on_one_account import on_one_account
from ostrakon.analysis.campaigns.parameters import LEAST_MEMBERS, LEVEL, parameters
from ostrakon.analysis.campaigns.reporter_pairs import ReporterPairs, reporter_pairs
from ostrakon.analysis.campaigns.search import MOST_TAKEN, Candidate, candidates, tested_group
from ostrakon.analysis.campaigns.signs import with_signs
from ostrakon.analysis.log import Codes, Counts, Floats, ReportLog


def find_campaigns(log: ReportLog, reporters: pl.DataFrame | None = None) -> Campaigns:
    """All campaigns of a log. Deterministic: nothing is drawn at random, and the order of rows does not matter.

    ``reporters`` is the typed table ``tables.REPORTERS``; without it nothing is known of when accounts were created
    and by whom they were invited.
    """
    acted = actions(log)
    met = reporter_pairs(acted)
    scales = [bursts(acted, gap) for gap in GAPS_S]
    lists = [declared(log, of) for of in scales]
    found = [_declared_campaign(log, scales[0], one) for one in lists[0]]
    for of, known in zip(scales, lists, strict=True):
        found += _strangers(_coordinated(of, met, known), found)
    found = with_signs(log, reporters, found)
    found += _strangers(on_one_account(log, scales[0], reporters, LEVEL), found)
    found.sort(key=lambda campaign: (log.at[campaign.voices].min(), campaign.voices[0]))
    return Campaigns(tuple(found), parameters())


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
    by_chance = expected_times(of, block, tested.interest, tested.hours)
    together = _together(tested)
    return Campaign(
        members=Members(
            reporters,
            np.zeros(len(reporters)),
            _of(reporters, block, block.times).astype(np.int64),
            _of(reporters, block, by_chance),
        ),
        bursts=_bursts(of, tested, is_member),
        voices=one.voices,
        likely=one.voices,
        q_value=together.p_value,
        interest=tested.interest,
        channels=(together,),
        declared=one.source,
    )


def _of(reporters: Codes, block: Block, values: Floats | Counts) -> Floats:
    """(n,) values (of the reporters of a block) of these reporters, 0 for who is not in it; both lie by code."""
    place = np.searchsorted(block.reporter, reporters)
    within = np.flatnonzero(np.isin(reporters, block.reporter))
    found = np.zeros(len(reporters))
    found[within] = values[place[within]]
    return found


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
    return [one for one in groups if np.isin(one.members.reporter, named).mean() <= MOST_TAKEN]


def _together(candidate: Candidate) -> Channel:
    return Channel(
        "reporting together",
        min(1.0, max(len(GAPS_S) * math.exp(candidate.log_q), LEAST_P)),
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
