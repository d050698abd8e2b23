"""What a file's columns are, before it is read: their names, and which of them hold numbers only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import polars as pl

from ostrakon.analysis.tables import Column, Kind, Shape
from ostrakon.errors import UnreadableFile
from ostrakon.formats.checks import NUMBER
from ostrakon.formats.pieces import Piece
from ostrakon.formats.reading import pieces_of
from ostrakon.formats.recognise import Format
from ostrakon.formats.source import opened

LOOKED_AT = 2
"""Pieces that are looked at for the names of columns: the header, and what comes first."""


def columns_of(path: Path) -> tuple[str, ...]:
    """The names of a file's columns, in its order (NDJSON: of its first rows).

    Raises:
        UnreadableFile: the file is missing, empty, or in no known format; or a pipe, which can be read only once.
    """
    with _pieces(path, Shape("any", ())) as (_, pieces):
        names: dict[str, None] = {}
        for piece in islice(pieces, LOOKED_AT):
            names |= dict.fromkeys(piece.unknown)
        return tuple(names)


def number_columns(path: Path, names: Sequence[str]) -> tuple[str, ...]:
    """Those of the named columns in which every cell that is not empty is a number; reads the whole file.

    Raises:
        UnreadableFile: as ``columns_of``.
    """
    with _pieces(path, Shape("any", ())) as (format_, _):
        is_parquet = format_ is Format.PARQUET
    if is_parquet:
        schema = pl.read_parquet_schema(path)
        return tuple(name for name in names if schema[name].is_numeric())
    left = dict.fromkeys(names)
    with _pieces(path, Shape("any", tuple(Column(name, Kind.TEXT) for name in names))) as (_, pieces):
        for piece in pieces:
            for name in [
                one for one in left if one in piece.cells.columns and not _are_numbers(piece.cells[one])
            ]:
                del left[name]
    return tuple(left)


def _are_numbers(cells: pl.Series) -> bool:
    texts = cells.cast(pl.String).drop_nulls()
    return bool(texts.set(texts == "", "0").str.contains(NUMBER).all())


@contextmanager
def _pieces(path: Path, shape: Shape) -> Iterator[tuple[Format, Iterator[Piece]]]:
    path = Path(path)
    if path.is_fifo():
        raise UnreadableFile(f"{path} is a pipe, and this file is read twice: save it first")
    with opened(path) as source:
        yield pieces_of(source, shape, {})
