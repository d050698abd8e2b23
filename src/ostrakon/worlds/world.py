"""A world: the tables of the file contract, and the truth that no scorer may look at."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

TRUTH: dict[str, pl.DataType] = {
    "account": pl.String(),
    "policy": pl.String(),
    "violates": pl.Boolean(),
    "kind": pl.String(),
}
"""What each (account, policy) really is."""

REPORTER_TRUTH: dict[str, pl.DataType] = {"reporter": pl.String(), "group": pl.String()}
"""What each reporter really is: ``honest``, ``sloppy``, ``ring-1``, ``throwaway`` and so on."""


@dataclass(frozen=True)
class World:
    """What a platform would hold, as typed tables, and beside it what only its maker knows."""

    name: str
    seed: int
    reports: pl.DataFrame
    decisions: pl.DataFrame
    accounts: pl.DataFrame
    reporters: pl.DataFrame
    truth: pl.DataFrame
    """Columns of :data:`TRUTH`: one row for every (account, policy), reported or not."""
    reporter_truth: pl.DataFrame
    """Columns of :data:`REPORTER_TRUTH`: one row for every reporter."""
