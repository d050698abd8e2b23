"""Further signs on a campaign: absent without data, and one number from all of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest

from ostrakon.analysis.campaigns import Campaign, find_campaigns
from ostrakon.analysis.campaigns.marks import combined
from ostrakon.analysis.log import ReportLog, report_log
from ostrakon.worlds.coordination import coordination


@cache
def looked_at(family: str, *without: str) -> tuple[ReportLog, tuple[Campaign, ...]]:
    world = coordination(family, 51, actions=40_000)
    reporters = world.reporters.drop([name for name in without if name in world.reporters.columns])
    log = report_log(world.reports.drop([name for name in without if name in world.reports.columns]))
    return log, find_campaigns(log, reporters).found


def names(campaign: Campaign) -> set[str]:
    return {channel.name for channel in campaign.channels}


def large(campaigns: tuple[Campaign, ...]) -> list[Campaign]:
    return [one for one in campaigns if len(one.members.reporter) >= 20]


def test_a_ring_that_copies_its_texts_is_seen_to() -> None:
    log, found = looked_at("copied")
    assert large(found)
    for one in large(found):
        (sign,) = [channel for channel in one.channels if channel.name == "copied text"]
        assert sign.p_value < 1e-9
        first = sign.evidence[0]
        assert len(set(log.reporter[first.voices])) == sign.seen
        assert set(first.voices) <= set(one.voices)


def test_a_ring_whose_accounts_were_made_together_by_one_inviter_is_seen_to() -> None:
    _, found = looked_at("fresh")
    assert large(found)
    for one in large(found):
        surest = {channel.name: channel.p_value for channel in one.channels}
        assert surest["created together"] < 1e-9
        assert surest["one inviter"] < 1e-6


@pytest.mark.parametrize(
    ("family", "missing", "sign"),
    [
        ("copied", "text", "copied text"),
        ("fresh", "created_at", "created together"),
        ("fresh", "invited_by", "one inviter"),
    ],
)
def test_a_sign_without_data_is_absent(family: str, missing: str, sign: str) -> None:
    _, found = looked_at(family, missing)
    assert found
    assert not any(sign in names(one) for one in found)


def test_honest_texts_are_no_evidence() -> None:
    world = coordination("copied", 51, actions=40_000)
    rng = np.random.default_rng(0)
    shuffled = world.reports.with_columns(text=pl.Series(rng.permutation(world.reports["text"].to_numpy())))
    for one in find_campaigns(report_log(shuffled)).found:
        assert all(sign.p_value > 1e-4 for sign in one.channels if sign.name == "copied text")


def test_the_q_value_is_that_of_all_signs_together_each_of_which_pays_for_all_campaigns() -> None:
    returned = [one for one in looked_at("fresh")[1] if one.channels[0].name == "reporting together"]
    assert len(returned) >= 3
    for one in returned:
        together, *signs = one.channels
        paid = [replace(sign, p_value=min(1.0, len(returned) * sign.p_value)) for sign in signs]
        assert one.q_value == combined([together, *paid])


def test_the_order_of_rows_does_not_change_what_is_compared() -> None:
    world = coordination("copied", 51, actions=40_000)
    first, second = (
        sorted(one.q_value for one in find_campaigns(report_log(reports)).found)
        for reports in (world.reports, world.reports.sample(fraction=1.0, shuffle=True, seed=1))
    )
    assert first == pytest.approx(second)
