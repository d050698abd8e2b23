"""Which columns of a file are used."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.formats.case import case, case_of

from ostrakon.analysis.tables import ACCOUNTS, REPORTS
from ostrakon.errors import NoSuchColumn, UnreadableFile

FILES = {
    "reports.csv": b"rater,ratee,reported_at\na,b,2026-01-05\n",
    "reports.ndjson": b'{"rater": "a", "ratee": "b", "reported_at": "2026-01-05"}\n',
}


@pytest.fixture(params=["reports.csv", "reports.ndjson", "reports.parquet"])
def ratings(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file of reports with names of its own, in every format."""
    path = tmp_path / request.param
    if path.suffix == ".parquet":
        pl.DataFrame({"rater": ["a"], "ratee": ["b"], "reported_at": ["2026-01-05"]}).write_parquet(path)
    else:
        path.write_bytes(FILES[path.name])
    return path


def test_own_names_are_mapped_to_those_of_the_contract(ratings: Path) -> None:
    table = case_of(ratings, columns={"reporter": "rater", "account": "ratee"}).table
    assert table.select("reporter", "account").rows() == [("a", "b")]


def test_a_missing_column_is_named_with_what_the_file_has_and_what_to_do(ratings: Path) -> None:
    with pytest.raises(NoSuchColumn) as raised:
        case_of(ratings)
    message = str(raised.value)
    assert "has no column 'reporter', 'account'" in message
    assert "'ratee'" in message
    assert "--columns reporter=YOUR_NAME" in message


def test_a_mapped_column_must_exist_even_if_it_is_optional(ratings: Path) -> None:
    names = {"reporter": "rater", "account": "ratee", "policy": "category"}
    with pytest.raises(NoSuchColumn, match="has no column 'category'"):
        case_of(ratings, columns=names)


def test_only_columns_of_the_contract_can_be_mapped(ratings: Path) -> None:
    with pytest.raises(NoSuchColumn, match="names 'raporter', but reports have only 'reporter'"):
        case_of(ratings, columns={"raporter": "rater"})


def test_one_column_may_serve_twice(ratings: Path) -> None:
    names = {"reporter": "rater", "account": "ratee", "policy": "ratee"}
    assert case_of(ratings, columns=names).table["policy"].to_list() == ["b"]


def test_a_column_with_the_contracts_name_gives_way_to_the_mapped_one(tmp_path: Path) -> None:
    content = "reporter,user,account,reported_at\nshown,real,b,2026-01-05\n"
    found = case(tmp_path, content, columns={"reporter": "user"})
    assert found.table["reporter"].to_list() == ["real"]
    assert found.facts.ignored == ("reporter",)


def test_unknown_columns_are_ignored_and_named_in_their_order(tmp_path: Path) -> None:
    found = case(tmp_path, "z,account,b,followers,a\n1,x,1,5,1\n", ACCOUNTS)
    assert found.table.columns == ["account", "followers"]
    assert found.facts.ignored == ("z", "b", "a")


def test_names_are_exact_blanks_and_case_included(tmp_path: Path) -> None:
    with pytest.raises(NoSuchColumn, match="no column 'reporter', 'account': it has 'Reporter', ' account'"):
        case(tmp_path, "Reporter, account,reported_at\n")


def test_semicolons_are_not_guessed_but_recognised_in_the_message(tmp_path: Path) -> None:
    with pytest.raises(NoSuchColumn, match="separated by commas or tabs"):
        case(tmp_path, "reporter;account;reported_at\na;b;2026-01-05\n")


def test_a_file_that_begins_with_a_row_has_no_header(tmp_path: Path) -> None:
    with pytest.raises(NoSuchColumn, match="it has 'alice', 'mallory', '2026-01-05'"):
        case(tmp_path, "alice,mallory,2026-01-05\n")


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"its header names 'account' twice"):
        case(tmp_path, "reporter,account,account,reported_at\n")


def test_columns_without_a_name_may_repeat(tmp_path: Path) -> None:
    assert case(tmp_path, "reporter,account,reported_at,,\na,b,2026-01-05,,\n").table.height == 1


def test_a_table_has_the_columns_that_the_file_has_in_the_order_of_the_contract(tmp_path: Path) -> None:
    found = case(tmp_path, "reported_at,source,account,reporter\n2026-01-05,web,b,a\n")
    assert found.table.columns == ["reporter", "account", "reported_at", "policy", "source"]
    assert found.table.schema == {name: REPORTS[name].kind.dtype for name in found.table.columns}
