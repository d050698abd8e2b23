"""What a run reads: everything up to a report, and the decisions that stood; each with its hash. Heavy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from ostrakon.analysis.log import Coder, ReportLog
from ostrakon.analysis.tables import UNSPECIFIED
from ostrakon.intake import frames

SET_ASIDE = ("account", "policy", "reporter")
"""Columns of what is set aside: one row says whose reports on which account under which policy do not count."""


@dataclass(frozen=True)
class Inputs:
    """The tables of one run; ``sha256`` has a hash of each, by its name."""

    log: ReportLog
    """All reports: campaigns are looked for in these, also in those that were set aside."""
    counted: ReportLog
    """Without those that were set aside: these are weighed."""
    decisions: pl.DataFrame
    accounts: pl.DataFrame
    reporters: pl.DataFrame
    sha256: dict[str, str]

    @property
    def all_sha256(self) -> str:
        """One hash of all tables."""
        return hashlib.sha256(
            "".join(f"{n}:{h};" for n, h in sorted(self.sha256.items())).encode()
        ).hexdigest()


def read_inputs(last: int, decisions: pl.DataFrame, areas: pl.DataFrame, set_aside: pl.DataFrame) -> Inputs:
    """Everything up to the report ``last``.

    Args:
        last: the id of the last report to read.
        decisions: the typed table of the file contract.
        areas: policy, from_at, to_at (half-open, null = still): under which policies reports are dealt with, by when
            they were received. A report on any other is one on ``unspecified``.
        set_aside: account, policy, reporter: whose reports on what do not count.
    """
    everything, kept, reports = Coder(), Coder(texts=False), hashlib.sha256()
    is_any_set_aside = not set_aside.is_empty()
    for batch in frames.reports(last):
        read = under_areas(batch, areas)
        reports.update(_bytes(read))
        everything.add(read)
        if is_any_set_aside:
            kept.add(read.join(set_aside, on=SET_ASIDE, how="anti", maintain_order="left"))
    accounts, reporters, log = frames.accounts(last), frames.reporters(last), everything.log()
    tables = {"decisions": decisions, "accounts": accounts, "reporters": reporters, "set_aside": set_aside}
    return Inputs(
        log,
        kept.log() if is_any_set_aside else log,
        decisions,
        accounts,
        reporters,
        {"reports": reports.hexdigest(), **{name: sha256([table]) for name, table in tables.items()}},
    )


def under_areas(reports: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """The reports with the policy under which each is dealt with; without ``received_at``."""
    joined = reports.join(areas, on="policy", how="left", maintain_order="left")
    holds = (pl.col("received_at") >= pl.col("from_at")) & (
        pl.col("to_at").is_null() | (pl.col("received_at") < pl.col("to_at"))
    )
    policy = pl.when(holds).then("policy").otherwise(pl.lit(UNSPECIFIED))
    return joined.with_columns(policy=policy).drop("from_at", "to_at", "received_at")


def sha256(tables: Iterable[pl.DataFrame]) -> str:
    """Of the cells of some tables, row by row."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(_bytes(table))
    return digest.hexdigest()


def _bytes(table: pl.DataFrame) -> bytes:
    """As CSV, which is the same whatever the batches are."""
    return table.write_csv(include_header=False).encode()
