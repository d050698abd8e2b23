"""A world's tables as integer-coded arrays: what every baseline starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.tables import UNSPECIFIED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SMALLEST_PROPENSITY = 0.05
"""Inverse propensities are cut off here: one lucky audit must not outvote twenty decisions."""


class Tables(Protocol):
    """The part of a world that a scorer may look at."""

    @property
    def reports(self) -> pl.DataFrame: ...
    @property
    def decisions(self) -> pl.DataFrame: ...
    @property
    def accounts(self) -> pl.DataFrame: ...
    @property
    def reporters(self) -> pl.DataFrame: ...


@dataclass(frozen=True)
class Log:
    """Rows are (account, policy) with a report; voices are their distinct reporters, sorted by row and time."""

    rows: pl.DataFrame
    """Columns account and policy; every per-row array is in its order."""
    account: Ints
    """Per row: code of the account."""
    policy: Ints
    repeats: Floats
    """Per row: reports beyond the first of each reporter."""
    views: Floats
    followers: Floats
    created: Floats
    """Per row: hour in which the account was made. NaN is unknown, here and everywhere."""
    label: Floats
    """Per row: 1 upheld, 0 rejected or overturned, NaN undecided."""
    propensity: Floats
    """Per row: the chance with which a row like this one was chosen for review."""
    row: Ints
    """Per voice."""
    reporter: Ints
    hour: Floats
    starts: Ints
    """First voice of each row, and the number of voices at the end."""
    reporter_created: Floats
    inviter: Ints
    """Per reporter: code of the inviter, -1 where unknown."""

    @property
    def count(self) -> Ints:
        """Distinct reporters of each row."""
        return np.diff(self.starts)

    @property
    def reporters(self) -> int:
        """Number of reporters."""
        return len(self.reporter_created)

    @property
    def decided(self) -> Ints:
        """The rows with a standing decision."""
        return np.flatnonzero(np.isfinite(self.label))


def read(world: Tables) -> Log:
    """The coded form of a world."""
    voices = _voices(world.reports)
    rows = voices.group_by("account", "policy").agg(pl.col("repeats").sum()).sort("account", "policy")
    rows = rows.with_columns(pl.col("account").rank("dense").cast(pl.Int64).alias("code") - 1).with_row_index(
        "row"
    )
    ids = voices.select("reporter").unique().sort("reporter").with_row_index("code")
    voices = (
        voices.join(rows.select("row", "account", "policy"), on=["account", "policy"])
        .join(ids, on="reporter")
        .sort("row", "reported_at", "code")
    )
    facts = rows.join(_known(world.accounts, "account"), on="account", how="left", maintain_order="left")
    people = ids.join(_known(world.reporters, "reporter"), on="reporter", how="left", maintain_order="left")
    decided = standing(rows.select("account", "policy"), world.decisions)
    counts = np.bincount(voices["row"].to_numpy(), minlength=rows.height)
    return Log(
        rows=rows.select("account", "policy"),
        account=rows["code"].to_numpy().astype(np.int64),
        policy=(rows["policy"].rank("dense").cast(pl.Int64) - 1).to_numpy(),
        repeats=rows["repeats"].to_numpy().astype(np.float64),
        views=_floats(facts, "views"),
        followers=_floats(facts, "followers"),
        created=_hours(facts, "created_at"),
        label=_floats(decided, "label"),
        propensity=propensity(counts.astype(np.float64), decided),
        row=voices["row"].to_numpy().astype(np.int64),
        reporter=voices["code"].to_numpy().astype(np.int64),
        hour=_hours(voices, "reported_at"),
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        reporter_created=_hours(people, "created_at"),
        inviter=_codes(people, "invited_by"),
    )


def standing(rows: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """For each row the latest decision that speaks for it: label, selection and propensity, null where none does."""
    wanted = {"policy": pl.String(), "decided_at": pl.Datetime("us", "UTC"), "selection": pl.String()}
    missing = [
        pl.lit(None, kind).alias(name) for name, kind in wanted.items() if name not in decisions.columns
    ]
    if "propensity" not in decisions.columns:
        missing.append(pl.lit(None, pl.Float64).alias("propensity"))
    full = decisions.with_columns(missing).with_row_index("place")
    full = full.with_columns((pl.col("outcome") == "upheld").cast(pl.Float64).alias("label"))
    numbered = rows.with_row_index("row")
    named = numbered.join(full.filter(pl.col("policy").is_not_null()), on=["account", "policy"])
    general = numbered.join(full.filter(pl.col("policy").is_null()).drop("policy"), on="account")
    columns = ["row", "label", "selection", "propensity", "decided_at", "place"]
    last = (
        pl.concat([named.select(columns), general.select(columns)])
        .sort("decided_at", "place", nulls_last=False)
        .unique("row", keep="last")
    )
    return numbered.join(last, on="row", how="left", maintain_order="left")


def propensity(counts: Floats, decided: pl.DataFrame) -> Floats:
    """Each row's chance of review: as written down, else a random share plus what the queue showed by count.

    The queue is taken to go by count: a row's chance is the share of the rows with as many reporters that it
    reviewed, smoothed over neighbours in that order. Audits are a random share of what the queue left over.
    """
    chosen = np.isfinite(_floats(decided, "label"))
    audit = chosen & (decided["selection"] == "audit").fill_null(False).to_numpy()
    queue = chosen & ~audit
    audit_share = audit.sum() / max(1, len(chosen) - queue.sum())
    known = _floats(decided, "propensity")
    estimate = _by_count(counts, queue)
    return np.where(np.isfinite(known), known, estimate + (1 - estimate) * audit_share)


def inverse_propensity(log: Log) -> Floats:
    """Weight of each row in a fit, cut off."""
    return 1.0 / np.maximum(log.propensity, SMALLEST_PROPENSITY)


def _by_count(counts: Floats, queue: NDArray[np.bool_]) -> Floats:
    """A rising fit of "reviewed through the queue" on the number of reporters."""
    from sklearn.isotonic import IsotonicRegression

    fit = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    return np.asarray(fit.fit(counts, queue.astype(np.float64)).predict(counts), np.float64)


def _voices(reports: pl.DataFrame) -> pl.DataFrame:
    """One row for each reporter of an (account, policy): the first report, and how often it was repeated."""
    policy = pl.col("policy").fill_null(UNSPECIFIED) if "policy" in reports.columns else pl.lit(UNSPECIFIED)
    return (
        reports.with_columns(policy.alias("policy"))
        .group_by("reporter", "account", "policy")
        .agg(pl.col("reported_at").min(), (pl.len() - 1).alias("repeats"))
    )


def _known(table: pl.DataFrame, key: str) -> pl.DataFrame:
    return table.unique(key, keep="last")


def _floats(table: pl.DataFrame, name: str) -> Floats:
    if name not in table.columns:
        return np.full(table.height, np.nan)
    return table[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _hours(table: pl.DataFrame, name: str) -> Floats:
    if name not in table.columns:
        return np.full(table.height, np.nan)
    return _floats(table.select(pl.col(name).dt.epoch("s")), name) / 3600.0


def _codes(table: pl.DataFrame, name: str) -> Ints:
    if name not in table.columns:
        return np.full(table.height, -1, np.int64)
    return (table[name].rank("dense").cast(pl.Int64) - 1).fill_null(-1).to_numpy()
