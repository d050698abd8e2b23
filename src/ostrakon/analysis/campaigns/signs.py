"""Further signs that a group acts together, each tested by itself: the same words, accounts made together, one inviter.

A sign for which the log has no data is absent. What all signs say together is one q-value, by a rule that is valid
however they depend on each other (``marks.combined``). The p-value of reporting together has paid for all groups that
could have been looked at; that of a sign pays there for all campaigns that were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from ostrakon.analysis.campaigns.campaign import Campaign, Channel, Evidence
from ostrakon.analysis.campaigns.copied_text import copied_texts, copy_groups, near_copies
from ostrakon.analysis.campaigns.marks import combined, created_together, one_inviter, one_list
from ostrakon.analysis.log import Codes, Counts, ReportLog

MOST_TEXTS = 20_000
"""Distinct texts of campaigns, and as many others, that are compared; of more an arbitrary part stands for all."""
EVIDENCE_ROWS = 5


def with_signs(log: ReportLog, reporters: pl.DataFrame | None, found: Sequence[Campaign]) -> list[Campaign]:
    """The same campaigns with the channels that have data; ``reporters`` is the typed table or None."""
    members = [campaign.members.reporter for campaign in found]
    voices = [campaign.voices for campaign in found]
    more = zip(
        copied_text(log, voices),
        created_together(log, reporters, members, voices),
        one_inviter(log, reporters, members, voices),
        one_list(log, members, voices),
        strict=True,
    )
    signed = []
    for campaign, signs in zip(found, more, strict=True):
        present = [sign for sign in signs if sign is not None]
        paid = [replace(sign, p_value=min(1.0, len(found) * sign.p_value)) for sign in present]
        q_value = combined([*campaign.channels, *paid])
        signed.append(replace(campaign, channels=(*campaign.channels, *present), q_value=q_value))
    return signed


def copied_text(log: ReportLog, voices: Sequence[Counts]) -> list[Channel | None]:
    """Do the reports of each campaign say nearly the same? None where fewer than two reporters wrote anything."""
    written = [rows[log.text[rows] >= 0] for rows in voices]
    if not any(len(rows) for rows in written):
        return [None] * len(voices)
    chosen = _compared(log, np.unique(np.concatenate([log.text[rows] for rows in written])))
    texts = log.texts.gather(chosen)
    group = copy_groups(near_copies(texts), len(texts))
    place = np.full(len(log.texts) + 1, -1, np.int32)
    place[chosen] = np.arange(len(chosen), dtype=np.int32)
    text = place[log.text]
    number = np.repeat(np.arange(len(voices), dtype=np.int32), [len(rows) for rows in written])
    found = copied_texts(text, group, log.reporter, np.concatenate(written), number)
    channels: list[Channel | None] = []
    for campaign, rows in enumerate(written):
        own = np.flatnonzero(found.campaign == campaign)[:EVIDENCE_ROWS]
        if campaign >= len(found.p_value) or np.isnan(found.p_value[campaign]):
            channels.append(None)
        elif not len(own):
            channels.append(Channel("copied text", 1.0, 0.0, 0.0))
        else:
            evidence = tuple(_evidence(texts, group, text, int(found.text[row]), rows) for row in own)
            first = own[0]
            channels.append(
                Channel(
                    "copied text",
                    float(found.p_value[campaign]),
                    float(found.seen[first]),
                    float(found.expected[first]),
                    evidence,
                )
            )
    return channels


def _compared(log: ReportLog, used: Codes) -> Codes:
    """Distinct texts of campaigns, then others; drawn by their own words, so the order of rows does not matter."""
    lot = log.texts.hash(seed=0).to_numpy()
    others = np.setdiff1d(np.arange(len(log.texts), dtype=np.int32), used)
    parts = [codes[np.argsort(lot[codes], kind="stable")[:MOST_TEXTS]] for codes in (used, others)]
    return np.concatenate(parts).astype(np.int32)


def _evidence(texts: pl.Series, group: Codes, text: Codes, example: int, rows: Counts) -> Evidence:
    """A wording and the reports of a campaign that carry it."""
    own = text[rows]
    same = own == example
    if group[example] >= 0:
        same |= (own >= 0) & (group[np.maximum(own, 0)] == group[example])
    return Evidence(texts[example], rows[same])
