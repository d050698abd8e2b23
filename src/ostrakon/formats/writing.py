"""Writing a typed table in the formats of the contract; ``reading`` reads it back as it was."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

import polars as pl
import zstandard

from ostrakon.analysis.tables import Kind, Shape
from ostrakon.formats.recognise import Format, of_name
from ostrakon.formats.times import iso


def write(frame: pl.DataFrame, path: Path, shape: Shape) -> None:
    """Writes a typed table, its columns in the order of ``shape``, in the format that the name says.

    Text: UTF-8 with LF line ends, times as ISO 8601 with Z, floats as the shortest text that reads back as
    the same number, quotes only where they are needed. Ids are written as they are, also with a leading
    ``=`` or ``@``: whoever opens a CSV file in a spreadsheet should import those columns as text.

    Args:
        path: .csv, .tsv, .ndjson (also .jsonl) or .parquet; text also with .gz or .zst behind.
    Raises:
        ValueError: another extension, a required column that is absent, or one that ``shape`` does not have.
        OSError: the file cannot be written.
    """
    format_, compression = of_name(path)
    if format_ is None or (format_ is Format.PARQUET and compression):
        raise ValueError(f"{path.name}: write .csv, .tsv, .ndjson (.gz, .zst) or .parquet")
    _refuse_other_columns(frame, shape)
    table = frame.select(name for name in shape.names if name in frame.columns)
    if format_ is Format.PARQUET:
        table.write_parquet(path)
        return
    times = [name for name in table.columns if shape[name].kind is Kind.TIME]
    text = table.with_columns(iso(pl.col(times)))
    with _compressing(path, compression) as file:
        if format_ is Format.NDJSON:
            text.write_ndjson(file)
        else:
            text.write_csv(file, separator=format_.delimiter)


def _refuse_other_columns(frame: pl.DataFrame, shape: Shape) -> None:
    strangers = [name for name in frame.columns if name not in shape.names]
    missing = [name for name in shape.required if name not in frame.columns]
    if strangers or missing:
        raise ValueError(f"{shape.name}: without {missing}, with unknown {strangers}")


@contextmanager
def _compressing(path: Path, compression: str | None) -> Iterator[IO[bytes]]:
    with path.open("wb") as file:
        match compression:
            case "gzip":
                # Neither name nor time in the header: the same table gives the same bytes.
                with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                    yield cast(BinaryIO, packed)
            case "zstd":
                with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as packed:
                    yield cast(BinaryIO, packed)
            case _:
                yield file
