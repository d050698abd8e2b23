"""Differences in differences, plain and synthetic, for one treatment date or many.

Units of one date are a cohort; cohorts are added by their treated cells (Clarke, Pailanir, Athey and Imbens,
Synthetic difference-in-differences estimation, Stata Journal 24 (2024), for many dates).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.effect.answer import Answer, answer
from ostrakon.analysis.effect.panel import Panel
from ostrakon.analysis.effect.weights import noise, period_weights, unit_weights
from ostrakon.analysis.log import Codes, Floats

Rows = NDArray[np.int64]
FEW = 10
"""Treated units from which on they tell their own scatter; with fewer, that of controls treated in their place."""
DRAWS = 500


@dataclass(frozen=True)
class Cohort:
    """Units that were treated at one time."""

    onset: int
    rows: Rows


def cohorts_of(panel: Panel) -> list[Cohort]:
    """By date."""
    treated = panel.treated
    return [
        Cohort(int(onset), treated[panel.onset[treated] == onset])
        for onset in np.unique(panel.onset[treated])
    ]


@dataclass(frozen=True)
class Weights:
    """Of one cohort: on controls (N0,) and on periods before (onset,); each adds to 1."""

    units: Floats
    periods: Floats


Weigher = Callable[[Floats, Cohort, Rows], Weights]
"""outcome (U, T), cohort, rows of controls."""


def even(outcome: Floats, cohort: Cohort, controls: Rows) -> Weights:
    """Plain difference in differences."""
    return Weights(np.full(len(controls), 1 / len(controls)), np.full(cohort.onset, 1 / cohort.onset))


def synthetic(outcome: Floats, cohort: Cohort, controls: Rows) -> Weights:
    """Synthetic difference in differences; at least 3 periods before."""
    before, after = outcome[controls, : cohort.onset], outcome[controls, cohort.onset :]
    sigma = noise(before)
    if sigma == 0:  # controls that never move foretell nothing, in whatever mixture
        return even(outcome, cohort, controls)
    treated = outcome[cohort.rows, : cohort.onset].mean(axis=0)
    return Weights(
        unit_weights(before, treated, len(cohort.rows) * after.shape[1], sigma),
        period_weights(before, after.mean(axis=1), sigma),
    )


@dataclass(frozen=True)
class Contrast:
    """A cohort's periods after against its weighted periods before, unit by unit."""

    cells: int
    """Periods after."""
    treated: Floats
    """(N1,)"""
    controls: Floats
    """(N0,)"""
    weights: Floats
    """(N0,) of the controls."""

    @property
    def expected(self) -> float:
        """By the controls."""
        return float(self.weights @ self.controls)


def contrast(outcome: Floats, cohort: Cohort, controls: Rows, weigher: Weigher) -> Contrast:
    """Weigh, and take the difference over time."""
    found = weigher(outcome, cohort, controls)
    after, before = outcome[:, cohort.onset :], outcome[:, : cohort.onset]
    moved = after.mean(axis=1) - before @ found.periods
    return Contrast(after.shape[1], moved[cohort.rows], moved[controls], found.units)


def effect_of(contrasts: Sequence[Contrast]) -> float:
    """Per treated cell."""
    cells = sum(len(one.treated) * one.cells for one in contrasts)
    return sum(float((one.treated - one.expected).sum()) * one.cells for one in contrasts) / cells


def compared(panel: Panel, method: str, weigher: Weigher, seed: int) -> Answer:
    """A method's effect with its error: of whole clusters left out in turn, or of controls in the treated's place."""
    cohorts, controls = cohorts_of(panel), panel.clean
    contrasts = [contrast(panel.outcome, one, controls, weigher) for one in cohorts]
    value, after = effect_of(contrasts), mean_after(panel.outcome, cohorts)
    clusters = len(np.unique(panel.cluster[panel.treated]))
    if clusters >= FEW:
        se = _jackknife(contrasts, cohorts, controls, panel.cluster)
        return answer(method, value, se, after, clusters - 1)
    return answer(method, value, _placebo_error(panel, cohorts, weigher, seed), after, len(controls) - 1)


def mean_after(outcome: Floats, cohorts: Sequence[Cohort]) -> float:
    """Of all treated cells."""
    total = sum(float(outcome[one.rows, one.onset :].sum()) for one in cohorts)
    return float(total / sum(len(one.rows) * (outcome.shape[1] - one.onset) for one in cohorts))


def _jackknife(
    contrasts: Sequence[Contrast], cohorts: Sequence[Cohort], controls: Rows, cluster: Codes
) -> float:
    """Weights stay as they are and add to 1 again without the cluster (Arkhangelsky et al. 2021, algorithm 3)."""
    groups = int(cluster.max()) + 1
    top, cells = np.zeros(groups), np.zeros(groups)
    for one, cohort in zip(contrasts, cohorts, strict=True):
        of = cluster[cohort.rows]
        size = np.bincount(of, minlength=groups)
        gone = np.bincount(cluster[controls], one.weights, groups)
        left = np.bincount(cluster[controls], one.weights * one.controls, groups)
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = np.where(gone < 1 - 1e-9, (one.expected - left) / (1 - gone), np.nan)
        total = one.treated.sum() - np.bincount(of, one.treated, groups)
        count = len(cohort.rows) - size
        top += (total - count * expected) * one.cells
        cells += count * one.cells
    used = np.isin(
        np.arange(groups), np.concatenate([cluster[controls], *(cluster[c.rows] for c in cohorts)])
    )
    without = (top / np.maximum(cells, 1))[used & (cells > 0)]
    without = without[np.isfinite(without)]
    n = len(without)
    return float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())) if n > 1 else math.nan


def placebos(panel: Panel, cohorts: Sequence[Cohort], weigher: Weigher, sets: Sequence[Rows]) -> Floats:
    """Effects where controls, drawn in the given orders, are taken as treated at the cohorts' dates."""
    clean, sizes = panel.clean, [len(one.rows) for one in cohorts]
    ends = np.cumsum(sizes)
    found = []
    for order in sets:
        rows = clean[order]
        fake = [
            Cohort(one.onset, rows[end - size : end])
            for one, size, end in zip(cohorts, sizes, ends, strict=True)
        ]
        rest = np.sort(rows[ends[-1] :])
        found.append(effect_of([contrast(panel.outcome, one, rest, weigher) for one in fake]))
    return np.array(found)


def _placebo_error(panel: Panel, cohorts: Sequence[Cohort], weigher: Weigher, seed: int) -> float:
    """Arkhangelsky et al. 2021, algorithm 4; nan where there are not two controls left for each draw."""
    controls, treated = len(panel.clean), len(panel.treated)
    if controls < treated + 2:
        return math.nan
    rng = np.random.default_rng(seed)
    return float(placebos(panel, cohorts, weigher, [rng.permutation(controls) for _ in range(DRAWS)]).std())


def naive(panel: Panel, periods: int) -> Answer:
    """Treated units alone, so many periods before and after: what it would be if nothing else ever changed."""
    whole = panel.treated
    rows = whole[(panel.onset[whole] >= periods) & (panel.onset[whole] + periods <= panel.periods)]
    if not len(rows):
        return answer("", math.nan, math.nan, math.nan)
    at = panel.onset[rows, None] + np.arange(-periods, periods)
    seen = panel.outcome[rows[:, None], at]
    moved = seen[:, periods:].mean(axis=1) - seen[:, :periods].mean(axis=1)
    se = float(moved.std(ddof=1) / math.sqrt(len(rows))) if len(rows) > 1 else math.nan
    name = f"before and after, {periods} periods each (naive: no controls)"
    return answer(name, float(moved.mean()), se, float(seen[:, periods:].mean()), max(1, len(rows) - 1))
