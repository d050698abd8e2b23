"""Campaigns that fell on one account, once: a brigade, its members told from the crowd by how their accounts were made.

Its q-value is that of the test that found it. The same mark must not speak twice, so no further signs are added.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from ostrakon.analysis.campaigns.brigades import Brigades, brigades, settled
from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.campaigns.campaign import Campaign, CampaignBursts, Channel, Evidence, Members
from ostrakon.analysis.campaigns.marks import creation_cells, creation_times, inviters, span
from ostrakon.analysis.campaigns.naming import LEAST_CERTAIN
from ostrakon.analysis.log import Counts, ReportLog


def on_one_account(
    log: ReportLog, of: Bursts, reporters: pl.DataFrame | None, level: float
) -> list[Campaign]:
    """Brigades of which so few are likely honest that each may be named; ``level`` is a false-discovery rate."""
    created = creation_times(log, reporters)
    invited, hosts = inviters(log, reporters)
    cells = creation_cells(settled(of.actions, created))
    found = brigades(of, [*cells, invited], level)
    campaigns = []
    for number in range(len(found.account)):
        action = found.action[found.start[number] : found.start[number + 1]]
        who, first = np.unique(of.actions.reporter[action], return_index=True)
        if float(found.expected[number]) > (1.0 - LEAST_CERTAIN) * len(who):
            continue
        voices = np.sort(of.actions.voice[action[first]])
        if int(found.cut[number]) < len(cells):
            name, what = "created together", span(created[who])
        else:
            name, what = "one inviter", str(hosts[int(found.mark[number])])
        sign = Channel(
            name,
            float(found.q_value[number]),
            float(found.seen[number]),
            float(found.expected[number]),
            (Evidence(what, voices),),
        )
        campaigns.append(_campaign(of, found, number, who, voices, sign))
    return campaigns


def _campaign(
    of: Bursts,
    found: Brigades,
    number: int,
    who: np.ndarray[tuple[int], np.dtype[np.int32]],
    voices: Counts,
    sign: Channel,
) -> Campaign:
    honest = np.full(len(who), float(found.expected[number]) / len(who))
    burst = found.burst[[number]]
    return Campaign(
        members=Members(who, honest, np.ones(len(who), np.int64), honest),
        bursts=CampaignBursts(
            of.account[burst],
            of.first_at[burst],
            of.last_at[burst],
            of.size[burst],
            np.array([len(who)]),
            np.zeros(1, np.int64),
            np.zeros(1),
        ),
        voices=voices,
        likely=voices,
        q_value=sign.p_value,
        interest=1.0,
        channels=(sign,),
        declared=None,
    )
