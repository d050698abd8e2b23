"""Writing: what is written reads back as it was, in every format."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.formats.case import case_of

from ostrakon.analysis.tables import CAMPAIGNS, QUEUE, REPORTS, Column, Kind, Shape
from ostrakon.formats import write

EVERY_KIND = Shape(
    "rows",
    (
        Column("account", Kind.ID, required=True),
        Column("seen_at", Kind.TIME),
        Column("note", Kind.TEXT),
        Column("views", Kind.COUNT),
        Column("share", Kind.SHARE),
        Column("outcome", Kind.CHOICE, choices=("upheld", "rejected")),
        Column("score", Kind.NUMBER),
        Column("rank", Kind.INTEGER),
    ),
)
NAMES = ["r.csv", "r.tsv", "r.ndjson", "r.jsonl", "r.parquet", "r.csv.gz", "r.tsv.zst", "r.ndjson.zst"]

letters = st.sampled_from("ab0\"',;=+-@\n\r\t \\/\u200b\u202e\u0301\u2028\x1cé漢🙂\ufeff")
ids = st.text(
    letters | st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=9
)
times = st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
floats = st.floats(allow_nan=False, allow_infinity=False)
rows = st.tuples(
    ids,
    st.none() | times,
    st.none() | ids,
    st.none() | st.floats(0, allow_infinity=False).map(abs),
    st.none() | st.floats(0, 1, exclude_min=True),
    st.sampled_from([None, "upheld", "rejected"]),
    st.none() | floats,
    st.none() | st.integers(-(2**63), 2**63 - 1),
)
HARD = [
    ("007", None, 'he said "no"\r\nand left', 0.1, 5e-324, None, 1e22, 2**63 - 1),
    (
        "=SUM(A1)",
        datetime(2026, 1, 5, 12, 0, 0, 1, tzinfo=UTC),
        "\u202eevil",
        1e16,
        1.0,
        "upheld",
        -0.1,
        None,
    ),
    (" ,\t", datetime(2026, 1, 5, tzinfo=UTC), "\r", None, None, None, 1 / 3, -(2**63)),
]


def table_of(some: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(some, schema=EVERY_KIND.empty().schema, orient="row")


@pytest.mark.parametrize("name", NAMES)
@given(st.lists(rows, min_size=1, max_size=8))
@example(HARD)
def test_what_is_written_is_read_back_as_it_was(name: str, some: list[tuple[object, ...]]) -> None:
    table = table_of(some)
    with TemporaryDirectory() as folder:
        write(table, Path(folder) / name, EVERY_KIND)
        found = case_of(Path(folder) / name, EVERY_KIND, latest=None)
    assert_frame_equal(found.table, table, check_exact=True)
    assert found.rejected == []


@pytest.mark.parametrize("name", [name for name in NAMES if "json" not in name])
def test_a_table_without_rows_is_written_with_its_columns(tmp_path: Path, name: str) -> None:
    write(REPORTS.empty(), tmp_path / name, REPORTS)
    assert_frame_equal(case_of(tmp_path / name).table, REPORTS.empty())


@pytest.mark.parametrize("name", NAMES)
def test_only_the_columns_at_hand_are_written_in_the_order_of_the_contract(tmp_path: Path, name: str) -> None:
    table = pl.DataFrame({"note": ["x"], "account": ["a"]})
    write(table, tmp_path / name, EVERY_KIND)
    assert case_of(tmp_path / name, EVERY_KIND).table.columns == ["account", "note"]


def test_text_is_written_plainly(tmp_path: Path) -> None:
    write(table_of(HARD), tmp_path / "r.csv", EVERY_KIND)
    assert (tmp_path / "r.csv").read_bytes().decode() == (
        "account,seen_at,note,views,share,outcome,score,rank\n"
        '007,,"he said ""no""\r\nand left",0.1,5e-324,,1e+22,9223372036854775807\n'
        "=SUM(A1),2026-01-05T12:00:00.000001Z,\u202eevil,1e+16,1.0,upheld,-0.1,\n"
        '" ,\t",2026-01-05T00:00:00Z,"\r",,,,0.3333333333333333,-9223372036854775808\n'
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_same_table_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    digests = set()
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write(table_of(HARD), tmp_path / folder / name, EVERY_KIND)
        digests.add(hashlib.sha256((tmp_path / folder / name).read_bytes()).hexdigest())
    assert len(digests) == 1


def test_a_gzip_file_tells_nothing_of_when_and_where_it_was_made(tmp_path: Path) -> None:
    write(table_of(HARD), tmp_path / "r.csv.gz", EVERY_KIND)
    assert (tmp_path / "r.csv.gz").read_bytes()[3:8] == bytes(5)  # no name, no time
    assert gzip.decompress((tmp_path / "r.csv.gz").read_bytes()).startswith(b"account,")


@pytest.mark.parametrize("name", ["r.xlsx", "r", "r.csv.bz2", "r.parquet.gz", ".csv"])
def test_an_extension_that_is_no_format_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"write \.csv, \.tsv"):
        write(table_of(HARD), tmp_path / name, EVERY_KIND)
    assert list(tmp_path.iterdir()) == []


def test_a_table_of_another_shape_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"queue: without \['policy', .*with unknown \['seen_at'"):
        write(table_of(HARD), tmp_path / "r.csv", QUEUE)


def test_a_table_that_triage_writes_can_be_read_again(tmp_path: Path) -> None:
    first = datetime(2026, 1, 5, tzinfo=UTC)
    campaign = ("c1", 3, 2, 9, first, first, 12.5, 0.01, None, "declared")
    table = pl.DataFrame([campaign], schema=CAMPAIGNS.empty().schema, orient="row")
    write(table, tmp_path / "campaigns.csv", CAMPAIGNS)
    assert_frame_equal(case_of(tmp_path / "campaigns.csv", CAMPAIGNS).table, table)
