"""The simplest ways to order a queue: what every world is measured with, so that its difficulty is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from ostrakon.analysis.tables import UNSPECIFIED
from ostrakon.worlds import cascade, demo, growth, variants
from ostrakon.worlds.benchmark import benchmark
from ostrakon.worlds.world import World

KEY = ["account", "policy"]

MAKERS: dict[str, Callable[[int], World]] = {
    "benchmark": lambda seed: benchmark(seed, ring_share=0.45, targets=3_000),
    "evading": lambda seed: variants.variant(seed, "evading", targets=3_000),
    "slow": lambda seed: variants.variant(seed, "slow", targets=3_000),
    "small-rings": lambda seed: variants.variant(seed, "small-rings", targets=3_000),
    "no-exposure": lambda seed: variants.variant(seed, "no-exposure", targets=3_000),
    **{f"cascade-{name}": (lambda seed, name=name: cascade.cascade(seed, name)) for name in cascade.VARIANTS},
    "demo": demo.demo,
    "growth": lambda seed: growth.growth(20_000, seed),
}


@cache
def made(name: str, seed: int = 0) -> World:
    """A world by its name in `MAKERS`, made once."""
    return MAKERS[name](seed)


@cache
def full_benchmark(ring_share: float, farming: bool = False, seed: int = 1) -> World:
    return benchmark(seed, ring_share=ring_share, farming=farming)


def with_policy(table: pl.DataFrame) -> pl.DataFrame:
    return table if "policy" in table.columns else table.with_columns(policy=pl.lit(UNSPECIFIED))


def counted(world: World) -> pl.DataFrame:
    """Count, share of fresh reporters and the fullest three hours of every reported (account, policy)."""
    reports = with_policy(world.reports).with_columns(
        activity=pl.len().over("reporter"), window=pl.col("reported_at").dt.truncate("3h")
    )
    peak = reports.group_by(*KEY, "window").len().group_by(KEY).agg(peak=pl.col("len").max())
    counts = reports.group_by(KEY).agg(
        count=pl.col("reporter").n_unique().cast(pl.Float64), fresh=(pl.col("activity") <= 2).mean()
    )
    return counts.join(peak, on=KEY).join(world.accounts, on="account").sort(KEY)


def by_views(world: World, pseudo: float = 200.0) -> pl.DataFrame:
    """The queue by reporters per view."""
    return counted(world).with_columns(rate=pl.col("count") / (pl.col("views") + pseudo))


def logistic(world: World) -> pl.DataFrame:
    """The queue by a logistic regression on five features, fitted on what was decided."""
    rows = counted(world)
    count, peak = rows["count"].to_numpy(), rows["peak"].to_numpy()
    features = [np.log1p(count), rows["fresh"].to_numpy(), peak / count, np.log1p(peak)]
    features.append(np.log1p(rows["views"].to_numpy()))
    table = StandardScaler().fit_transform(np.column_stack(features))
    known, upheld, weight = _labels(world, rows)
    model = LogisticRegression(C=0.5, max_iter=500).fit(table[known], upheld[known], weight[known])
    return rows.with_columns(probability=model.predict_proba(table)[:, 1])


def _labels(world: World, rows: pl.DataFrame) -> tuple[NDArray[np.bool_], ...]:
    """Which rows are decided, how, and one over the chance that they were."""
    key = KEY if "policy" in world.decisions.columns else ["account"]
    last = world.decisions.sort("decided_at").group_by(key).last()
    state = rows.join(last, on=key, how="left", maintain_order="left")
    known = state["outcome"].is_not_null().to_numpy()
    audit = (state["selection"] == "audit").fill_null(False).to_numpy()
    share = max(0.05, audit.sum() / (audit.sum() + (~known).sum()))
    return known, (state["outcome"] == "upheld").fill_null(False).to_numpy(), np.where(audit, 1 / share, 1.0)
