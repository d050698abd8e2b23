"""What a file is: content first, its name where the content leaves it open."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.formats.case import GOOD, HEADER, case

from ostrakon.analysis.tables import ACCOUNTS
from ostrakon.errors import UnreadableFile

TABS = (HEADER + GOOD).replace(",", "\t")
OBJECT = '{"reporter": "alice", "account": "mallory", "reported_at": "2026-01-05T10:00:00Z"}\n'


@pytest.mark.parametrize("name", ["reports.csv", "reports.tsv", "reports.ndjson.txt", "reports"])
@pytest.mark.parametrize(("content", "format_"), [(HEADER + GOOD, "csv"), (TABS, "tsv"), (OBJECT, "ndjson")])
def test_the_content_decides_whatever_the_name_says(
    tmp_path: Path, name: str, content: str, format_: str
) -> None:
    found = case(tmp_path, content, name=name)
    assert (found.facts.format, found.table.height) == (format_, 1)


@pytest.mark.parametrize(("name", "format_"), [("r.csv", "csv"), ("r.tsv.gz", "tsv"), ("r.TSV", "tsv")])
def test_the_name_decides_when_a_header_has_commas_and_tabs(tmp_path: Path, name: str, format_: str) -> None:
    delimiter, other = (",", "\t") if format_ == "csv" else ("\t", ",")
    header = delimiter.join(["reporter", "account", "reported_at", f"a{other}b"])
    row = delimiter.join(["x", "y", "2026-01-05", "z"])
    found = case(tmp_path, f"{header}\n{row}\n", name=name)
    assert (found.facts.format, found.table.height) == (format_, 1)


def test_a_single_column_is_csv(tmp_path: Path) -> None:
    assert case(tmp_path, "account\na\n", ACCOUNTS, name="accounts").facts.format == "csv"


def test_a_bad_first_line_of_a_file_called_ndjson_is_only_a_bad_line(tmp_path: Path) -> None:
    found = case(tmp_path, "oops\n" + OBJECT, name="reports.jsonl")
    assert (found.table.height, found.problems[0][0]) == (1, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ((HEADER + GOOD).encode("utf-16"), "is UTF-16 text: save it as UTF-8"),
        ((HEADER + GOOD).encode("utf-16-be"), r"line 1: a NUL byte.*perhaps UTF-16"),
        (b"PK\x03\x04rest", "zip archive or an Excel workbook"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\x00", "compressed with xz"),
        (b"PAREabc", "encrypted Parquet"),
        (b'[{"reporter": 1}]', r"JSON array.*jq -c"),
        (b"   \n\r\n\t\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
    ],
)
def test_a_file_of_another_kind_is_told_what_it_is(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        case(tmp_path, content, name="reports.json")


def test_a_file_that_is_only_called_parquet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="is not Parquet, although its name says so"):
        case(tmp_path, HEADER + GOOD, name="reports.parquet")
