"""What the readers of the formats hand on: some rows of a file, not yet typed, with what they looked like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Bad:
    """A row that could not even be taken apart."""

    line: int
    problem: str
    """``kind: detail``, as everywhere: what stands before the colon is counted."""
    row: str


@dataclass(frozen=True)
class Piece:
    """Some rows in file order."""

    cells: pl.DataFrame
    """The contract's columns that the file has, under the contract's names; an empty text is unknown."""
    lines: pl.Series
    """Int64: the line on which each row begins, from 1."""
    rows: Callable[[Sequence[int]], list[str]]
    """The rows as they stand in the file, by position in ``cells``. Asked for only what is rejected."""
    bad: tuple[Bad, ...] = ()
    unknown: tuple[str, ...] = ()
    """Names of columns seen here that the contract does not have."""
