"""``rejected.csv``: every row that was not used, as it was, with its file, its line and why."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from ostrakon.analysis.tables import REJECTED

ROW_LIMIT = 1 << 20
"""Characters of a row that are written in full."""

CUT_TO = 1000
"""Characters that are left of a longer one."""


class Rejected:
    """Writes ``rejected.csv`` row by row, so that a file full of bad rows needs no memory.

    Cells are quoted where CSV needs it and otherwise written as they are: with an apostrophe before a leading
    ``=``, as spreadsheets want it, a row would no longer be as it was.
    """

    def __init__(self, path: Path) -> None:
        self.counts: Counter[str] = Counter()
        """Rows by kind of problem: what stands before the first ``: `` of the problem."""
        self._file = path.open("w", encoding="utf-8", newline="")
        # CRLF, as RFC 4180 has it. It also makes the csv module of Python 3.11 quote a lone CR.
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._writer.writerow(REJECTED.names)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, file: str, line: int, problem: str, row: str) -> None:
        """Writes one row; ``problem`` is ``kind`` or ``kind: detail``."""
        self.counts[problem.split(": ", 1)[0]] += 1
        self._writer.writerow((file, line, problem, _cut(row)))

    def add_frame(self, frame: pl.DataFrame) -> None:
        """Writes rows of the shape ``tables.REJECTED``, in their order."""
        for row in frame.select(REJECTED.names).iter_rows():
            self.add(*row)

    @property
    def total(self) -> int:
        """Rows written so far."""
        return self.counts.total()


def _cut(row: str) -> str:
    if len(row) <= ROW_LIMIT:
        return row
    return f"{row[:CUT_TO]} [cut here: the row has {len(row)} characters]"
