"""What every case and every reporter is worth: the steps in order, and the tables that come out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, ReportLog, report_log
from ostrakon.analysis.worth.background import background
from ostrakon.analysis.worth.calibrate import Calibration
from ostrakon.analysis.worth.features import (
    LEARNED,
    PLAIN,
    Knowledge,
    kin_features,
    learned_features,
    plain_features,
)
from ostrakon.analysis.worth.normal_scores import NormalScores, fit_normal_scores
from ostrakon.analysis.worth.record import Prior, fit_prior, records
from ostrakon.analysis.worth.scene import Scene, in_chunks, scene
from ostrakon.analysis.worth.scorer import (
    FOLDS,
    Ensemble,
    Lesson,
    Member,
    calibrate,
    probability,
    train,
    train_ensemble,
)
from ostrakon.analysis.worth.verdicts import Verdicts, folds, standing

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

TYPICAL_BASE_RATE = 0.3
"""Believed share of violations among reported accounts before any decision."""
BASE_RATE_STRENGTH = 10.0
"""How many decisions that belief is worth."""
GUESS_TREES = 10


@dataclass(frozen=True)
class Model:
    """All that was learned from decisions; it can value reports that came later without being learned anew."""

    prior: Prior
    base_rate: float
    plain_scale: NormalScores
    learned_scale: NormalScores
    guessers: tuple[Member, ...]
    """(FOLDS + 1,) the first guess from plain features in every view; the last has seen all decisions."""
    ensemble: Ensemble
    calibration: Calibration
    seed: int

    def log_odds(self, features: Singles, view: int) -> Floats:
        """(N,) calibrated log odds of scaled features (N, PLAIN + LEARNED) in one view."""
        return self.calibration.log_odds(self.scores(features, view).mean(0))

    def scores(self, features: Singles, view: int) -> Floats:
        """(members, N) scores by all members, or in the view of a fold by those that have not seen it."""
        return self.ensemble.scores(features) if view == FOLDS else self.ensemble.fold_scores(view, features)


@dataclass(frozen=True)
class Valuation:
    """What came out. Rows of ``probability``, ``low``, ``high`` are the cases of the log."""

    scene: Scene
    verdicts: Verdicts
    model: Model
    plain: Singles
    """(C, len(PLAIN)) scaled features that need no decision."""
    fold: Codes
    """(C,) the fold of each case's account."""
    probability: Floats
    low: Floats
    high: Floats

    def view(self, case: int) -> int:
        """The view a case is valued in: without its fold where it is decided, else with all decisions."""
        return int(self.fold[case]) if self.verdicts.decided[case] else FOLDS


def value(
    reports: pl.DataFrame | ReportLog,
    decisions: pl.DataFrame | None = None,
    *,
    accounts: pl.DataFrame | None = None,
    reporters: pl.DataFrame | None = None,
    groups: Codes | None = None,
    seed: int = 0,
) -> Valuation:
    """Value every case of a log, from typed tables; ``groups`` (V,) says which voices act together.

    Deterministic for a seed; the order of rows does not matter, nor do names of accounts and reporters beyond the
    random draws they are hashed into.
    """
    log = reports if isinstance(reports, ReportLog) else report_log(reports)
    set_out = scene(log, background(log, accounts, reporters), groups)
    verdicts = standing(log, decisions)
    model, sight = _learn(set_out, verdicts, seed)
    return _assess(model, set_out, verdicts, sight)


def learn(set_out: Scene, verdicts: Verdicts, seed: int = 0) -> Model:
    """Learn from the standing decisions, each fold of accounts in a view that has not seen it."""
    return _learn(set_out, verdicts, seed)[0]


def apply(model: Model, set_out: Scene, verdicts: Verdicts) -> Valuation:
    """Value every case with what was learned; records follow the decisions as they stand now.

    A decided case is valued by models and records that have not seen its account's decisions.
    """
    fold = folds(set_out.log, FOLDS, model.seed)
    plain = model.plain_scale(_plain(set_out))
    learned = model.learned_scale(_learned(set_out, verdicts, model.prior, model.guessers, plain, fold))
    return _assess(model, set_out, verdicts, _Sight(fold, plain, learned))


@dataclass(frozen=True)
class _Sight:
    """What models see of every case, scaled."""

    fold: Codes
    plain: Singles
    learned: Singles


def _learn(set_out: Scene, verdicts: Verdicts, seed: int) -> tuple[Model, _Sight]:
    fold = folds(set_out.log, FOLDS, seed)
    decided = np.flatnonzero(verdicts.decided)
    base_rate = _base_rate(verdicts)
    plain = _plain(set_out)
    plain_scale = fit_normal_scores(plain)
    plain = plain_scale(plain)
    lesson = Lesson(
        plain[decided],
        verdicts.violates[decided],
        verdicts.propensity[decided],
        set_out.log.case_account[decided],
    )
    guessers = tuple(
        train(lesson[fold[decided] != view], PLAIN, base_rate, seed + view, GUESS_TREES)
        for view in range(FOLDS + 1)
    )
    everything = records(set_out.log, verdicts.violates, verdicts.decided, Prior())
    prior = fit_prior(everything.upheld, everything.rejected)
    learned = _learned(set_out, verdicts, prior, guessers, plain, fold)
    learned_scale = fit_normal_scores(learned)
    learned = learned_scale(learned)
    lesson = replace(lesson, features=np.hstack([lesson.features, learned[decided]]))
    ensemble = train_ensemble(lesson, fold[decided], base_rate, seed)
    calibration = calibrate(ensemble, lesson, fold[decided])
    model = Model(prior, base_rate, plain_scale, learned_scale, guessers, ensemble, calibration, seed)
    return model, _Sight(fold, plain, learned)


def _assess(model: Model, set_out: Scene, verdicts: Verdicts, sight: _Sight) -> Valuation:
    result = np.empty((3, set_out.log.cases))
    for view, rows in _rows_by_view(verdicts, sight.fold):
        features = np.hstack([sight.plain[rows], sight.learned[rows]])
        result[:, rows] = probability(model.calibration, model.scores(features, view))
    return Valuation(set_out, verdicts, model, sight.plain, sight.fold, *result)


def _rows_by_view(verdicts: Verdicts, fold: Codes) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Decided cases in the view without their fold, all others in the view of all decisions; empty views left out."""
    for view in range(FOLDS + 1):
        rows = np.flatnonzero(verdicts.decided & (fold == view) if view < FOLDS else ~verdicts.decided)
        if len(rows):
            yield view, rows


def _base_rate(verdicts: Verdicts) -> float:
    """Share of violations among cases as they come, weighted by 1 / propensity and shrunk to the typical one."""
    decided = verdicts.decided
    weight = 1.0 / np.clip(verdicts.propensity[decided], 0.05, 1.0)
    effective = weight.sum() ** 2 / (weight**2).sum() if decided.any() else 0.0
    share = (weight * verdicts.violates[decided]).sum() / weight.sum() if decided.any() else 0.0
    return float(
        (share * effective + TYPICAL_BASE_RATE * BASE_RATE_STRENGTH) / (effective + BASE_RATE_STRENGTH)
    )


def _plain(set_out: Scene) -> Singles:
    features = np.empty((set_out.log.cases, len(PLAIN)), np.float32)
    for rows, heard in in_chunks(set_out.log, np.arange(set_out.log.cases)):
        features[rows] = plain_features(set_out, heard)
    return features


def guesses(model_guesser: Member, scaled: Singles) -> Floats:
    """(N,) first guess at each case's probability, kept away from certainty."""
    return np.clip(1 / (1 + np.exp(-model_guesser.log_odds(scaled))), 0.01, 0.99)


def view_of(valuation: Valuation, view: int) -> Knowledge:
    """What is known in one view of a finished valuation."""
    known = valuation.verdicts.decided & (valuation.fold != view)
    model = valuation.model
    return _knowledge(
        valuation.scene, valuation.verdicts, model.prior, model.guessers[view], valuation.plain, known
    )


def _knowledge(
    set_out: Scene,
    verdicts: Verdicts,
    prior: Prior,
    guesser: Member,
    scaled: Singles,
    known: NDArray[np.bool_],
) -> Knowledge:
    """What is known when only the decisions marked ``known`` (C,) have been seen."""
    recorded = records(set_out.log, verdicts.violates, known, prior)
    return Knowledge(set_out, verdicts.violates, known, guesses(guesser, scaled), recorded)


def _learned(
    set_out: Scene,
    verdicts: Verdicts,
    prior: Prior,
    guessers: tuple[Member, ...],
    scaled: Singles,
    fold: Codes,
) -> Singles:
    """(C, len(LEARNED)) features, every case in its view."""
    features = np.empty((set_out.log.cases, len(LEARNED)), np.float32)
    for view, cases in _rows_by_view(verdicts, fold):
        known = verdicts.decided & (fold != view)
        knowledge = _knowledge(set_out, verdicts, prior, guessers[view], scaled, known)
        kin = kin_features(set_out, knowledge, cases)
        for rows, heard in in_chunks(set_out.log, cases):
            features[cases[rows]] = learned_features(
                set_out, knowledge, heard, kin[rows], knowledge.guess[cases[rows]]
            )
    return features
