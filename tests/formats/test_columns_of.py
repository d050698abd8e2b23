"""What a file's columns are, before it is read."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from ostrakon.errors import UnreadableFile
from ostrakon.formats import columns_of, number_columns


@pytest.mark.parametrize("name", ["f.csv", "f.tsv", "f.ndjson", "f.parquet"])
def test_every_format_names_its_columns(tmp_path: Path, name: str) -> None:
    path, frame = tmp_path / name, pl.DataFrame({"a": [1], "b c": ["x"]})
    match path.suffix:
        case ".parquet":
            frame.write_parquet(path)
        case ".ndjson":
            frame.write_ndjson(path)
        case _:
            frame.write_csv(path, separator="\t" if path.suffix == ".tsv" else ",")
    assert columns_of(path) == ("a", "b c")
    assert number_columns(path, ["a", "b c"]) == ("a",)


def test_a_column_with_one_word_in_it_is_no_number(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("a,b,c\n1,2,\n3,nan,4.5\n", encoding="utf-8")
    assert number_columns(path, ["a", "b", "c"]) == ("a", "c")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="there is no such file"):
        columns_of(tmp_path / "none.csv")
