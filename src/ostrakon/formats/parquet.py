"""Parquet as pieces of rows, in bounded memory and without a way through text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from ostrakon.analysis.tables import Kind, Shape
from ostrakon.errors import InputUnusable, UnreadableFile
from ostrakon.formats.checks import accepts
from ostrakon.formats.columns import own_names, require
from ostrakon.formats.pieces import Piece

PIECE_ROWS = 250_000


def pieces(path: Path, shape: Shape, columns: Mapping[str, str], name: str) -> Iterator[Piece]:
    """The rows of a Parquet file, numbered from 1; at least one piece, also of a file without rows.

    Memory is bounded by a few row groups of the file, not by the file. Only the columns of the contract are
    read, so a rejected row is shown with these, under the file's names.

    Raises:
        UnreadableFile: damaged or cut off.
        NoSuchColumn: a required or a mapped column is absent.
        InputUnusable: a column has a type that cannot be read as what it should be.
    """
    with _parquet_of(name):
        scan = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        schema = scan.collect_schema()
    own = own_names(shape, columns)
    require([own[key] for key in dict.fromkeys((*shape.required, *columns))], schema.names(), shape, name)
    wanted = {key: value for key, value in own.items() if value in schema}
    _refuse_types(shape, wanted, schema, name)
    unknown = tuple(key for key in schema if key not in wanted.values())
    used = list(dict.fromkeys(wanted.values()))
    yield _piece(schema.to_frame().select(used), wanted, 1, unknown)
    line = 1
    with _parquet_of(name):
        # Batches rather than slices of the scan: a slice decodes its whole row group anew, which takes five
        # times as long where row groups are larger than the slices.
        for batch in scan.select(used).collect_batches(chunk_size=PIECE_ROWS, maintain_order=True, lazy=True):
            yield _piece(batch, wanted, line, unknown)
            line += batch.height


@contextmanager
def _parquet_of(name: str) -> Iterator[None]:
    # A PanicException derives from BaseException alone: some damaged files make the reader panic.
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, UnicodeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnreadableFile(
            f"{name}: its Parquet data are damaged or cut off ({reason}); copy or export it again"
        ) from None


def _refuse_types(shape: Shape, wanted: Mapping[str, str], schema: pl.Schema, name: str) -> None:
    for key, own in wanted.items():
        kind, dtype = shape[key].kind, schema[own]
        if not accepts(kind, dtype):
            advice = "a float has lost digits of an id; " if kind is Kind.ID and dtype.is_float() else ""
            raise InputUnusable(
                f"{name}: the column {own!r} holds {dtype}, which cannot be read as {kind.value}; "
                f"{advice}write the column as text"
            )


def _piece(batch: pl.DataFrame, wanted: Mapping[str, str], line: int, unknown: tuple[str, ...]) -> Piece:
    lines = pl.int_range(line, line + batch.height, dtype=pl.Int64(), eager=True).alias("line")
    cells = batch.select(pl.col(own).alias(key) for key, own in wanted.items())
    return Piece(cells, lines, _rows(batch), unknown=unknown)


def _rows(batch: pl.DataFrame) -> Callable[[Sequence[int]], list[str]]:
    def rows(positions: Sequence[int]) -> list[str]:
        some = batch[list(positions)]
        # JSON has no NaN and no infinity; as text they are still seen.
        odd = [key for key in some.columns if some[key].dtype.is_float() and not some[key].is_finite().all()]
        some = some.with_columns(pl.col(odd).cast(pl.String()))
        return some.select(pl.struct(pl.all()).struct.json_encode()).to_series().to_list()

    return rows
