"""What people decided about each case, and how likely the case was to be chosen for a decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, ReportLog

OUTCOMES = ("upheld", "rejected", "overturned")


@dataclass(frozen=True)
class Verdicts:
    """The standing decision of every case. Shapes: C cases.

    ``overturned`` counts as not violating: a violation was found and later taken back.
    """

    outcome: NDArray[np.int8]
    """(C,) index into OUTCOMES, -1 where nobody has decided."""
    propensity: NDArray[np.float64]
    """(C,) probability with which the case was chosen for review, in (0, 1]; NaN where undecided."""
    propensity_estimated: int
    """How many of them were estimated, because the decision names none."""

    @property
    def decided(self) -> NDArray[np.bool_]:
        """(C,) whether a decision stands."""
        return self.outcome >= 0

    @property
    def violates(self) -> NDArray[np.float64]:
        """(C,) 1 where a violation stands, 0 where none does or nobody has decided."""
        return np.asarray(self.outcome == 0, np.float64)

    def names(self) -> pl.Series:
        """(C,) the standing outcome in the contract's words, null where undecided."""
        words = pl.Series([*OUTCOMES, None], dtype=pl.String)
        return words.gather(np.where(self.decided, self.outcome, len(OUTCOMES)))


def standing(log: ReportLog, decisions: pl.DataFrame | None) -> Verdicts:
    """The latest decision of each case by ``decided_at``, else the last row.

    A decision without policy speaks for the account in all its policies; one on an account that nobody reported
    is ignored. Rows without ``decided_at`` stand before all rows that have one.
    """
    if decisions is None or decisions.is_empty():
        nothing = np.full(log.cases, -1, np.int8)
        return Verdicts(nothing, np.full(log.cases, np.nan), 0)
    frame = decisions.with_row_index("row").with_columns(
        decided_at=_column(decisions, "decided_at", pl.Datetime("us", "UTC")),
        selection=_column(decisions, "selection", pl.String),
        propensity=_column(decisions, "propensity", pl.Float64),
        policy=_column(decisions, "policy", pl.String),
    )
    cases = pl.DataFrame(
        {
            "case": np.arange(log.cases, dtype=np.int64),
            "account": log.accounts.gather(log.case_account),
            "policy": log.policies.gather(log.case_policy),
        }
    )
    joined = pl.concat(
        [
            frame.filter(pl.col("policy").is_null()).drop("policy").join(cases.drop("policy"), on="account"),
            frame.filter(pl.col("policy").is_not_null()).join(cases, on=["account", "policy"]).drop("policy"),
        ],
        how="diagonal",
    )
    last = (
        joined.sort("case", "decided_at", "row", nulls_last=False)
        .group_by("case", maintain_order=True)
        .last()
    )
    case = last["case"].to_numpy()
    outcome = np.full(log.cases, -1, np.int8)
    outcome[case] = last["outcome"].replace_strict(OUTCOMES, range(3), return_dtype=pl.Int8).to_numpy()
    chosen = (
        joined.sort("case", "decided_at", "row", nulls_last=False)
        .group_by("case", maintain_order=True)
        .first()
    )
    stated = np.full(
        log.cases, np.nan
    )  # as the case came to be decided at first: a reversal was not drawn, it was appealed
    stated[case] = chosen["propensity"].fill_null(np.nan).to_numpy()
    audited = np.zeros(log.cases, np.bool_)
    audited[case] = (chosen["selection"] == "audit").fill_null(False).to_numpy()
    estimated = _estimated_propensity(log, outcome >= 0, audited)
    decided = outcome >= 0
    missing = decided & np.isnan(stated)
    propensity = np.where(missing, estimated, stated)
    return Verdicts(outcome, np.where(decided, propensity, np.nan), int(missing.sum()))


def folds(log: ReportLog, count: int, seed: int) -> Codes:
    """(C,) the fold of each case, drawn by its account's id: all cases of an account share one."""
    number = log.accounts.hash(seed).to_numpy() % np.uint64(count)
    return number.astype(np.int32)[log.case_account]


def _column(frame: pl.DataFrame, name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    return pl.col(name) if name in frame.columns else pl.lit(None, dtype=dtype)


def _estimated_propensity(
    log: ReportLog, decided: NDArray[np.bool_], audited: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Chance of being chosen: by the queue (which shows high report counts first) or by the random audit.

    The queue's part is the decided share among cases of like report count (about 50 groups of equal size in count
    order; cases of the same count are never parted); the audit's part is the share of audited cases among those
    that the queue did not take.
    """
    if not decided.any():
        return np.ones(log.cases)
    by_queue = decided & ~audited
    audit_share = audited.sum() / max(1, (~by_queue).sum())
    _, same, times = np.unique(-log.case_size, return_inverse=True, return_counts=True)
    place_in_queue = np.cumsum(times) - times / 2
    group = (place_in_queue * 50 / log.cases).astype(np.int64)[same]
    queue_share = (np.bincount(group, by_queue) / np.maximum(1, np.bincount(group)))[group]
    return np.asarray(np.clip(queue_share + (1 - queue_share) * audit_share, 1e-3, 1.0))
