"""The report log: who spoke on which case first, how often anybody reported; nothing depends on how it was read."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.small import case_of, hours, log_of, reporter_of, reports

from ostrakon.analysis.log import Coder, ReportLog, by_reporter, report_log
from ostrakon.analysis.tables import REPORTS

rows = st.builds(
    "{} {} {} {} {}".format,
    st.sampled_from(["alice", "bo", "cy", "0012", "12"]),
    st.sampled_from(["mallory", "chidi", "12", "12.0"]),
    st.integers(0, 5),
    st.sampled_from(["-", "spam", "abuse"]),
    st.sampled_from(["-", "list:7"]),
)
logs = st.lists(rows, max_size=30)


def words(log: ReportLog) -> dict[tuple[str, str, str], tuple[float, str | None]]:
    """Every voice in text: (reporter, account, policy) to its time and source."""
    account, policy = log.case_account[log.case], log.case_policy[log.case]
    sources = [*log.sources.to_list(), None]
    return {
        (log.reporters[int(log.reporter[v])], log.accounts[int(account[v])], log.policies[int(policy[v])]): (
            hour,
            sources[log.source[v]],
        )
        for v, hour in enumerate(hours(log))
    }


def case_reports(log: ReportLog) -> dict[tuple[str, str], int]:
    """Reports on each case in text."""
    return {
        (log.accounts[int(a)], log.policies[int(p)]): int(count)
        for a, p, count in zip(log.case_account, log.case_policy, log.case_reports, strict=True)
    }


def reporter_reports(log: ReportLog) -> dict[str, int]:
    return dict(zip(log.reporters.to_list(), log.reporter_reports.tolist(), strict=True))


# Voices


def test_a_reporters_repeats_on_one_case_are_one_voice() -> None:
    log = log_of("alice mallory 1", "alice mallory 2", "alice mallory 3", "bo mallory 2")
    assert log.voices == 2
    assert log.case_size.tolist() == [2]


def test_repeats_are_still_counted_as_reports() -> None:
    log = log_of("alice mallory 1", "alice mallory 2", "alice mallory 3", "bo mallory 2")
    assert case_reports(log) == {("mallory", "unspecified"): 4}
    assert reporter_reports(log) == {"alice": 3, "bo": 1}


def test_the_first_report_in_time_is_the_voice_in_whatever_order_they_come() -> None:
    log = log_of("alice mallory 3 - list:7", "alice mallory 1 - app", "alice mallory 2 - -")
    assert words(log) == {("alice", "mallory", "unspecified"): (1.0, "app")}


def test_the_same_account_under_another_policy_is_another_case() -> None:
    log = log_of("alice mallory 1 spam", "alice mallory 2 abuse")
    assert (log.cases, log.voices) == (2, 2)
    assert len(log.accounts) == 1


def test_voices_lie_by_case_and_within_a_case_by_time() -> None:
    log = log_of("alice mallory 5", "bo chidi 4", "bo mallory 2", "cy mallory 3", "alice chidi 1")
    mallory, chidi = (slice(*log.start[case_of(log, name) :][:2]) for name in ("mallory", "chidi"))
    assert hours(log)[mallory] == [2, 3, 5]
    assert hours(log)[chidi] == [1, 4]


def test_cases_lie_by_account_and_policy() -> None:
    log = log_of("a x 1 spam", "a y 1 abuse", "a x 1 abuse", "a y 1 spam")
    places = list(zip(log.case_account.tolist(), log.case_policy.tolist(), strict=True))
    assert places == sorted(places)


def test_the_most_active_reporters_come_first() -> None:
    log = log_of("alice x 1", "bo x 1", "bo x 2", "bo y 3", "cy x 1", "cy y 1")
    assert log.reporters.to_list() == ["bo", "cy", "alice"]
    assert log.reporter_reports.tolist() == [3, 2, 1]
    assert log.reporter_size.tolist() == [2, 2, 1]


def test_no_source_is_minus_one() -> None:
    log = log_of("alice x 1 - list:7", "bo x 2 - -")
    assert log.sources.to_list() == ["list:7"]
    assert log.source.tolist() == [0, -1]


# Ids and policies


def test_an_id_is_kept_byte_for_byte() -> None:
    ids = ["12", "0012", "12.0", "Ann", "ann", "@ann", " ann", "\u00e9", "e\u0301"]
    table = pl.DataFrame({"reporter": ["r"] * len(ids), "account": ids}).with_columns(
        reported_at=pl.lit(0).cast(pl.Datetime("us", "UTC"))
    )
    log = report_log(table)
    assert log.cases == len(ids)
    assert sorted(log.accounts) == sorted(ids)


def test_without_the_column_policy_every_case_is_unspecified() -> None:
    assert log_of("alice mallory 1").policies.to_list() == ["unspecified"]


def test_a_report_without_policy_is_unspecified_beside_others_that_have_one() -> None:
    log = log_of("alice chidi 1 spam", "alice mallory 1 -", "bo mallory 1 spam")
    assert set(case_reports(log)) == {
        ("chidi", "spam"),
        ("mallory", "unspecified"),
        ("mallory", "spam"),
    }


# Reading


@given(logs, st.lists(st.integers(0, 30), max_size=3))
@settings(max_examples=50)
def test_batches_give_the_same_log_as_one_table(drawn: list[str], cuts: list[int]) -> None:
    table = reports(*drawn)
    ends = sorted({0, len(table), *(min(cut, len(table)) for cut in cuts)})
    batches = [table[begin:end] for begin, end in pairwise(ends)]
    whole, pieces = report_log(table), report_log(batches)
    for part in fields(ReportLog):
        one, other = getattr(whole, part.name), getattr(pieces, part.name)
        assert one.to_list() == other.to_list() if isinstance(one, pl.Series) else np.array_equal(one, other)


@given(logs, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_rows_does_not_matter(drawn: list[str], random: Random) -> None:
    drawn = list({tuple(row.split()[:3]): row for row in drawn}.values())  # no ties in time
    shuffled = sorted(drawn, key=lambda _: random.random())
    log, other = log_of(*drawn), log_of(*shuffled)
    assert words(log) == words(other)
    assert case_reports(log) == case_reports(other)
    assert reporter_reports(log) == reporter_reports(other)


def test_cases_are_numbered_by_id_so_that_the_order_of_rows_cannot_matter() -> None:
    one, other = (
        log_of("a y 1 spam", "b x 2 abuse", "c x 3 spam"),
        log_of("c x 3 spam", "b x 2 abuse", "a y 1 spam"),
    )
    assert one.accounts.to_list() == other.accounts.to_list()
    assert one.policies.to_list() == other.policies.to_list()
    assert one.case_account.tolist() == other.case_account.tolist()
    assert one.case_policy.tolist() == other.case_policy.tolist()


def test_a_log_can_be_taken_before_more_reports_are_added() -> None:
    coder = Coder()
    coder.add(reports("alice mallory 5"))
    first = coder.log()
    coder.add(reports("bo mallory 1 spam list:7", "alice chidi 2 - -"))
    assert first.voices == 1
    assert words(coder.log()) == {
        ("alice", "mallory", "unspecified"): (5.0, None),
        ("bo", "mallory", "spam"): (1.0, "list:7"),
        ("alice", "chidi", "unspecified"): (2.0, None),
    }


def test_a_batch_without_rows_changes_nothing() -> None:
    empty = reports("alice mallory 1").clear()
    table = reports("alice mallory 1", "bo mallory 2")
    assert words(report_log([empty, table, empty])) == words(report_log(table))


@pytest.mark.parametrize("batches", [[], [REPORTS.empty()]], ids=["no batch", "an empty one"])
def test_an_empty_log_has_no_case_and_no_voice(batches: list[pl.DataFrame]) -> None:
    log = report_log(batches)
    assert (log.cases, log.voices, len(log.reporters), len(log.accounts)) == (0, 0, 0, 0)
    assert log.start.tolist() == [0]
    assert log.case.tolist() == log.history.case.tolist() == []


def test_a_large_log_agrees_with_a_group_by() -> None:
    rng = np.random.default_rng(1)
    table = pl.DataFrame(
        {
            "reporter": pl.Series(rng.integers(0, 900, 30_000)).cast(pl.String),
            "account": pl.Series(rng.integers(0, 400, 30_000)).cast(pl.String),
            "policy": pl.Series(rng.integers(0, 3, 30_000)).cast(pl.String),
            "reported_at": pl.from_epoch(pl.Series(rng.integers(0, 10**6, 30_000))).dt.replace_time_zone(
                "UTC"
            ),
        }
    )
    log = report_log(table)
    case = ["account", "policy"]
    found = pl.DataFrame(
        {
            "account": log.accounts.gather(log.case_account),
            "policy": log.policies.gather(log.case_policy),
            "reports": log.case_reports,
            "reporters": log.case_size,
            "first": log.at[log.start[:-1]],
        }
    )
    expected = table.group_by(case).agg(
        reports=pl.len().cast(pl.Int64),
        reporters=pl.col("reporter").n_unique().cast(pl.Int64),
        first=pl.col("reported_at").min().dt.epoch("s"),
    )
    assert found.sort(case).equals(expected.sort(case))


# By reporter


@given(logs)
@settings(max_examples=50)
def test_the_history_is_the_same_voices_by_reporter_in_time_order(drawn: list[str]) -> None:
    log = log_of(*drawn)
    place, history = log.history.place, log.history
    assert sorted(place.tolist()) == list(range(log.voices))
    assert np.array_equal(history.case[place], log.case)
    for reporter in range(len(log.reporters)):
        own = sorted(np.flatnonzero(log.reporter == reporter), key=lambda voice: place[voice])
        assert place[own].tolist() == list(range(history.start[reporter], history.start[reporter + 1]))
        assert (np.diff(log.at[own]) >= 0).all()


def test_a_value_of_the_cases_is_summed_for_each_reporter() -> None:
    log = log_of("alice mallory 1", "alice chidi 2", "bo mallory 3", "bo mallory 4")
    value = np.zeros(2)
    value[case_of(log, "mallory")], value[case_of(log, "chidi")] = 1.0, 0.25
    total = by_reporter(log, value)
    assert total[reporter_of(log, "alice")] == 1.25
    assert total[reporter_of(log, "bo")] == 1.0  # the repeat is no second voice
