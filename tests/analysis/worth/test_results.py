"""The tables that come out: the queue and the reporters."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.analysis.small import decisions, reports
from tests.analysis.worth.valued import valued_ringed, valued_week

from ostrakon.analysis.log import report_log
from ostrakon.analysis.tables import QUEUE, REPORTER_RECORDS
from ostrakon.analysis.worth import Valuation, value
from ostrakon.analysis.worth.results import cases_of, first_cases, queue, reporter_records

VALUATIONS = {"week": valued_week, "ringed": valued_ringed}
SAID = reports(
    "alice mallory 1 spam", "alice mallory 2 spam", "bo mallory 3 spam", "alice mallory 4 abuse",
    "alice chidi 5 spam", "cy chidi 6 spam", "dan eve 7 spam",
)  # fmt: skip


@pytest.fixture(params=VALUATIONS)
def valuation(request: pytest.FixtureRequest) -> Valuation:
    return VALUATIONS[request.param]()


# Queue


def test_undecided_rows_come_first_then_by_probability_independent_reports_and_id(
    valuation: Valuation,
) -> None:
    rows = queue(valuation).to_dicts()
    keys = [
        (
            row["decided"] is not None,
            -row["probability"],
            -row["independent_reports"],
            row["account"],
            row["policy"],
        )
        for row in rows
    ]
    assert keys == sorted(keys)


def test_ranks_count_from_one_without_a_gap(valuation: Valuation) -> None:
    found = queue(valuation)
    assert found["rank"].to_list() == list(range(1, found.height + 1))


def test_the_queue_has_the_columns_and_kinds_of_the_contract(valuation: Valuation) -> None:
    assert queue(valuation).schema == {column.name: column.kind.dtype for column in QUEUE.columns}


def test_every_account_and_policy_with_a_report_has_one_row() -> None:
    found = queue(value(SAID)).select("account", "policy").sort("account", "policy").rows()
    assert found == [("chidi", "spam"), ("eve", "spam"), ("mallory", "abuse"), ("mallory", "spam")]


def test_reports_are_counted_with_repeats_and_reporters_without() -> None:
    row = queue(value(SAID)).row(
        by_predicate=(pl.col("account") == "mallory") & (pl.col("policy") == "spam"), named=True
    )
    assert (row["reports"], row["reporters"], row["independent_reports"]) == (3, 2, 2.0)


def test_a_decided_row_says_what_stands() -> None:
    found = queue(value(SAID, decisions("mallory upheld 1 spam", "chidi upheld 1", "chidi overturned 2")))
    decided = dict(zip(zip(found["account"], found["policy"], strict=True), found["decided"], strict=True))
    assert decided == {
        ("mallory", "spam"): "upheld",
        ("mallory", "abuse"): None,
        ("chidi", "spam"): "overturned",
        ("eve", "spam"): None,
    }


def test_equal_rows_stand_by_id() -> None:
    found = queue(value(reports("a zed 1", "b ann 1", "c kim 1")))
    assert found["account"].to_list() == ["ann", "kim", "zed"]


# Campaigns


def grouped(groups: dict[str, int], *rows: str) -> Valuation:
    log = report_log(reports(*rows))
    codes = np.array([groups.get(name, -1) for name in log.reporters.gather(log.reporter)], np.int32)
    return value(log, groups=codes)


def test_a_case_is_marked_with_the_campaigns_that_have_two_voices_on_it() -> None:
    groups = {"a": 0, "b": 0, "c": 1, "d": 1}
    rows = ["a x 1", "b x 2", "c x 3", "d x 4", "a y 1", "c y 2", "d y 3", "a z 1"]
    found = queue(grouped(groups, *rows))
    marks = dict(found.select("account", "campaigns").iter_rows())
    assert marks == {"x": "C1;C2", "y": "C2", "z": None}


def test_a_reporter_is_marked_with_the_campaigns_they_are_named_in_not_with_the_group_they_are_weighed_in() -> (
    None
):
    valuation = grouped({"a": 0, "b": 0}, "a x 1", "b x 2", "c x 3")
    named = pl.Series([{"a": "C1"}.get(name) for name in valuation.scene.log.reporters], dtype=pl.String)
    found = reporter_records(valuation, named)
    assert dict(found.select("reporter", "campaigns").iter_rows()) == {"a": "C1", "b": None, "c": None}


def test_newcomers_who_arrive_together_are_no_campaign() -> None:
    found = queue(value(reports(*(f"n{number} x 1" for number in range(9)))))
    assert found["campaigns"].to_list() == [None]
    assert found["independent_reports"][0] < 1.25


# Reporters


def test_the_most_active_reporters_come_first_then_by_name(valuation: Valuation) -> None:
    keys = [(-row["reports"], row["reporter"]) for row in reporter_records(valuation).to_dicts()]
    assert keys == sorted(keys)


def test_the_reporters_have_the_columns_and_kinds_of_the_contract(valuation: Valuation) -> None:
    assert reporter_records(valuation).schema == {
        column.name: column.kind.dtype for column in REPORTER_RECORDS.columns
    }


def test_a_record_counts_decided_cases_and_those_that_stand_upheld() -> None:
    found = reporter_records(
        value(SAID, decisions("mallory upheld 1 spam", "chidi upheld 1", "chidi overturned 2"))
    )
    counts = {row["reporter"]: (row["reports"], row["decided"], row["upheld"]) for row in found.to_dicts()}
    assert counts == {"alice": (4, 2, 1), "bo": (1, 1, 1), "cy": (1, 1, 0), "dan": (1, 0, 0)}


def test_a_precision_lies_within_its_interval_and_that_of_an_unknown_is_wide(valuation: Valuation) -> None:
    found = reporter_records(valuation)
    assert (found["precision_low"] < found["precision"]).all()
    assert (found["precision"] < found["precision_high"]).all()
    width = found.with_columns(width=pl.col("precision_high") - pl.col("precision_low"))
    unknown, known = width.filter(pl.col("decided") == 0), width.filter(pl.col("decided") >= 8)
    assert np.mean(known["width"].to_numpy()) < np.min(unknown["width"].to_numpy())


# Finding cases


@pytest.mark.parametrize("count", [0, 1, 25, 10**6])
def test_the_first_cases_are_the_first_undecided_rows_of_the_queue(valuation: Valuation, count: int) -> None:
    log = valuation.scene.log
    rows = queue(valuation).filter(pl.col("decided").is_null()).head(count)
    found = [
        (log.accounts[int(log.case_account[case])], log.policies[int(log.case_policy[case])])
        for case in first_cases(valuation, count)
    ]
    assert found == rows.select("account", "policy").rows()


def test_the_cases_of_an_account_are_found_by_its_id() -> None:
    valuation = value(SAID)
    log = valuation.scene.log
    found = cases_of(valuation, "mallory")
    assert {log.policies[int(log.case_policy[case])] for case in found} == {"spam", "abuse"}
    assert {log.accounts[int(log.case_account[case])] for case in found} == {"mallory"}
    assert cases_of(valuation, "nobody") == []
