"""What a run reads: everything up to a report, and the decisions that stood; each with its hash. Heavy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from ostrakon.analysis.log import Coder, ReportLog
from ostrakon.analysis.tables import UNSPECIFIED
from ostrakon.intake import frames


@dataclass(frozen=True)
class Inputs:
    """The tables of one run; ``sha256`` has a hash of each, by its name."""

    log: ReportLog
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


def read_inputs(last: int, decisions: pl.DataFrame, areas: pl.DataFrame) -> Inputs:
    """Everything up to the report ``last``.

    Args:
        last: the id of the last report to read.
        decisions: the typed table of the file contract.
        areas: policy, from_at, to_at (half-open, null = still): under which policies reports are dealt with, by when
            they were received. A report on any other is one on ``unspecified``.
    """
    coder, reports = Coder(), hashlib.sha256()
    for batch in frames.reports(last):
        read = under_areas(batch, areas)
        reports.update(_bytes(read))
        coder.add(read)
    accounts, reporters = frames.accounts(last), frames.reporters(last)
    return Inputs(
        coder.log(),
        decisions,
        accounts,
        reporters,
        {
            "reports": reports.hexdigest(),
            "decisions": sha256([decisions]),
            "accounts": sha256([accounts]),
            "reporters": sha256([reporters]),
        },
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
