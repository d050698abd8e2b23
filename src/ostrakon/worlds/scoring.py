"""How good is a queue against the truth? Nothing here may be used to make a queue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ostrakon.analysis.calibration import bins, calibration_error
from ostrakon.worlds.draws import Floats
from ostrakon.worlds.moderation import Bools
from ostrakon.worlds.world import World

RECALL = 0.8
"""The share of the violators that the selection must find before its cost is counted."""


@dataclass(frozen=True)
class Coverage:
    """Whether intervals keep their promise, and what that costs in width."""

    share: float
    """Share of the rows whose interval is right."""
    width: float
    """Mean width of the intervals."""


@dataclass(frozen=True)
class Score:
    """The figures by which queues are compared, on undecided rows only."""

    rows: int
    violators: int
    average_precision: float
    wrong: float
    """Share of the innocent among the rows selected at recall .8."""
    counter_speakers: float
    """Share of the counter-speakers who are selected at recall .8."""
    calibration_error: float
    """Not a number where the queue is ordered by something else than a probability."""
    coverage: Coverage | None
    """Nothing if the queue has no intervals."""


def average_precision(score: Floats, violates: Bools) -> float:
    """Area under precision and recall; rows of equal score come as one step, so their order cannot matter.

    >>> average_precision(np.array([3.0, 2.0, 1.0]), np.array([True, False, True]))
    0.8333333333333333
    """
    if not violates.any():
        return float("nan")
    found, taken = _steps(score, violates)
    gained = np.diff(found, prepend=0.0)
    return float(gained @ (found / taken) / found[-1])


def selection(score: Floats, violates: Bools, recall: float = RECALL) -> Floats:
    """How much of each row is selected when the best are taken until ``recall`` of the violators are found.

    Whole rows, except among those tied at the boundary: each of these is taken by the same fraction.
    """
    if not violates.any():
        return np.zeros(len(score))
    found, taken = _steps(score, violates)
    need = np.ceil(recall * found[-1] - 1e-9)
    step = int(np.searchsorted(found, need))
    before = found[step - 1] if step else 0.0
    fraction = (need - before) / (found[step] - before) if found[step] > before else 0.0
    rank = len(taken) - 1 - np.searchsorted(np.unique(score), score)
    return np.where(rank < step, 1.0, np.where(rank == step, fraction, 0.0))


def wrong_at_recall(score: Floats, violates: Bools, recall: float = RECALL) -> float:
    """Share of the innocent among the selected rows."""
    share = selection(score, violates, recall)
    return float(share[~violates].sum() / share.sum()) if share.sum() else float("nan")


def selected_share(score: Floats, violates: Bools, group: Bools, recall: float = RECALL) -> float:
    """Share of the rows of ``group`` that are selected."""
    return float(selection(score, violates, recall)[group].mean()) if group.any() else float("nan")


def interval_coverage(
    probability: Floats, low: Floats, high: Floats, violates: Bools, *, count: int = 15
) -> Coverage:
    """Rows of like probability form bins of equal mass; an interval is right when it meets its bin's rate.

    The rate stands with its own 90 % Wilson interval. To pool seeds, join their rows before the call: small
    bins have wide Wilson intervals, which would forgive too much.
    """
    found = bins(probability, violates.astype(np.float64), count=count)
    if not found:
        return Coverage(float("nan"), float("nan"))
    rows = [item.rows for item in found]
    rate_low = np.repeat([item.low for item in found], rows)
    rate_high = np.repeat([item.high for item in found], rows)
    order = np.argsort(probability, kind="stable")
    right = (low[order] <= rate_high) & (high[order] >= rate_low)
    return Coverage(float(right.mean()), float((high - low).mean()))


def undecided(world: World, queue: pl.DataFrame) -> pl.DataFrame:
    """The rows of a queue that no decision speaks for, with ``violates`` and ``kind`` beside them.

    Decided are the rows that the queue itself marks as such, or, where it marks none, those of the decisions.
    """
    if "decided" in queue.columns:
        rows = queue.filter(pl.col("decided").fill_null("") == "")
    else:
        key = ["account", "policy"] if "policy" in world.decisions.columns else ["account"]
        rows = queue.join(world.decisions.select(key).unique(), on=key, how="anti")
    judged = rows.join(world.truth, on=["account", "policy"], how="left", maintain_order="left")
    if judged["violates"].null_count():
        raise ValueError("The queue has rows of accounts or policies that this world does not know.")
    return judged


def score(world: World, queue: pl.DataFrame, by: str = "probability") -> Score:
    """A queue's figures; needs the columns account, policy and ``by``, uses decided and the interval if present."""
    rows = undecided(world, queue)
    value = rows[by].cast(pl.Float64).to_numpy()
    violates = rows["violates"].to_numpy()
    is_speaker = (rows["kind"] == "counter_speaker").to_numpy()
    is_share = bool(((value >= 0) & (value <= 1)).all())
    coverage = None
    if {"probability_low", "probability_high"} <= set(rows.columns):
        low, high = rows["probability_low"].to_numpy(), rows["probability_high"].to_numpy()
        coverage = interval_coverage(value, low, high, violates)
    return Score(
        rows=len(rows),
        violators=int(violates.sum()),
        average_precision=average_precision(value, violates),
        wrong=wrong_at_recall(value, violates),
        counter_speakers=selected_share(value, violates, is_speaker),
        calibration_error=calibration_error(value, violates.astype(np.float64)) if is_share else float("nan"),
        coverage=coverage,
    )


def _steps(score: Floats, violates: Bools) -> tuple[Floats, Floats]:
    """Violators found and rows taken after each distinct score, the best first."""
    _, place = np.unique(-score, return_inverse=True)
    taken = np.cumsum(np.bincount(place)).astype(np.float64)
    found = np.cumsum(np.bincount(place, weights=violates)).astype(np.float64)
    return found, taken
