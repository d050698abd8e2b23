"""Rows of a query as a typed table, in pieces: no more than some of them are Python objects at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from django.db.models import QuerySet

from ostrakon.analysis.tables import Kind

ID, TEXT, TIME, NUMBER, INTEGER, COUNT = (
    kind.dtype for kind in (Kind.ID, Kind.TEXT, Kind.TIME, Kind.NUMBER, Kind.INTEGER, Kind.COUNT)
)
BATCH = 50_000
Columns = Mapping[str, pl.DataType]


def rows(found: QuerySet[Any, tuple[Any, ...]], columns: Columns) -> pl.DataFrame:
    """The whole of it, by the names and types that its columns have."""
    return pl.concat([pl.DataFrame(schema=dict(columns)), *pieces(found, columns)])


def pieces(found: QuerySet[Any, tuple[Any, ...]], columns: Columns) -> Iterator[pl.DataFrame]:
    """The same, some rows at a time."""
    for piece in _tuples(found):
        yield pl.DataFrame(piece, schema=dict(columns), orient="row")


def _tuples(found: QuerySet[Any, tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    piece: list[tuple[Any, ...]] = []
    for row in found.iterator(chunk_size=BATCH):
        piece.append(row)
        if len(piece) == BATCH:
            yield piece
            piece = []
    if piece:
        yield piece
