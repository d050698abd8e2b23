"""Reading a file of the contract: whatever its format, typed batches come out and bad rows are set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from tempfile import NamedTemporaryFile

import polars as pl

from ostrakon.analysis.tables import Shape
from ostrakon.formats import delimited, ndjson, parquet
from ostrakon.formats.checks import check
from ostrakon.formats.columns import own_names
from ostrakon.formats.lines import whole_lines
from ostrakon.formats.pieces import Piece
from ostrakon.formats.recognise import Format, of_content
from ostrakon.formats.rejected import Rejected
from ostrakon.formats.repeats import Repeats, key_of
from ostrakon.formats.source import Source, opened, readable

BATCH_BYTES = 128 << 20
"""A batch ends here even if it has not its rows yet: long texts must not fill the memory."""

IGNORED_LIMIT = 1000
"""Names of ignored columns that are kept: NDJSON may bring new ones with every row."""


@dataclass(frozen=True)
class Facts:
    """What was found in a file, for the summary."""

    file: str
    format: str
    """csv, tsv, ndjson or parquet."""
    compression: str | None
    """gzip, zstd or None."""
    sha256: str
    """Of the file as it lies on disk."""
    rows: int
    """Rows read, without header and blank lines; ``used + rejected``."""
    used: int
    rejected: int
    times_without_zone: int
    """In the rows used; read as UTC."""
    impossible_times: int
    """Creation times in the rows used that are before 1990 or in the future; read as unknown."""
    ignored: tuple[str, ...]
    """Columns that the contract does not have, in the order of the file (NDJSON: as they turned up)."""


class Reading:
    """One pass over a file. Iterate once for the batches, then ask for the facts."""

    def __init__(
        self,
        path: Path,
        shape: Shape,
        columns: Mapping[str, str],
        rejected: Rejected,
        latest: datetime | None,
        batch_rows: int,
    ) -> None:
        self._path, self._shape, self._columns = path, shape, columns
        self._rejected, self._latest, self._batch_rows = rejected, latest, batch_rows
        self._has_begun = False
        self._facts: Facts | None = None

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Typed tables of at most ``batch_rows`` rows (about), in file order; at least one, perhaps empty.

        Raises:
            UnreadableFile, NoSuchColumn, InputUnusable: the file cannot be used. Batches that came before are
                a part of it only; throw them away.
        """
        if self._has_begun:
            raise RuntimeError("a reading is one pass over the file: call formats.read again")
        self._has_begun = True
        return self._batches()

    @property
    def facts(self) -> Facts:
        """What was found; only after the last batch."""
        if self._facts is None:
            raise RuntimeError("the facts are known when all batches were read")
        return self._facts

    def table(self) -> pl.DataFrame:
        """The whole file as one typed table; for the files that fit."""
        return pl.concat(list(self), how="diagonal")

    def _batches(self) -> Iterator[pl.DataFrame]:
        tally = _Tally(self._shape, self._rejected, self._latest)
        with opened(self._path) as source:
            format_, pieces = pieces_of(source, self._shape, self._columns)
            tables = (tally.used(piece, source.name) for piece in pieces)
            yield from _batched(tables, self._batch_rows)
            self._facts = Facts(
                file=source.name,
                format=format_.value,
                compression=source.compression,
                sha256=source.sha256(),
                rows=tally.rows_used + tally.rows_rejected,
                used=tally.rows_used,
                rejected=tally.rows_rejected,
                times_without_zone=tally.without_zone,
                impossible_times=tally.impossible,
                ignored=tuple(tally.ignored),
            )


def read(
    path: Path,
    shape: Shape,
    *,
    columns: Mapping[str, str] | None = None,
    rejected: Rejected,
    latest: datetime | None,
    batch_rows: int = 1_000_000,
) -> Reading:
    """Reads CSV, TSV, NDJSON or Parquet (text also within gzip or zstd) as typed tables of ``shape``.

    Args:
        columns: contract name -> the file's own name, where they differ.
        rejected: takes every row that is not used.
        latest: aware; later times are impossible. None = no limit.
        batch_rows: rows of a batch; memory is bounded by it, not by the file.
    Returns:
        An iterable of batches. A column that an NDJSON file first names late is in the later batches only.
    Raises:
        UnreadableFile: the file is missing, empty, a folder, or may not be read. What is found wrong further
            on is raised while iterating.
        NoSuchColumn: ``columns`` names a column that the contract does not have.
        ValueError: ``latest`` is naive, or ``batch_rows`` is not positive.
    """
    if latest is not None and latest.tzinfo is None:
        raise ValueError("latest must have a time zone")
    if batch_rows < 1:
        raise ValueError("batch_rows must be positive")
    path, columns = Path(path), dict(columns or {})
    own_names(shape, columns)
    if not path.is_fifo():  # opening a pipe a second time would wait for a second writer
        with opened(path):
            pass
    return Reading(path, shape, columns, rejected, latest, batch_rows)


class _Tally:
    """What a reading counts on its way, piece by piece."""

    def __init__(self, shape: Shape, rejected: Rejected, latest: datetime | None) -> None:
        self._shape, self._rejected, self._latest = shape, rejected, latest
        self._repeats = Repeats()
        self.rows_used = self.rows_rejected = self.without_zone = self.impossible = 0
        self.ignored: dict[str, None] = {}

    def used(self, piece: Piece, file: str) -> pl.DataFrame:
        """The typed rows of a piece that can be used; the others go to ``rejected``."""
        checked = check(piece.cells, self._shape, self._latest)
        problems = self._with_repeats(checked.table, checked.problems)
        is_good = problems.is_null()
        table = checked.table if is_good.all() else checked.table.filter(is_good)
        self._reject(piece, problems, file)
        self.rows_used += table.height
        self.without_zone += int(checked.without_zone.filter(is_good).sum())
        self.impossible += int(checked.impossible.filter(is_good).sum())
        for name in piece.unknown:
            if len(self.ignored) < IGNORED_LIMIT:
                self.ignored.setdefault(name)
        return table

    def _with_repeats(self, table: pl.DataFrame, problems: pl.Series) -> pl.Series:
        """Only rows without another problem are asked, so that a bad row does not shut out the good one."""
        key = key_of(self._shape)
        if key is None or key[0] not in table.columns:
            return problems
        name, problem = key
        is_good = problems.is_null()
        ids = table[name].set(~is_good, None)
        is_repeat = ~self._repeats.is_new(ids) & is_good
        if not is_repeat.any():
            return problems
        detail = (
            pl.DataFrame({"id": ids}).select(pl.lit(f"{problem}: ") + pl.col("id").str.head(80)).to_series()
        )
        return problems.zip_with(~is_repeat, detail)

    def _reject(self, piece: Piece, problems: pl.Series, file: str) -> None:
        positions = problems.is_not_null().arg_true()
        self.rows_rejected += len(positions) + len(piece.bad)
        if not len(positions) and not piece.bad:
            return
        found = zip(
            piece.lines.gather(positions),
            problems.gather(positions),
            piece.rows(positions.to_list()),
            strict=True,
        )
        bad = ((row.line, row.problem, row.row) for row in piece.bad)
        for line, problem, row in sorted(chain(bad, found)):
            self._rejected.add(file, line, problem, row)


def pieces_of(source: Source, shape: Shape, columns: Mapping[str, str]) -> tuple[Format, Iterator[Piece]]:
    """An open file's format and its rows, unchecked."""
    blocks = source.blocks()
    head = next(blocks, b"")
    format_ = of_content(head, source.path, source.name)
    stream = chain([head], blocks)
    if format_ is Format.PARQUET:
        return format_, _parquet_pieces(source, stream, shape, columns)
    lines = whole_lines(stream, source.name)
    if format_ is Format.NDJSON:
        return format_, ndjson.pieces(lines, shape, columns, source.name)
    return format_, delimited.pieces(lines, shape, columns, format_.delimiter, source.name)


def _parquet_pieces(
    source: Source, stream: Iterable[bytes], shape: Shape, columns: Mapping[str, str]
) -> Iterator[Piece]:
    """Parquet is read from its end: what is compressed, or a pipe, goes into a temporary file first."""
    if source.compression is None and source.path.is_file():
        yield from parquet.pieces(source.path, shape, columns, source.name)
        return
    with _spooled(stream, source.name) as path:
        yield from parquet.pieces(path, shape, columns, source.name)


@contextmanager
def _spooled(stream: Iterable[bytes], name: str) -> Iterator[Path]:
    with ExitStack() as stack:
        with readable(f"{name} (unpacked into a temporary file)"):
            file = stack.enter_context(NamedTemporaryFile(prefix="ostrakon-", suffix=".parquet"))
            for block in stream:
                file.write(block)
            file.flush()
        yield Path(file.name)


def _batched(tables: Iterable[pl.DataFrame], batch_rows: int) -> Iterator[pl.DataFrame]:
    """Tables of about ``batch_rows`` rows or ``BATCH_BYTES``, whichever comes first."""
    waiting: list[pl.DataFrame] = []
    rows = size = yielded = 0
    for table in tables:
        waiting.append(table)
        rows, size = rows + table.height, size + int(table.estimated_size())
        while rows >= batch_rows or (rows and size >= BATCH_BYTES):
            whole = pl.concat(waiting, how="diagonal")
            yield whole.head(batch_rows)
            yielded += 1
            rest = whole.slice(batch_rows)
            waiting, rows, size = [rest], rest.height, int(rest.estimated_size())
    if rows or not yielded:
        yield pl.concat(waiting, how="diagonal")
