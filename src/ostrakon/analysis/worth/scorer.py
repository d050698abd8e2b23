"""The scorer: many small models that each saw other accounts, and what they agree and disagree on.

A *view* is the world without the decisions of one fold of accounts. Whatever is learned from decisions and then meets
the same decisions again (a reporter's record, a first guess, a model) is learned in a view that has not seen them.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ostrakon.analysis.wilson import Z90
from ostrakon.analysis.worth.calibrate import Calibration, fit_calibration
from ostrakon.analysis.worth.features import LEARNED, PLAIN
from ostrakon.analysis.worth.logistic import Logistic, fit_logistic

if TYPE_CHECKING:
    from sklearn.ensemble import ExtraTreesClassifier

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]

FOLDS = 5
MEMBERS = 4
"""Models a fold, each on its own bootstrap sample of accounts."""
TREES = 15
LEAST_OF_EACH = 10
"""Upheld and rejected decisions, each, below which trees would only memorise."""
LEAST_IN_LEAF = 3
MOST_LEAVES = 1000
"""Of a tree; with very many decisions its leaves grow instead of its depth."""
MOST_ROWS = 20_000
"""Decided cases a model learns from at most; more would change nothing but the time."""
SLOPE_SD = 0.08
"""Prior standard deviation of a linear slope: several dozen correlated features share the evidence."""
LEAST_PROPENSITY = 0.03
BAG_SHARE = 0.9
"""The mean of many bootstrap models varies less than one of them does; docs/decisions/0003 has the measurements."""
LEAST_SHARE = 1 / 400
"""Share of trees below which no finer difference is believed."""
NEVER_CERTAIN = 1e-6
"""No probability is written as 0 or 1: that is the last digit of the files."""
CERTAIN = 6.0
"""Log odds beyond which a single model is not believed."""

BELIEVED_SLOPES = {"unstruck_rate": 0.35, "hearsay": 0.3, "evidence": 0.3, "precision_rate": 0.2, "kin": 0.15}
"""Believed before any decision: more independent reporters an audience, and better records, speak for a violation."""


@dataclass(frozen=True)
class Member:
    """One model: trees where there is enough to learn from, and always a line."""

    line: Logistic
    trees: ExtraTreesClassifier | None

    def log_odds(self, features: Singles) -> Floats:
        """(N,) log odds of C-ordered ``features`` (N, F); half the line's, half the trees'."""
        line = np.clip(self.line.log_odds(features), -CERTAIN, CERTAIN)
        if self.trees is None:
            return line
        # Tree by tree: the forest's own method starts threads of its own and touches the process's warning filters.
        votes = sum(tree.tree_.predict(features)[:, 1] for tree in self.trees.estimators_)
        share = np.clip(votes / len(self.trees.estimators_), LEAST_SHARE, 1 - LEAST_SHARE)
        return np.asarray((line + np.log(share / (1 - share))) / 2)


@dataclass(frozen=True)
class Ensemble:
    """Members by fold: those of fold f never saw the decisions on its accounts."""

    members: tuple[tuple[Member, ...], ...]

    def scores(self, features: Singles) -> Floats:
        """(FOLDS x MEMBERS, N) log odds by every member."""
        return _all_scores([member for fold in self.members for member in fold], features)

    def fold_scores(self, fold: int, features: Singles) -> Floats:
        """(MEMBERS, N) log odds by the members of one fold."""
        return _all_scores(list(self.members[fold]), features)


def _all_scores(members: list[Member], features: Singles) -> Floats:
    """(members, N) log odds; trees let go of the interpreter lock, so threads help."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return np.array(list(threads.map(lambda member: member.log_odds(features), members)))


@dataclass(frozen=True)
class Lesson:
    """The decided cases as a model sees them. Shapes: N decided cases."""

    features: Singles
    label: Floats
    propensity: Floats
    account: NDArray[np.int32]

    def __getitem__(self, rows: Flags | NDArray[np.int64]) -> Lesson:
        return Lesson(self.features[rows], self.label[rows], self.propensity[rows], self.account[rows])

    @property
    def weight(self) -> Floats:
        """(N,) one over the propensity, clipped, with mean 1."""
        if len(self.label) == 0:
            return np.zeros(0)
        raw = 1.0 / np.clip(self.propensity, LEAST_PROPENSITY, 1.0)
        return np.asarray(raw / raw.mean())

    def resample(self, random: np.random.Generator) -> Lesson:
        """As many accounts, drawn with replacement, each with all its cases; at most about MOST_ROWS rows."""
        accounts, place = np.unique(self.account, return_inverse=True)
        share = min(1.0, MOST_ROWS / max(1, len(self.label)))
        times = random.poisson(share, len(accounts))[place]
        return self[np.repeat(np.arange(len(self.label)), times)]


def believed(names: tuple[str, ...], base_rate: float) -> Logistic:
    """The line before any decision."""
    return Logistic(
        float(np.log(base_rate / (1 - base_rate))),
        np.array([BELIEVED_SLOPES.get(name, 0.0) for name in names]),
    )


def train(lesson: Lesson, names: tuple[str, ...], base_rate: float, seed: int, trees: int = TREES) -> Member:
    """One model from one sample of decided cases: a heavily shrunk line, and extremely randomised trees.

    The line carries the selection weights, since it must extrapolate to cases quieter than those that were decided;
    the trees do not, since a few heavy rows would fill their leaves.
    Source: Geurts, Ernst & Wehenkel, Extremely randomized trees, Machine Learning 63 (2006).
    """
    line = fit_logistic(
        lesson.features, lesson.label, lesson.weight, believed=believed(names, base_rate), slope_sd=SLOPE_SD
    )
    if min(lesson.label.sum(), (1 - lesson.label).sum()) < LEAST_OF_EACH:
        return Member(line, None)
    from sklearn.ensemble import ExtraTreesClassifier  # slow to import

    leaf = max(LEAST_IN_LEAF, len(lesson.label) // MOST_LEAVES)
    forest = ExtraTreesClassifier(trees, min_samples_leaf=leaf, max_features=0.3, random_state=seed, n_jobs=1)
    return Member(line, forest.fit(lesson.features, lesson.label))


def train_ensemble(lesson: Lesson, fold: NDArray[np.int32], base_rate: float, seed: int) -> Ensemble:
    """MEMBERS models for every fold; ``fold`` (N,) is that of each decided case."""
    random = np.random.default_rng(seed)
    members = []
    for number in range(FOLDS):
        seen = lesson[fold != number]
        members.append(
            tuple(
                train(seen.resample(random), PLAIN + LEARNED, base_rate, int(random.integers(2**31)))
                for _ in range(MEMBERS)
            )
        )
    return Ensemble(tuple(members))


def calibrate(ensemble: Ensemble, lesson: Lesson, fold: NDArray[np.int32]) -> Calibration:
    """Calibration on scores by members that had not seen the account, weighted by the root of 1 / propensity.

    The root is a compromise: full weights rest the base rate on a few audited rows, none on the loudest cases.
    """
    score = np.zeros(len(lesson.label))
    for number in range(FOLDS):
        rows = fold == number
        if rows.any():
            score[rows] = ensemble.fold_scores(number, lesson.features[rows]).mean(0)
    return fit_calibration(score, lesson.label, np.sqrt(lesson.weight))


def probability(calibration: Calibration, scores: Floats) -> tuple[Floats, Floats, Floats]:
    """Probability and its 90 % interval from (members, N) scores: their mean and spread, the calibration's error."""
    score = scores.mean(0)
    centre = calibration.log_odds(score)
    spread = BAG_SHARE * Z90 * np.sqrt(calibration.slope**2 * scores.var(0) + calibration.variance(score))
    found = (expit(log_odds) for log_odds in (centre, centre - spread, centre + spread))
    middle, low, high = (np.clip(share, NEVER_CERTAIN, 1 - NEVER_CERTAIN) for share in found)
    return middle, low, high
