"""A log that grows finds what the whole log finds."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_array_equal

from ostrakon.analysis.campaigns import Campaigns, find_campaigns
from ostrakon.analysis.campaigns.stream import Stream
from ostrakon.analysis.log import report_log
from ostrakon.worlds.coordination import coordination

REPORTS = coordination("easy", 31, actions=30_000).reports.sort("reported_at")


def in_days() -> list[pl.DataFrame]:
    return REPORTS.with_columns(day=pl.col("reported_at").dt.date()).partition_by("day", include_key=False)


def told(campaigns: Campaigns, names: pl.Series) -> list[tuple[list[str], list[int], float]]:
    """Campaigns without codes: who, how often, how sure."""
    return [
        (names.gather(one.members.reporter).to_list(), one.members.seen.tolist(), one.q_value)
        for one in campaigns.found
    ]


def test_reports_day_by_day_find_the_campaigns_of_all_reports_at_once() -> None:
    stream = Stream()
    for number, day in enumerate(in_days()):
        stream.add_reports(day)
        if number % 10 == 0:
            stream.campaigns()
    log = report_log(REPORTS)
    assert told(stream.campaigns(), stream.log.reporters) == told(find_campaigns(log), log.reporters)


def test_the_order_in_which_days_arrive_does_not_matter() -> None:
    forth, back = Stream(), Stream()
    for day in in_days():
        forth.add_reports(day)
    for day in reversed(in_days()):
        back.add_reports(day)
    found = [told(stream.campaigns(), stream.log.reporters) for stream in (forth, back)]
    assert [set(who) for who, _, _ in found[0]] == [set(who) for who, _, _ in found[1]]
    # reporters of like activity are numbered as they come, so sums differ in their last digits
    assert [q for *_, q in found[0]] == pytest.approx([q for *_, q in found[1]], rel=1e-9)


def test_nothing_new_is_nothing_to_do() -> None:
    stream = Stream()
    stream.add_reports(REPORTS)
    assert stream.campaigns() is stream.campaigns()


def test_the_codes_of_the_campaigns_are_those_of_the_streams_log() -> None:
    stream = Stream()
    stream.add_reports(REPORTS)
    for one in stream.campaigns().found:
        assert_array_equal(np.unique(stream.log.reporter[one.voices]), np.sort(one.members.reporter))
