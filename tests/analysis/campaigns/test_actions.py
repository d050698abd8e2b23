"""Actions: the first report of each reporter on each account."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.campaigns.planted import log_from, rows_of
from tests.analysis.small import START_S, log_of, reporter_of

from ostrakon.analysis.campaigns.actions import Actions, actions
from ostrakon.analysis.log import ReportLog

HOUR = 3600


def told(log: ReportLog, of: Actions) -> list[tuple[str, str, float]]:
    """The actions as (reporter, account, hour since the START), in their order."""
    account = np.repeat(np.arange(len(log.accounts)), np.diff(of.start))
    return [
        (log.reporters[int(who)], log.accounts[int(whom)], (int(when) - START_S) / HOUR)
        for who, whom, when in zip(of.reporter, account, of.at, strict=True)
    ]


def test_who_names_three_policies_has_acted_once() -> None:
    log = log_of("alice mallory 2 spam", "alice mallory 1 threat", "alice mallory 3 hate")
    assert told(log, actions(log)) == [("alice", "mallory", 1.0)]


def test_who_reports_again_a_week_later_has_acted_once() -> None:
    log = log_of("alice mallory 2", "alice mallory 170")
    assert told(log, actions(log)) == [("alice", "mallory", 2.0)]


def test_actions_lie_by_account_and_then_by_time_whatever_their_policies() -> None:
    log = log_of("bo y 1 spam", "ann x 3 spam", "cy x 2 threat", "bo x 1 spam", "ann y 2 hate")
    assert told(log, actions(log)) == [
        ("bo", "x", 1.0), ("cy", "x", 2.0), ("ann", "x", 3.0), ("bo", "y", 1.0), ("ann", "y", 2.0),
    ]  # fmt: skip


def test_of_two_policies_in_one_second_the_earlier_row_of_the_log_speaks() -> None:
    log = log_of("alice mallory 1 threat", "alice mallory 1 spam")
    assert actions(log).voice.tolist() == [0]


def test_in_one_second_several_people_act_each_once() -> None:
    log = log_of("cy x 1 b", "ann x 1 a", "bo x 1 b", "ann x 1 b")
    of = actions(log)
    assert sorted(told(log, of)) == [("ann", "x", 1.0), ("bo", "x", 1.0), ("cy", "x", 1.0)]
    assert of.voice.tolist() == sorted(of.voice.tolist())


def test_an_hour_before_1970_is_an_hour_of_its_day() -> None:
    seconds_since_1970 = [-1, -3600, -3601, -86_400, 0]
    log = log_from(rows_of([0] * 5, range(5), [at - START_S for at in seconds_since_1970]))
    of_one = actions(log).by_hour[0]
    assert {int(hour): int(of_one[hour]) for hour in np.flatnonzero(of_one)} == {23: 2, 22: 1, 0: 2}


def test_more_actions_in_an_hour_than_can_be_told_apart_stay_the_most() -> None:
    log = log_from(rows_of([0] * 65_600, range(65_600), [0] * 65_600))
    assert int(actions(log).by_hour[0, 0]) == 65_535
    assert int(actions(log).activity[0]) == 65_600


def test_activity_counts_accounts_not_reports() -> None:
    log = log_of("ann x 1 a", "ann x 1 b", "ann y 2", "bo x 3")
    activity = actions(log).activity
    assert [int(activity[reporter_of(log, name)]) for name in ("ann", "bo")] == [2, 1]


def test_an_empty_log_has_no_actions() -> None:
    of = actions(log_of())
    assert (of.count, of.reporters, of.by_hour.shape) == (0, 0, (0, 24))


reports = st.tuples(
    st.sampled_from("abcd"), st.sampled_from("xyz"), st.integers(-5, 5), st.sampled_from(["p", "q", "r"])
)


@given(st.lists(reports, max_size=40))
def test_each_action_is_the_first_report_of_its_reporter_on_its_account(rows: list[tuple]) -> None:
    log = log_of(*(f"{who} {whom} {when} {policy}" for who, whom, when, policy in rows))
    first = {
        (who, whom): float(min(at for a, b, at, _ in rows if (a, b) == (who, whom))) for who, whom, *_ in rows
    }
    of = actions(log)
    found = told(log, of)
    assert {(who, whom): when for who, whom, when in found} == first
    assert len(found) == len(first)
    assert [(whom, when) for _, whom, when in found] == sorted((whom, when) for _, whom, when in found)
    assert log.reporter[of.voice].tolist() == of.reporter.tolist()
    assert log.at[of.voice].tolist() == of.at.tolist()
    assert int(of.by_hour.sum()) == int(of.activity.sum()) == of.count
