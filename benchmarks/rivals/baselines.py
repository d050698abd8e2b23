"""Every baseline of the comparison: a world in, a score for every (account, policy) with a report out.

Each returns the columns account, policy, score and, where it claims one, probability (with probability_low and
probability_high where it also claims an interval). The label inference of crowd-kit is in ``crowd.py``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from rivals.coded import Floats, Log, Tables, inverse_propensity, read
from rivals.features import exposure, largest, mean, total, within
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Baseline = Callable[[Tables], pl.DataFrame]


def scored(log: Log, score: Floats, **columns: Floats) -> pl.DataFrame:
    """The rows of a log with their score."""
    return log.rows.with_columns(
        pl.Series("score", score), *(pl.Series(key, value) for key, value in columns.items())
    )


def count(world: Tables) -> pl.DataFrame:
    """Distinct reporters."""
    log = read(world)
    return scored(log, log.count.astype(float))


def count_per_view(world: Tables) -> pl.DataFrame:
    """Distinct reporters per view; an account whose views are unknown is taken to have the median."""
    log = read(world)
    views = _filled(exposure(log))
    return scored(log, log.count / (views + 200.0))


def discourse(world: Tables) -> pl.DataFrame:
    """Weights like those of Discourse: a reporter gains or loses with the share of decided flags that were agreed."""
    log = read(world)
    voice = log.label[log.row]
    decided = np.bincount(log.reporter, np.isfinite(voice), minlength=log.reporters)
    agreed = np.bincount(log.reporter, np.nan_to_num(voice), minlength=log.reporters)
    share = agreed / np.maximum(decided, 1)
    scale = 5.0 * np.log(np.maximum(decided, 1)) / np.log(4.0)
    bonus = np.where(share >= 0.7, scale * (share - 0.7) / 0.3, -scale * (0.7 - share) / 0.7)
    weight = np.maximum(0.0, 1.0 + np.where(decided > 5, bonus, 0.0))
    return scored(log, total(log, weight[log.reporter]))


def logistic_features(log: Log) -> Floats:
    """Count, views, fresh share and the largest burst of three hours: five columns."""
    reports = np.bincount(log.reporter, minlength=log.reporters)[log.reporter]
    burst = largest(log, within(log, 3.0).astype(float))
    fresh = mean(log, (reports <= 2).astype(float))
    views = np.log1p(_filled(exposure(log)))
    return np.column_stack([np.log1p(log.count), views, fresh, burst / log.count, np.log1p(burst)])


def logistic(world: Tables) -> pl.DataFrame:
    """Logistic regression on these five, weighted by inverse propensity."""
    log = read(world)
    rows = log.decided
    if len(np.unique(log.label[rows])) < 2:
        flat = np.full(len(log.rows), 0.5)
        return scored(log, flat, probability=flat)
    matrix = logistic_features(log)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=1000))
    model.fit(matrix[rows], log.label[rows], logisticregression__sample_weight=inverse_propensity(log)[rows])
    probability = model.predict_proba(matrix)[:, 1]
    return scored(log, probability, probability=probability)


def boosting(world: Tables) -> pl.DataFrame:
    """Bagged boosted trees on plain features: the baseline to pass."""
    from rivals.boosting import boost

    log = read(world)
    found = boost(log)
    return scored(
        log,
        found.probability,
        probability=found.probability,
        probability_low=found.low,
        probability_high=found.high,
    )


BASELINES: dict[str, Baseline] = {
    "count": count,
    "count per view": count_per_view,
    "Discourse weights": discourse,
    "logistic regression": logistic,
    "gradient boosting": boosting,
}
"""By the name under which a table shows them."""


def _filled(values: Floats) -> Floats:
    """Unknown values replaced by the median of the known ones."""
    known = np.isfinite(values)
    return np.where(known, values, np.median(values[known]) if known.any() else 1.0)
