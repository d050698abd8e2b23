"""Dawid-Skene for yes and no in numpy: the classic method, fast enough to be a baseline on every world.

Source: A. P. Dawid and A. M. Skene, Applied Statistics 28 (1979) 20-28; the one-coin form gives each worker one
accuracy instead of two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from rivals.coded import Floats, Ints, Log, Tables, read
from scipy.special import expit, logit

SMOOTHING = 0.01


@dataclass(frozen=True)
class Answers:
    """Yes and no answers by workers on tasks, all integer-coded."""

    task: Ints
    worker: Ints
    yes: Floats

    @cached_property
    def spoken(self) -> Ints:
        """Per answer: code of what the worker said, twice the worker's for no and one more for yes."""
        return 2 * self.worker + self.yes.astype(np.int64)

    @cached_property
    def often(self) -> Ints:
        """How often each worker said no and yes."""
        size = 2 * (int(self.worker.max(initial=-1)) + 1)
        return np.bincount(self.spoken, minlength=size).reshape(-1, 2)


def infer(
    answers: Answers, gold: Floats | None = None, *, one_coin: bool = False, rounds: int = 100
) -> Floats:
    """Chance of yes for each task; ``gold`` holds known answers by task, NaN where unknown."""
    votes = np.bincount(answers.task)
    truth = np.bincount(answers.task, answers.yes) / np.maximum(votes, 1)
    for _ in range(rounds):
        truth = _clamped(truth, gold)
        found = iterate(answers, truth, one_coin=one_coin)
        moved = np.abs(found - truth).max()
        truth = found
        if moved < 1e-4:
            break
    return _clamped(truth, gold)


def iterate(answers: Answers, truth: Floats, *, one_coin: bool = False) -> Floats:
    """One M-step and one E-step."""
    # Column 0 holds what a worker said no to, column 1 what it said yes to.
    for_yes = np.bincount(answers.spoken, truth[answers.task], minlength=answers.often.size).reshape(-1, 2)
    for_no = answers.often - for_yes
    said, quiet = for_yes.sum(axis=1), for_no.sum(axis=1)
    hit = (for_yes[:, 1] + SMOOTHING) / (said + 2 * SMOOTHING)
    reject = (for_no[:, 0] + SMOOTHING) / (quiet + 2 * SMOOTHING)
    if one_coin:
        hit = reject = (for_yes[:, 1] + for_no[:, 0] + SMOOTHING) / (said + quiet + 2 * SMOOTHING)
    evidence = np.log(np.column_stack([(1 - hit) / reject, hit / (1 - reject)])).ravel()
    prior = logit(np.clip(truth.mean(), 1e-6, 1 - 1e-6))
    return np.asarray(
        expit(prior + np.bincount(answers.task, evidence[answers.spoken], minlength=len(truth)))
    )


def with_silence(log: Log, seed: int = 0) -> Answers:
    """The reports as yes, and for each report one account that its reporter did not report, as no.

    Nobody reports "this is fine", but truth inference needs a no; the account is drawn evenly from those reported
    by anybody.
    """
    rng = np.random.default_rng(seed)
    rows = len(log.rows)
    said = np.unique(log.reporter * rows + log.row)
    drawn = log.reporter * rows + rng.integers(0, rows, len(log.reporter))
    no = np.setdiff1d(drawn, said)
    pair = np.concatenate([said, no])
    return Answers(pair % rows, pair // rows, np.repeat([1.0, 0.0], [len(said), len(no)]))


def baseline(world: Tables, *, gold: bool, one_coin: bool) -> pl.DataFrame:
    """The world scored by this module."""
    log = read(world)
    found = infer(with_silence(log), log.label if gold else None, one_coin=one_coin)
    return log.rows.with_columns(pl.Series("score", found), pl.Series("probability", found))


def _clamped(truth: Floats, gold: Floats | None) -> Floats:
    return truth if gold is None else np.where(np.isfinite(gold), gold, truth)
