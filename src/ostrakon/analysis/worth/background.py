"""What is known of accounts and reporters besides the reports: exposure, ages, who invited whom.

Deliberately absent: language, religion, origin, opinion. No column of that kind is read here or anywhere above.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, ReportLog

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Background:
    """Facts by code; NaN (or -1) where unknown. Shapes: C cases, R reporters."""

    exposure: Floats
    """(C,) views of the account, else its followers: how many could have reported it."""
    made_at: Floats
    """(C,) when the account was created, seconds since 1970 UTC."""
    reporter_made_at: Floats
    """(R,) when the reporter's account was created."""
    inviter: Codes
    """(R,) who invited the reporter, as a code; -1 unknown."""


def background(
    log: ReportLog, accounts: pl.DataFrame | None = None, reporters: pl.DataFrame | None = None
) -> Background:
    """Look up what the typed tables ``accounts`` and ``reporters`` say; both may be absent."""
    account = _facts(log.accounts, accounts, "account")
    reporter = _facts(log.reporters, reporters, "reporter")
    views, followers = _numbers(account, "views"), _numbers(account, "followers")
    inviter = (
        reporter["invited_by"]
        if "invited_by" in reporter.columns
        else pl.Series([None] * reporter.height, dtype=pl.String)
    )
    return Background(
        exposure=np.where(np.isnan(views), followers, views)[log.case_account],
        made_at=_seconds(account)[log.case_account],
        reporter_made_at=_seconds(reporter),
        inviter=(inviter.rank("dense").cast(pl.Int32) - 1).fill_null(-1).to_numpy(),
    )


def _facts(ids: pl.Series, table: pl.DataFrame | None, key: str) -> pl.DataFrame:
    frame = pl.DataFrame({key: ids})
    return frame if table is None else frame.join(table, on=key, how="left", maintain_order="left")


def _numbers(facts: pl.DataFrame, name: str) -> Floats:
    if name not in facts.columns:
        return np.full(facts.height, np.nan)
    return facts[name].cast(pl.Float64).fill_null(np.nan).to_numpy()


def _seconds(facts: pl.DataFrame) -> Floats:
    if "created_at" not in facts.columns:
        return np.full(facts.height, np.nan)
    return facts["created_at"].dt.epoch("s").cast(pl.Float64).fill_null(np.nan).to_numpy()
