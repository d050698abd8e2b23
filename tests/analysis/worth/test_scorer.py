"""The scorer: many small models that each saw other accounts."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from ostrakon.analysis.worth import scorer
from ostrakon.analysis.worth.calibrate import Calibration
from ostrakon.analysis.worth.features import LEARNED, PLAIN
from ostrakon.analysis.worth.scorer import (
    BELIEVED_SLOPES,
    CERTAIN,
    FOLDS,
    LEAST_OF_EACH,
    LEAST_PROPENSITY,
    MEMBERS,
    Lesson,
    believed,
    calibrate,
    probability,
    train,
    train_ensemble,
)

NAMES = PLAIN + LEARNED
SURE = Calibration(covariance=(0.0, 0.0, 0.0))


def lesson(rows: int, *, upheld: float = 0.5, seed: int = 0) -> Lesson:
    """Decided cases, two of each account; the first feature tells which are violations."""
    rng = np.random.default_rng(seed)
    label = (np.arange(rows) < upheld * rows).astype(np.float64)
    features = rng.normal(size=(rows, len(NAMES))).astype(np.float32)
    features[:, 0] += 2 * label
    return Lesson(features, label, rng.uniform(0.05, 1.0, rows), (np.arange(rows) // 2).astype(np.int32))


def folds_of(own: Lesson) -> NDArray[np.int32]:
    return (own.account % FOLDS).astype(np.int32)


# What is learned from


def test_a_case_counts_as_often_as_its_choice_was_rare() -> None:
    own = Lesson(
        np.zeros((3, 1), np.float32), np.zeros(3), np.array([1.0, 0.5, 0.1]), np.arange(3, dtype=np.int32)
    )
    assert own.weight == pytest.approx(np.array([1, 2, 10]) / (13 / 3))


def test_no_choice_is_so_rare_that_one_case_counts_for_all() -> None:
    own = Lesson(
        np.zeros((2, 1), np.float32), np.zeros(2), np.array([1.0, 1e-6]), np.arange(2, dtype=np.int32)
    )
    assert own.weight[1] / own.weight[0] == pytest.approx(1 / LEAST_PROPENSITY)


def test_without_decisions_there_is_no_weight() -> None:
    assert lesson(0).weight.tolist() == []


def test_a_resample_draws_whole_accounts() -> None:
    own = lesson(400)
    again = own.resample(np.random.default_rng(0))
    times = np.bincount(again.account, minlength=200)
    assert set((times % 2).tolist()) == {0}
    assert times.sum() / 400 == pytest.approx(1.0, abs=0.2)
    assert (times == 0).mean() == pytest.approx(np.exp(-1), abs=0.1)


def test_a_resample_keeps_what_belongs_together() -> None:
    own = lesson(60)
    again = own.resample(np.random.default_rng(1))
    rows = {
        (float(f[0]), float(y), float(p), int(a))
        for f, y, p, a in zip(own.features, own.label, own.propensity, own.account, strict=True)
    }
    assert {
        (float(f[0]), float(y), float(p), int(a))
        for f, y, p, a in zip(again.features, again.label, again.propensity, again.account, strict=True)
    } <= rows


def test_of_very_many_decisions_a_sample_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorer, "MOST_ROWS", 100)
    assert len(lesson(2_000).resample(np.random.default_rng(0)).label) == pytest.approx(100, abs=50)


# One model


def test_before_any_decision_a_model_is_what_is_believed() -> None:
    member = train(lesson(0), NAMES, 0.3, 0)
    assert member.trees is None
    assert expit(member.line.intercept) == pytest.approx(0.3)
    assert dict(zip(NAMES, member.line.slope, strict=True)) == {
        name: BELIEVED_SLOPES.get(name, 0.0) for name in NAMES
    }


def test_what_is_believed_speaks_for_more_independent_reporters_and_better_records() -> None:
    line = believed(NAMES, 0.3)
    assert (line.slope >= 0).all()
    assert {"unstruck_rate", "evidence", "kin"} <= set(BELIEVED_SLOPES)


@pytest.mark.parametrize(("least", "trees"), [(LEAST_OF_EACH - 1, False), (LEAST_OF_EACH, True)])
@pytest.mark.parametrize("upheld", [True, False])
def test_trees_need_some_decisions_of_either_kind(least: int, trees: bool, upheld: bool) -> None:
    share = least / 100 if upheld else 1 - least / 100
    assert (train(lesson(100, upheld=share), NAMES, 0.3, 0).trees is not None) == trees


def test_a_model_tells_apart_what_it_was_shown() -> None:
    fresh = lesson(300, seed=9)
    odds = train(lesson(300), NAMES, 0.3, 0).log_odds(fresh.features)
    assert odds[fresh.label == 1].mean() > odds[fresh.label == 0].mean() + 1


def test_a_single_model_is_never_certain() -> None:
    member = train(lesson(300), NAMES, 0.3, 0)
    far = np.full((1, len(NAMES)), 50.0, np.float32)
    assert np.abs(member.log_odds(np.vstack([far, -far]))).max() <= CERTAIN


# The ensemble


def test_every_fold_has_its_members_and_scores_stand_by_fold() -> None:
    own = lesson(120)
    ensemble = train_ensemble(own, folds_of(own), 0.3, 0)
    together = ensemble.scores(own.features)
    apart = [ensemble.fold_scores(fold, own.features) for fold in range(FOLDS)]
    assert together.shape == (FOLDS * MEMBERS, 120)
    assert np.array_equal(together, np.vstack(apart))


def test_members_of_a_fold_never_saw_its_decisions() -> None:
    own = lesson(120)
    fold = folds_of(own)
    flipped = Lesson(own.features, np.where(fold == 2, 1 - own.label, own.label), own.propensity, own.account)
    one, other = (train_ensemble(told, fold, 0.3, 0) for told in (own, flipped))
    assert np.array_equal(one.fold_scores(2, own.features), other.fold_scores(2, own.features))
    assert not np.array_equal(one.fold_scores(0, own.features), other.fold_scores(0, own.features))


def test_the_same_seed_trains_the_same_models() -> None:
    own = lesson(120)
    one, other, another = (
        train_ensemble(own, folds_of(own), 0.3, seed).scores(own.features) for seed in (0, 0, 1)
    )
    assert np.array_equal(one, other)
    assert not np.array_equal(one, another)


def test_calibration_without_decisions_is_what_was_believed() -> None:
    nothing = lesson(0)
    ensemble = train_ensemble(nothing, folds_of(nothing), 0.3, 0)
    assert calibrate(ensemble, nothing, folds_of(nothing)) == Calibration()


def test_scores_of_models_that_only_memorised_are_calibrated_to_little() -> None:
    own = lesson(200)
    chance = Lesson(own.features, np.random.default_rng(3).permutation(own.label), np.ones(200), own.account)
    found = calibrate(train_ensemble(chance, folds_of(own), 0.5, 0), chance, folds_of(own))
    assert found.slope < 0.6


# Probabilities


def test_the_probability_is_the_calibrated_mean_of_the_scores() -> None:
    scores = np.array([[0.0, 1.0], [2.0, -3.0]])
    found, _, _ = probability(Calibration(-0.5, 2.0), scores)
    assert found == pytest.approx(expit([-0.5 + 2 * 1.0, -0.5 + 2 * -1.0]))


def test_models_that_agree_and_a_sure_calibration_leave_no_doubt() -> None:
    found, low, high = probability(SURE, np.full((20, 1), 0.7))
    assert [low[0], found[0], high[0]] == pytest.approx([expit(0.7)] * 3)


def test_the_more_models_disagree_the_wider_is_the_interval() -> None:
    spread = np.array([-1.0, 1.0])[:, None]
    _, low, high = probability(SURE, np.hstack([0.2 * spread, 1.0 * spread, 2.0 * spread]))
    assert (np.diff(high - low) > 0).all()


def test_an_unsure_calibration_widens_every_interval() -> None:
    scores = np.array([[-1.0, 0.5], [1.0, 1.5]])
    (_, low, high), (_, lower, higher) = (
        probability(SURE, scores),
        probability(Calibration(covariance=(0.5, 0.0, 0.1)), scores),
    )
    assert (lower < low).all()
    assert (higher > high).all()


@pytest.mark.parametrize("slope", [0.3, 1.0, 2.5])
def test_an_interval_lies_within_nothing_and_one(slope: float) -> None:
    scores = np.random.default_rng(0).normal(0, 6, (20, 100))
    found, low, high = probability(Calibration(0.0, slope), scores)
    assert (low >= 0).all()
    assert (low <= found).all()
    assert (found <= high).all()
    assert (high <= 1).all()
