"""Rankings judged on the same rows, and how sure one can be of their difference when the rows are few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rivals.ratings import Settings

from ostrakon.analysis.calibration import calibration_error
from ostrakon.worlds import scoring

Floats = NDArray[np.float64]

RESAMPLES = 2_000


@dataclass(frozen=True)
class Trial:
    """One scorer on one job: the held-out members with their score, in the order of their ids."""

    scorer: str
    seed: int
    rows: pl.DataFrame
    seconds: float

    @cached_property
    def ranking(self) -> Ranking:
        """Its order of the held-out members."""
        return Ranking.of(self.rows["score"].to_numpy().astype(float), self.rows["violates"].to_numpy())

    @cached_property
    def figures(self) -> dict[str, float]:
        """AP, wrong and, where it claims a probability, the calibration error and what chance would make of it."""
        ones = np.ones((1, self.rows.height))
        found = {"ap": self.ranking.ap(ones)[0], "wrong": self.ranking.wrong(ones)[0]}
        if "probability" in self.rows.columns:
            said = self.rows["probability"].to_numpy().astype(float)
            found["error"] = calibration_error(said, self.rows["violates"].to_numpy().astype(float))
            found["chance"] = chance_error(said, self.seed)
        return {name: float(value) for name, value in found.items()}


@dataclass(frozen=True)
class Ranking:
    """Rows in falling order of score; rows of equal score are one step. Figures take weights (B, rows)."""

    order: NDArray[np.int64]
    last: NDArray[np.int64]
    """The last row of each step."""
    violates: NDArray[np.bool_]
    """In falling order."""

    @classmethod
    def of(cls, score: Floats, violates: NDArray[np.bool_]) -> Ranking:
        """The ranking by a score."""
        order = np.argsort(-score, kind="stable")
        last = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
        return cls(order, last, violates[order])

    def _steps(self, weight: Floats) -> tuple[Floats, Floats]:
        taken = np.cumsum(weight[:, self.order], axis=1)[:, self.last]
        return np.cumsum(weight[:, self.order] * self.violates, axis=1)[:, self.last], taken

    def ap(self, weight: Floats) -> Floats:
        """Average precision for each row of weights; the same as :func:`scoring.average_precision`."""
        found, taken = self._steps(weight)
        with np.errstate(invalid="ignore", divide="ignore"):
            precision = np.where(taken > 0, found / taken, 0.0)
            return (np.diff(found, axis=1, prepend=0.0) * precision).sum(axis=1) / found[:, -1]

    def wrong(self, weight: Floats) -> Floats:
        """Share of the innocent among those selected at recall .8; the same as :func:`scoring.wrong_at_recall`."""
        found, taken = self._steps(weight)
        need = np.ceil(scoring.RECALL * found[:, -1] - 1e-9)
        step = (found < need[:, None]).sum(axis=1)
        rows = np.arange(len(weight))
        before = np.where(step > 0, found[rows, step - 1], 0.0)
        so_far = np.where(step > 0, taken[rows, step - 1], 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            part = (need - before) / (found[rows, step] - before)
            return 1 - need / (so_far + part * (taken[rows, step] - so_far))


def chance_error(said: Floats, seed: int, draws: int = 100) -> float:
    """The calibration error that these probabilities would show on so few rows if they were perfect."""
    rng = np.random.default_rng(seed)
    drawn = (rng.random((draws, len(said))) < said).astype(float)
    return float(np.mean([calibration_error(said, outcome) for outcome in drawn]))


@dataclass(frozen=True)
class Outcome:
    """All trials of one way to make the job."""

    settings: Settings
    trials: tuple[Trial, ...]

    def of(self, scorer: str) -> list[Trial]:
        """The trials of a scorer, by seed."""
        return [trial for trial in self.trials if trial.scorer == scorer]

    def values(self, scorer: str, figure: str) -> Floats:
        """A figure of a scorer, by seed."""
        return np.array([trial.figures[figure] for trial in self.of(scorer) if figure in trial.figures])

    @cached_property
    def weights(self) -> Mapping[int, Floats]:
        """Per seed (RESAMPLES, rows): how often each held-out member is drawn when *members* are drawn anew.

        A member is drawn equally often in all seeds: these share their members and are not independent.
        """
        of_seed = {trial.seed: trial.rows["account"] for trial in self.trials}
        members = pl.concat(list(of_seed.values())).unique().sort()
        shares = np.full(len(members), 1 / len(members))
        drawn = np.random.default_rng(0).multinomial(len(members), shares, RESAMPLES).astype(float)
        return {seed: drawn[:, members.search_sorted(ids)] for seed, ids in of_seed.items()}

    def resampled(self, scorer: str, figure: str) -> Floats:
        """(RESAMPLES,) the mean over seeds of a figure, for each draw of members."""
        judged = [getattr(trial.ranking, figure)(self.weights[trial.seed]) for trial in self.of(scorer)]
        return np.asarray(np.mean(judged, axis=0))
