"""Parquet: typed columns without a way through text, rows numbered from 1, damaged files refused."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.formats.case import Case, case, case_of, packed

from ostrakon.analysis.tables import ACCOUNTS, DECISIONS, REPORTS
from ostrakon.errors import InputUnusable, UnreadableFile
from ostrakon.formats import parquet

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def frame(**columns: list[Any]) -> pl.DataFrame:
    """Three reports; ``columns`` replace or add some of theirs."""
    reports = {"reporter": ["a", "b", "c"], "account": ["x", "y", "z"], "reported_at": [NOON] * 3}
    return pl.DataFrame({**reports, **columns})


def saved(folder: Path, table: pl.DataFrame, **options: Any) -> Case:
    path = folder / "reports.parquet"
    table.write_parquet(path)
    return case_of(path, **options)


def damaged(content: bytes) -> dict[str, bytes]:
    """A Parquet file, spoilt in several ways."""
    middle = len(content) // 3
    return {
        "without an end": content[:-10],
        "without a middle": content[:middle] + content[-middle:],
        "with a wild length": content[:-8] + b"\xff\xff\xff\x7fPAR1",
        "with wild metadata": content[:-60] + b"\xff" * 52 + content[-8:],
        "with wild data": content[:20] + b"\xff" * 60 + content[80:],
        "with two signs only": b"PAR1PAR1",
    }


@pytest.mark.parametrize("how", list(damaged(bytes(100))))
def test_a_damaged_file_is_one_clear_error(tmp_path: Path, how: str) -> None:
    buffer = io.BytesIO()
    frame().write_parquet(buffer)
    with pytest.raises(UnreadableFile, match=r"reports\.parquet: its Parquet data are damaged or cut off"):
        case(tmp_path, damaged(buffer.getvalue())[how], name="reports.parquet")


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_a_compressed_parquet_file_is_unpacked_first(tmp_path: Path, compression: str) -> None:
    buffer = io.BytesIO()
    frame().write_parquet(buffer)
    found = case(tmp_path, packed(buffer.getvalue(), compression), name="reports.parquet")
    assert (found.table.height, found.facts.format, found.facts.compression) == (3, "parquet", compression)


def test_a_file_without_rows_is_a_table_without_rows(tmp_path: Path) -> None:
    found = saved(tmp_path, frame().clear())
    assert (found.table.height, found.facts.rows) == (0, 0)
    assert found.table.schema == {name: REPORTS[name].kind.dtype for name in found.table.columns}


def test_whole_numbers_and_dictionaries_become_ids(tmp_path: Path) -> None:
    accounts = pl.Series(["x", "y", "x"], dtype=pl.Categorical())
    found = saved(tmp_path, frame(reporter=[1, 2, 12345678901234567]).with_columns(account=accounts))
    assert found.table["reporter"].to_list() == ["1", "2", "12345678901234567"]
    assert found.table["account"].to_list() == ["x", "y", "x"]


@pytest.mark.parametrize(
    ("column", "cells", "message"),
    [
        (
            "reporter",
            [1.0, 2.0, 3.0],
            "'reporter' holds Float64, which cannot be read as id; a float has lost",
        ),
        ("account", [True, False, True], "'account' holds Boolean, which cannot be read as id"),
        ("account", [["x"], ["y"], ["z"]], r"'account' holds List\(String\)"),
        ("account", [b"x", b"y", b"z"], "'account' holds Binary"),
        ("policy", [{"a": 1}] * 3, r"'policy' holds Struct"),
        ("reported_at", [NOON.time()] * 3, "'reported_at' holds Time, which cannot be read as time"),
    ],
)
def test_a_type_that_must_be_guessed_at_is_refused_by_name(
    tmp_path: Path, column: str, cells: list[Any], message: str
) -> None:
    with pytest.raises(InputUnusable, match=message):
        saved(tmp_path, frame(**{column: cells}))


@pytest.mark.parametrize(
    ("cells", "without_zone"),
    [
        ([NOON] * 3, 0),
        ([NOON.replace(tzinfo=None)] * 3, 3),
        ([date(2026, 1, 5)] * 3, 3),
        ([int(NOON.timestamp())] * 3, 0),
        ([int(NOON.timestamp() * 1000)] * 3, 0),
        ([NOON.isoformat(), "2026-01-05", str(int(NOON.timestamp()))], 1),
    ],
)
def test_times_may_have_any_type_that_holds_them(tmp_path: Path, cells: list[Any], without_zone: int) -> None:
    found = saved(tmp_path, frame(reported_at=cells))
    assert set(found.table["reported_at"].dt.date()) == {NOON.date()}
    assert found.facts.times_without_zone == without_zone


def test_a_rejected_row_has_its_number_and_is_shown_as_json_under_its_own_names(tmp_path: Path) -> None:
    table = frame(account=["x", "b", None], note=[1, 2, 3]).rename({"reporter": "rater"})
    found = saved(tmp_path, table, columns={"reporter": "rater"})
    assert found.problems == [(2, "self-report: b"), (3, "account is empty")]
    assert [json.loads(row["row"]) for row in found.rejected] == [
        {"rater": "b", "account": "b", "reported_at": "2026-01-05T12:00:00+00:00"},
        {"rater": "c", "account": None, "reported_at": "2026-01-05T12:00:00+00:00"},
    ]
    assert found.facts.ignored == ("note",)


def test_a_number_that_json_does_not_have_is_still_seen(tmp_path: Path) -> None:
    path = tmp_path / "accounts.parquet"
    pl.DataFrame({"account": ["a", "b"], "followers": [1.0, float("nan")]}).write_parquet(path)
    assert json.loads(case_of(path, ACCOUNTS).rejected[0]["row"]) == {"account": "b", "followers": "NaN"}


@pytest.mark.parametrize(
    "dtype",
    [pl.Int8(), pl.UInt64(), pl.Int128(), pl.Decimal(20, 0), pl.Categorical(), pl.Enum(["1"]), pl.String()],
)
def test_every_type_that_holds_ids_can_be_read_and_shown(tmp_path: Path, dtype: pl.DataType) -> None:
    path = tmp_path / "accounts.parquet"
    pl.DataFrame({"account": pl.Series(["1", "1"]).cast(dtype)}).write_parquet(path)
    found = case_of(path, ACCOUNTS)
    assert found.table["account"].to_list() == ["1"]
    assert found.problems == [(2, "account was already described on an earlier line: 1")]
    assert str(json.loads(found.rejected[0]["row"])["account"]) == "1"


@pytest.mark.parametrize(
    "dtype", [pl.Int64(), pl.UInt64(), pl.Int128(), pl.Decimal(20, 0), pl.Decimal(20, 3)]
)
def test_counts_and_epochs_may_be_whole_or_exact_decimals(tmp_path: Path, dtype: pl.DataType) -> None:
    path = tmp_path / "accounts.parquet"
    epoch = pl.Series([int(NOON.timestamp())]).cast(dtype)
    table = pl.DataFrame({"account": ["a"], "followers": epoch, "created_at": epoch})
    if isinstance(dtype, pl.Decimal) and dtype.scale:
        table = table.drop("created_at")
    table.write_parquet(path)
    row = case_of(path, ACCOUNTS).table.row(0, named=True)
    assert row["followers"] == NOON.timestamp()
    assert row.get("created_at", NOON) == NOON


def test_an_empty_text_is_unknown_and_an_empty_column_too(tmp_path: Path) -> None:
    table = frame(source=["", "web", None]).with_columns(platform=pl.lit(None))
    found = saved(tmp_path, table)
    assert found.table["source"].to_list() == [None, "web", None]
    assert found.table.schema["platform"] == pl.String()


def test_choices_and_shares_are_checked_as_in_text(tmp_path: Path) -> None:
    path = tmp_path / "decisions.parquet"
    outcomes = pl.Series(["upheld", "gone", "rejected"], dtype=pl.Categorical())
    pl.DataFrame({"account": [1, 2, 3], "outcome": outcomes, "propensity": [0.5, 0.5, 0.0]}).write_parquet(
        path
    )
    assert case_of(path, DECISIONS).problems == [
        (2, "outcome is not one of upheld, rejected, overturned: gone"),
        (3, "propensity is not above 0 and at most 1: 0.0"),
    ]


def test_rows_keep_their_order_and_numbers_over_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "PIECE_ROWS", 1000)
    numbers = pl.int_range(10_000, eager=True)
    table = pl.DataFrame({"account": numbers.cast(pl.String()), "followers": numbers})
    path = tmp_path / "accounts.parquet"
    table.with_columns(followers=pl.when(numbers % 2500 == 1).then(-1).otherwise("followers")).write_parquet(
        path, row_group_size=700
    )
    found = case_of(path, ACCOUNTS)
    assert [line for line, _ in found.problems] == [2, 2502, 5002, 7502]
    assert found.table["account"].to_list() == [str(n) for n in range(10_000) if n % 2500 != 1]


@pytest.mark.parametrize("name", ["re*ports[1].parquet", "day=1", "été.parquet"])
def test_a_name_is_a_name_and_no_pattern(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "day=2026-01-05"
    folder.mkdir()
    frame().write_parquet(folder / name)
    found = case_of(folder / name)
    assert (found.table.height, found.facts.ignored) == (3, ())
