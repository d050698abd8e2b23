"""The check of rows: one rule at a time, the same for every format."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from tests.formats.case import LATEST

from ostrakon.analysis.tables import ACCOUNTS, DECISIONS, QUEUE, REPORTERS, REPORTS, UNSPECIFIED, Kind, Shape
from ostrakon.formats.checks import accepts, check

EARLIER = datetime(2026, 1, 5, tzinfo=UTC)


def checked(shape: Shape, **cells: object) -> tuple[dict[str, object], str | None]:
    """One row: its typed cells and its problem."""
    frame = pl.DataFrame({name: [cell] for name, cell in cells.items()})
    found = check(frame, shape, LATEST)
    return found.table.row(0, named=True), found.problems.item()


def report(**cells: object) -> tuple[dict[str, object], str | None]:
    return checked(REPORTS, **{"reporter": "a", "account": "b", "reported_at": "2026-01-05", **cells})


def decision(**cells: object) -> str | None:
    return checked(DECISIONS, **{"account": "a", "outcome": "upheld", **cells})[1]


def account(**cells: object) -> tuple[dict[str, object], str | None]:
    return checked(ACCOUNTS, **{"account": "a", **cells})


@pytest.mark.parametrize("name", ["reporter", "account", "reported_at"])
def test_what_a_report_needs_must_not_be_empty(name: str) -> None:
    assert report(**{name: ""})[1] == f"{name} is empty"
    assert report(**{name: None})[1] == f"{name} is empty"


def test_an_optional_cell_that_is_empty_is_unknown() -> None:
    row, problem = report(text="", source="", report_id="")
    assert (problem, row["text"], row["source"], row["report_id"]) == (None, None, None, None)


def test_nobody_reports_himself() -> None:
    assert report(account="a")[1] == "self-report: a"
    assert report(account="A")[1] is None


@pytest.mark.parametrize("cells", [{}, {"policy": ""}, {"policy": None}])
def test_a_report_without_a_policy_is_unspecified(cells: dict[str, object]) -> None:
    assert report(**cells)[0]["policy"] == UNSPECIFIED


def test_a_decision_without_a_policy_speaks_for_all_policies() -> None:
    row, _ = checked(DECISIONS, account="a", outcome="upheld", policy="")
    assert row["policy"] is None


@pytest.mark.parametrize("early", ["0", "1970-01-01", "1989-12-31T23:59:59Z", "-1"])
def test_a_report_from_before_1990_looks_like_a_missing_time(early: str) -> None:
    problem = report(reported_at=early)[1]
    assert problem is not None
    assert problem.startswith("reported_at is before 1990, looks like a missing value: 19")


def test_the_problem_shows_the_time_as_it_was_understood() -> None:
    assert report(reported_at="0")[1] == (
        "reported_at is before 1990, looks like a missing value: 1970-01-01T00:00:00Z"
    )


def test_the_first_moment_of_1990_is_a_time() -> None:
    assert report(reported_at="1990-01-01T00:00:00Z")[1] is None


def test_a_report_from_the_future_is_set_aside() -> None:
    assert report(reported_at="2026-11-23T00:00:00Z")[1] is None
    late = report(reported_at="2026-11-23T00:00:00.000001Z")[1]
    assert late == "reported_at is in the future: 2026-11-23T00:00:00.000001Z"


def test_without_a_latest_time_the_future_is_open() -> None:
    cells = pl.DataFrame({"reporter": ["a"], "account": ["b"], "reported_at": ["9999-12-31"]})
    assert check(cells, REPORTS, None).problems.to_list() == [None]


def test_text_that_is_no_time_is_quoted_but_not_at_any_length() -> None:
    assert report(reported_at="banana")[1] == "reported_at is not a time: banana"
    assert report(reported_at="x" * 500)[1] == "reported_at is not a time: " + "x" * 80


def test_times_without_a_zone_are_counted_row_by_row() -> None:
    cells = pl.DataFrame(
        {"account": ["a", "b", "c"], "outcome": ["upheld"] * 3, "decided_at": ["2026-01-05", "", "0"]}
    )
    assert check(cells, DECISIONS, LATEST).without_zone.to_list() == [1, 0, 0]


@pytest.mark.parametrize("impossible", ["0", "1970-01-01", "2031-01-01T00:00:00Z"])
@pytest.mark.parametrize("shape", [ACCOUNTS, REPORTERS])
def test_an_impossible_creation_time_is_unknown_and_counted(shape: Shape, impossible: str) -> None:
    cells = pl.DataFrame({shape.required[0]: ["a", "b"], "created_at": [impossible, "2026-01-05"]})
    found = check(cells, shape, LATEST)
    assert found.table["created_at"].to_list() == [None, EARLIER]
    assert found.problems.null_count() == 2
    assert found.impossible.to_list() == [1, 0]
    assert found.without_zone.to_list() == [0, 1]


def test_a_creation_time_that_is_no_time_sets_the_row_aside() -> None:
    assert account(created_at="long ago")[1] == "created_at is not a time: long ago"


def test_an_impossible_decision_time_sets_the_row_aside() -> None:
    assert decision(decided_at="0") == (
        "decided_at is before 1990, looks like a missing value: 1970-01-01T00:00:00Z"
    )
    assert decision(decided_at="2031-01-01") == "decided_at is in the future: 2031-01-01T00:00:00Z"
    assert decision(decided_at="") is None


@pytest.mark.parametrize(
    "text", ["abc", "nan", "inf", "-inf", "1e999", "1,000", "1_000", "0x10", " 1", "--1", "٣"]
)
def test_what_is_no_finite_number_sets_the_row_aside(text: str) -> None:
    assert account(followers=text)[1] == f"followers is not a finite number: {text}"


@pytest.mark.parametrize(
    ("cell", "value"), [("0", 0), ("12", 12), ("1.5", 1.5), (".5", 0.5), ("5.", 5), ("+1e3", 1000)]
)
def test_a_count_may_be_written_in_many_ways(cell: str, value: float) -> None:
    row, problem = account(followers=cell)
    assert (row["followers"], problem) == (value, None)


@pytest.mark.parametrize("cell", ["-1", "-0.001", -3, -2.5])
def test_a_count_is_never_negative(cell: object) -> None:
    assert account(followers=cell)[1] == f"followers is negative: {cell}"


def test_a_number_that_is_none_is_not_a_number_in_a_typed_column_either() -> None:
    assert account(followers=float("nan"))[1] == "followers is not a finite number: NaN"


@pytest.mark.parametrize("cell", ["0", "-0.1", "1.0001", "2"])
def test_a_propensity_is_a_probability_above_zero(cell: str) -> None:
    assert decision(propensity=cell) == f"propensity is not above 0 and at most 1: {cell}"


@pytest.mark.parametrize("cell", ["1", "0.5", "1e-9", ""])
def test_a_propensity_may_be_small_or_certain_or_unknown(cell: str) -> None:
    assert decision(propensity=cell) is None


def test_an_unknown_choice_is_answered_with_the_choices() -> None:
    assert decision(outcome="banned") == "outcome is not one of upheld, rejected, overturned: banned"
    assert decision(outcome="Upheld") == "outcome is not one of upheld, rejected, overturned: Upheld"
    assert decision(outcome="") == "outcome is empty"
    assert decision(selection="random") == "selection is not one of queue, audit: random"
    assert decision(selection="") is None


@pytest.mark.parametrize("cell", ["1.5", "1e3", "x", str(2**63)])
def test_an_integer_is_whole(cell: str) -> None:
    cells = pl.DataFrame({"rank": [cell]})
    assert check(cells, QUEUE, None).problems.item() == f"rank is not a whole number: {cell}"


def test_a_row_is_told_its_first_problem_only() -> None:
    assert report(reporter="", account="", reported_at="banana")[1] == "reporter is empty"


def test_an_id_with_a_nul_character_is_set_aside() -> None:
    assert report(reporter="a\0b")[1] == "reporter holds a NUL character"


def test_whole_numbers_and_dictionaries_are_ids() -> None:
    row, problem = report(reporter=12345678901234567, account="b")
    assert (row["reporter"], problem) == ("12345678901234567", None)
    cells = pl.DataFrame({"account": pl.Series(["a", ""], dtype=pl.Categorical())})
    assert check(cells, ACCOUNTS, None).problems.to_list() == [None, "account is empty"]


@pytest.mark.parametrize(
    ("kind", "dtype", "accepted"),
    [
        (Kind.ID, pl.Int64(), True),
        (Kind.ID, pl.UInt64(), True),
        (Kind.ID, pl.Decimal(20, 0), True),
        (Kind.ID, pl.Decimal(20, 2), False),
        (Kind.ID, pl.Float64(), False),
        (Kind.ID, pl.Boolean(), False),
        (Kind.ID, pl.List(pl.String()), False),
        (Kind.ID, pl.Binary(), False),
        (Kind.TEXT, pl.Struct({"a": pl.String()}), False),
        (Kind.TIME, pl.Float64(), True),
        (Kind.TIME, pl.Time(), False),
        (Kind.TIME, pl.Duration(), False),
        (Kind.COUNT, pl.Decimal(20, 2), True),
        (Kind.COUNT, pl.Boolean(), False),
        (Kind.CHOICE, pl.Int64(), False),
        (Kind.INTEGER, pl.Float64(), False),
    ],
)
def test_a_type_is_accepted_only_if_nothing_must_be_guessed(
    kind: Kind, dtype: pl.DataType, accepted: bool
) -> None:
    assert accepts(kind, dtype) is accepted


@pytest.mark.parametrize("shape", [REPORTS, DECISIONS, ACCOUNTS, REPORTERS, QUEUE])
def test_no_rows_give_an_empty_typed_table(shape: Shape, tmp_path: Path) -> None:
    cells = pl.DataFrame(schema=dict.fromkeys(shape.names, pl.String()))
    assert check(cells, shape, LATEST).table.schema == shape.empty().schema
