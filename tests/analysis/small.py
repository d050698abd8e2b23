"""Small tables for tests, written as rows of words; Alice reports, Bram reviews, Mallory violates, Chidi is wronged.

A row's words are its columns in order; ``-`` is an unknown cell, later columns may be left out. Times are hours (of
reports: since the START), so that ``"alice mallory 1.5"`` is a report by Alice on Mallory ninety minutes in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import ReportLog, report_log
from ostrakon.analysis.tables import ACCOUNTS, DECISIONS, REPORTERS, REPORTS, Kind, Shape
from ostrakon.analysis.worth.background import background
from ostrakon.analysis.worth.scene import Scene, scene

START = datetime(2026, 1, 1, tzinfo=UTC)
START_S = int(START.timestamp())
HOUR_S = 3600


def reports(*rows: str) -> pl.DataFrame:
    """Typed reports: reporter, account, hour, policy, source."""
    return _table(REPORTS, ("reporter", "account", "reported_at", "policy", "source"), rows)


def decisions(*rows: str) -> pl.DataFrame:
    """Typed decisions: account, outcome, hour, policy, selection, propensity."""
    return _table(DECISIONS, ("account", "outcome", "decided_at", "policy", "selection", "propensity"), rows)


def accounts(*rows: str) -> pl.DataFrame:
    """Typed accounts: account, views, followers, hour of creation, language."""
    return _table(ACCOUNTS, ("account", "views", "followers", "created_at", "language"), rows)


def reporters(*rows: str) -> pl.DataFrame:
    """Typed reporters: reporter, hour of creation, who invited."""
    return _table(REPORTERS, ("reporter", "created_at", "invited_by"), rows)


def log_of(*rows: str) -> ReportLog:
    """The log of such reports."""
    return report_log(reports(*rows))


def scene_of(
    table: pl.DataFrame,
    accounts: pl.DataFrame | None = None,
    reporters: pl.DataFrame | None = None,
    groups: NDArray[np.int32] | None = None,
) -> Scene:
    """The scene of a table of reports."""
    log = report_log(table)
    return scene(log, background(log, accounts, reporters), groups)


def case_of(log: ReportLog, account: str, policy: str | None = None) -> int:
    """The case of an account (and policy, where it has several)."""
    found = [
        case
        for case in range(log.cases)
        if log.accounts[int(log.case_account[case])] == account
        and policy in (None, log.policies[int(log.case_policy[case])])
    ]
    (case,) = found
    return case


def reporter_of(log: ReportLog, name: str) -> int:
    """The code of a reporter."""
    return log.reporters.to_list().index(name)


def hours(log: ReportLog) -> list[float]:
    """When each voice spoke, in hours since the START."""
    return [float(second - START_S) / HOUR_S for second in log.at]


def _table(shape: Shape, names: Sequence[str], rows: Sequence[str]) -> pl.DataFrame:
    cells = [row.split() for row in rows]
    width = max([len(row) for row in cells], default=len(names))
    columns = {}
    for place, name in enumerate(names[:width]):
        words = [row[place] if place < len(row) and row[place] != "-" else None for row in cells]
        kind = shape[name].kind
        columns[name] = pl.Series([_cell(word, kind) for word in words], dtype=kind.dtype)
    return pl.DataFrame(columns)


def _cell(word: str | None, kind: Kind) -> object:
    if word is None:
        return None
    if kind is Kind.TIME:
        return START + timedelta(hours=float(word))
    return float(word) if kind in (Kind.COUNT, Kind.SHARE) else word
