"""rejected.csv: every row that was not used, exactly as it was."""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.case import rows_of

from ostrakon.errors import UnreadableFile
from ostrakon.formats import Rejected

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def test_a_file_without_rejected_rows_has_its_header(tmp_path: Path) -> None:
    with Rejected(tmp_path / "rejected.csv") as rejected:
        assert rejected.total == 0
    assert (tmp_path / "rejected.csv").read_bytes() == b"file,line,problem,row\r\n"


def test_rows_are_counted_by_kind_of_problem(tmp_path: Path) -> None:
    with Rejected(tmp_path / "rejected.csv") as rejected:
        rejected.add("r.csv", 2, "reported_at is not a time: banana", "a,b,banana")
        rejected.add("r.csv", 3, "reported_at is not a time: 25:00", "a,b,25:00")
        rejected.add("r.csv", 4, "reporter is empty", ",b,2026-01-05")
    assert dict(rejected.counts) == {"reported_at is not a time": 2, "reporter is empty": 1}
    assert rejected.total == 3


def test_nothing_is_escaped_for_spreadsheets(tmp_path: Path) -> None:
    with Rejected(tmp_path / "rejected.csv") as rejected:
        rejected.add("r.csv", 2, "reporter is empty", "=cmd()")
    assert (tmp_path / "rejected.csv").read_text().splitlines()[1] == "r.csv,2,reporter is empty,=cmd()"


def test_a_frame_of_rejected_rows_is_written_in_its_order(tmp_path: Path) -> None:
    frame = pl.DataFrame({"row": ["a", "b"], "file": ["f", "f"], "line": [7, 3], "problem": ["p: 1", "q"]})
    with Rejected(tmp_path / "rejected.csv") as rejected:
        rejected.add_frame(frame)
    assert [(row["line"], row["row"]) for row in rows_of(tmp_path / "rejected.csv")] == [
        ("7", "a"),
        ("3", "b"),
    ]
    assert dict(rejected.counts) == {"p": 1, "q": 1}


def test_the_file_is_closed_when_the_reading_fails(tmp_path: Path) -> None:
    def fails(rejected: Rejected) -> None:
        with rejected:
            rejected.add("r.csv", 2, "reporter is empty", ",b")
            raise UnreadableFile

    with pytest.raises(UnreadableFile):
        fails(Rejected(tmp_path / "rejected.csv"))
    assert len(rows_of(tmp_path / "rejected.csv")) == 1


@given(st.lists(st.tuples(texts, st.integers(1), texts, texts)))
def test_every_row_reads_back_exactly(rows: list[tuple[str, int, str, str]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rejected.csv"
        with Rejected(path) as rejected:
            for row in rows:
                rejected.add(*row)
        with path.open(encoding="utf-8", newline="") as file:
            found = list(csv.reader(file, strict=True))[1:]
    assert found == [[file, str(line), problem, row] for file, line, problem, row in rows]
