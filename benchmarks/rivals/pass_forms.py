"""One pass over a report log in the forms that it is compared with: a bare gather, numpy, polars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray
from scipy.special import expit

PRIOR = -1.0
CHUNK = 5_000_000


@dataclass(frozen=True)
class PassLog:
    """Reports sorted by account, reporters and accounts as codes; a tenth and a twentieth as many as reports."""

    indptr: NDArray[np.int64]
    reporter: NDArray[np.int32]
    score: NDArray[np.float32]
    prior: NDArray[np.float64]

    @property
    def account(self) -> NDArray[np.int64]:
        """The account of each report."""
        return np.repeat(np.arange(len(self.prior)), np.diff(self.indptr))


def draw(reports: int, shape: str, seed: int = 0) -> PassLog:
    """A log of one shape.

    ``even``: every reporter and account is as likely as any other. ``skewed``: the chance falls with rank to the
    power of -3/4, for both. ``skewed by activity``: the same, reporters numbered by activity.
    """
    rng = np.random.default_rng(seed)
    reporters, accounts = reports // 10, reports // 20
    power = 1 if shape == "even" else 4
    names = rng.permutation(reporters).astype(np.int32) if shape == "skewed" else None
    reporter = np.empty(reports, np.int32)
    counts = np.zeros(accounts, np.int64)
    for start in range(0, reports, CHUNK):
        part = reporter[start : start + CHUNK]
        rank = (reporters * rng.random(len(part)) ** power).astype(np.int32)
        part[:] = rank if names is None else names[rank]
        counts += np.bincount(
            (accounts * rng.random(len(part)) ** power).astype(np.int64), minlength=accounts
        )
    rng.shuffle(counts)
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    score = rng.normal(0, 0.5, reporters).astype(np.float32)
    return PassLog(indptr, reporter, score, np.full(accounts, PRIOR))


@njit(nogil=True)
def _bare_gather(reporter, score):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(len(reporter)):
        total += score[reporter[i]]
    return total


def bare_gather(log: PassLog) -> float:
    """The least that any pass must do: read each report once and fetch its reporter's score.

    Unsigned codes and nothing else in the loop, so that it is as fast as such a loop gets here.
    """
    return float(_bare_gather(log.reporter.view(np.uint32), log.score))


def numpy_pass(log: PassLog, account: NDArray[np.int64], *, leave_one_out: bool) -> float:
    """The same pass by bincount; ``account`` is ``log.account``, made outside of the clock."""
    own = log.score[log.reporter]
    logit = log.prior + np.bincount(account, own, minlength=len(log.prior))
    learned = expit(logit[account] - own) if leave_one_out else expit(logit)[account]
    return float(np.bincount(log.reporter, learned, minlength=len(log.score)).sum())


def frames(log: PassLog) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The log as two tables: reports (account, reporter) and scores (reporter, score)."""
    account = pl.Series("account", log.account.astype(np.int32))
    reports = pl.DataFrame([account, pl.Series("reporter", log.reporter)])
    codes = np.arange(len(log.score), dtype=np.int32)
    return reports, pl.DataFrame({"reporter": codes, "score": log.score})


def polars_pass(reports: pl.DataFrame, scores: pl.DataFrame, *, leave_one_out: bool) -> float:
    """The same pass by joins and groups."""
    evidence = (
        reports.lazy()
        .join(scores.lazy(), on="reporter")
        .group_by("account")
        .agg(logit=pl.col("score").cast(pl.Float64).sum() + PRIOR)
    )
    joined = reports.lazy().join(evidence, on="account")
    own = pl.lit(0.0)
    if leave_one_out:
        joined, own = joined.join(scores.lazy(), on="reporter"), pl.col("score").cast(pl.Float64)
    learned = (1 / (1 + (own - pl.col("logit")).exp())).sum()
    credit = joined.group_by("reporter").agg(credit=learned).sort("reporter").collect()
    return float(credit["credit"].sum())
