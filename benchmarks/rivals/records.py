"""Reporters' records from decisions, cross-fitted: what a row's reporters got right on accounts of other folds."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from rivals.coded import Floats, Ints, Log
from rivals.features import Features, largest, mean, smallest, total
from scipy.special import psi

FOLDS = 5
STRENGTH = 4.0
"""Decisions that the prior of a reporter's precision is worth."""


def folds(log: Log, rng: np.random.Generator) -> Ints:
    """Per row: its fold; all rows of an account share one."""
    return rng.integers(0, FOLDS, int(log.account.max(initial=0)) + 1)[log.account]


def record_features(
    log: Log, fold: Ints, alone: Floats, links: sp.csr_array, likeness: sp.csr_array
) -> Features:
    """For each row what decisions outside its own fold say about its reporters, their partners and like rows.

    Undecided rows leave a fold out as well: so training rows and scored rows see the same distribution.
    """
    parts = [_without(log, fold == number, alone, links, likeness) for number in range(FOLDS)]
    return {name: np.choose(fold, [part[name] for part in parts]) for name in parts[0]}


def _without(
    log: Log, hidden: np.ndarray, alone: Floats, links: sp.csr_array, likeness: sp.csr_array
) -> Features:
    """The features of all rows when the decisions on hidden rows are not known."""
    label = np.where(hidden, np.nan, log.label)
    voice = label[log.row]
    known = np.isfinite(voice)
    upheld = np.bincount(log.reporter, np.where(known, voice, 0.0), minlength=log.reporters)
    decided = np.bincount(log.reporter, known, minlength=log.reporters)
    base = (upheld.sum() + 1) / (decided.sum() + 2)
    own = _evidence(upheld, decided - upheld, base)[log.reporter]
    group_upheld, group_decided = upheld + links @ upheld, decided + links @ decided
    group = _evidence(group_upheld, group_decided - group_upheld, base)[log.reporter]
    seen, right = total(log, decided[log.reporter]), total(log, upheld[log.reporter])
    return {
        "record_mean": mean(log, own),
        "record_max": largest(log, own),
        "record_min": smallest(log, own),
        "record_sum": total(log, own),
        "record_sum_independent": total(log, own * alone),
        "record_pooled": (right + STRENGTH * base) / (seen + STRENGTH),
        "record_known": np.log1p(seen),
        "record_good": np.log1p(total(log, alone * (own > 0.5))),
        "group_mean": mean(log, group),
        "group_sum_independent": total(log, group * alone),
        **_like_rows(label, likeness, base),
    }


def _evidence(upheld: Floats, rejected: Floats, base: float) -> Floats:
    """Expected log odds of a reporter's precision, less that of a reporter without a record."""
    a, b = STRENGTH * base, STRENGTH * (1 - base)
    return np.asarray(psi(a + upheld) - psi(b + rejected) - psi(a) + psi(b))


def _like_rows(label: Floats, likeness: sp.csr_array, base: float) -> Features:
    """What became of the rows that were reported by the same people."""
    known = np.isfinite(label)
    weight = likeness @ known.astype(float)
    return {
        "like_rows": (likeness @ np.where(known, label, 0.0) + 0.1 * base) / (weight + 0.1),
        "like_rows_weight": np.log1p(weight),
    }


def like_rows(log: Log) -> sp.csr_array:
    """Squared cosine between a row's reporters and those of each decided row; never of a row with itself."""
    scale = 1.0 / np.sqrt(log.count[log.row])
    shape = (len(log.rows), log.reporters)
    incidence = sp.csr_array((scale, (log.row, log.reporter)), shape=shape)
    chosen = np.zeros(len(log.rows))
    chosen[log.decided] = 1.0
    alike = (incidence @ (sp.diags_array(chosen) @ incidence).T).tocoo()
    row, column = alike.coords
    keep = row != column
    return sp.csr_array((alike.data[keep] ** 2, (row[keep], column[keep])), shape=alike.shape)
