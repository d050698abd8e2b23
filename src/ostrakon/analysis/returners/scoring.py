"""Every pair's score, probability and stated false-link rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.log import Codes, Counts, Floats
from ostrakon.analysis.returners.bits import COLUMN, Weights, weights
from ostrakon.analysis.returners.certainty import (
    by_assumption,
    by_placebo,
    by_verdicts,
    more_false,
    no_better_than_stated,
)
from ostrakon.analysis.returners.channels import is_doubtful, may_be_shown
from ostrakon.analysis.returners.names import Singles
from ostrakon.analysis.returners.placebo import learned_from_placebo
from ostrakon.analysis.returners.rates import CAUTION, best_of, counted_rate, judged_rate, rate_of
from ostrakon.analysis.returners.search import Search
from ostrakon.analysis.returners.verdicts import Verdicts, learned_from_verdicts, trust, verdicts

AGAINST = {"speaks_about": 8.0, "adds_a_word": 4.0}
"""Nats that a pair loses whose new account speaks *about* the suspended one: by words that fans, parodies and critics
use of themselves, or by any word put to its whole name. Assumed: few labels teach it too late, and these are wronged
first."""


@dataclass(frozen=True)
class Scores:
    """What is thought of each pair of a search."""

    score: Floats
    """(P,) by which pairs are ordered."""
    probability: Floats
    """(P,)"""
    is_eligible: NDArray[np.bool_]
    """(P,) two independent channels, and nothing that forbids; with suspended and with placebo accounts alike."""
    rank: Codes
    """(P,) 1 = the best eligible pair of its new account on its side; 0 = not eligible."""
    rate: Floats
    """(P,) stated false-link rate; NaN where it cannot be told: of doubtful pairs, and without placebo and verdicts."""
    weights: Weights
    verdicts: Verdicts
    ratio: float
    """Suspended accounts for each placebo account; 0 without a placebo."""

    @property
    def can_tell(self) -> bool:
        """Whether a placebo or verdicts say how often links are false."""
        return self.ratio > 0 or self.verdicts.are_enough


def scores(of: Search, reviews: pl.DataFrame | None) -> Scores:
    """Learn from what there is: verdicts, the placebo, both or neither. Pairs that are not eligible have no score."""
    weight = weights(of.strangers)
    account = of.new.table["account"].gather(of.pairs.new)
    suspended = of.old.table["account"].gather(of.pairs.row)
    known = verdicts(reviews, account, suspended)
    placebos = int(of.is_placebo.sum())
    ratio = of.suspended / placebos if placebos else 0.0
    eligible = may_be_shown(of.seen)
    looked = eligible.copy()
    looked[known.pair] = True
    rows = np.flatnonzero(looked)
    part = _part(of, rows, known)
    score, found = np.full(len(eligible), -np.inf), np.zeros(len(eligible))
    bits = weight.total(part.seen)
    score[rows] = _score(part, bits, ratio)
    part_eligible = eligible[rows]
    by_chance = _by_chance(part, score[rows], part_eligible, ratio)
    counted = ~is_doubtful(part.seen[part.verdicts.pair])
    judged = by_chance[part.verdicts.pair][counted], known.same[counted]
    more = more_false(*judged) if known.are_enough and ratio else 1.0
    found[rows] = _probability(of, part, score[rows], bits, by_chance, more)
    rank = ranks(of.pairs.new, of.of_placebo, score, eligible)
    rate = _rate(of, score, rank, known, ratio, more)
    found = np.where(rank > 0, no_better_than_stated(found, rate, score), found)
    learned = weights(of.strangers, of.seen[eligible], np.where(of.of_placebo, 0.0, found)[eligible])
    return Scores(score, found, eligible, rank, rate, learned, known, ratio)


@dataclass(frozen=True)
class Part:
    """The pairs that are scored."""

    seen: Singles
    new: Codes
    of_placebo: NDArray[np.bool_]
    verdicts: Verdicts


def _part(of: Search, rows: Counts, known: Verdicts) -> Part:
    judged = Verdicts(np.searchsorted(rows, known.pair), known.same)
    return Part(of.seen[rows], of.pairs.new[rows], of.of_placebo[rows], judged)


def _score(of: Part, bits: Floats, ratio: float) -> Floats:
    """Verdicts and placebo, mixed by how many verdicts there are; bits alone where there is neither."""
    known = of.verdicts
    by_count = None
    if ratio:
        teaches = ~is_doubtful(of.seen)
        by_count = learned_from_placebo(of.seen, of.new, of.of_placebo, bits, ratio, teaches)
    score = bits * np.log(2) / 2 if by_count is None else by_count
    if known.are_enough:
        share = trust(known) if by_count is not None else 1.0
        score = share * learned_from_verdicts(of.seen, of.new, known) + (1 - share) * score
    for name, nats in AGAINST.items():
        score = score - nats * of.seen[:, COLUMN[name]]
    return score


def _by_chance(of: Part, score: Floats, eligible: NDArray[np.bool_], ratio: float) -> Floats:
    """(P,) the probability by the placebo, 0 for pairs that are not eligible; NaN without a placebo."""
    if not ratio:
        return np.full(len(score), np.nan)
    found = np.zeros(len(score))
    counted = eligible & ~is_doubtful(of.seen)
    if counted.any():
        found[eligible] = by_placebo(score[counted], of.of_placebo[counted], ratio, score[eligible])
    return found


def _probability(
    of: Search, part: Part, score: Floats, bits: Floats, by_chance: Floats, more: float
) -> Floats:
    """By the placebo, corrected by verdicts; without a placebo by verdicts alone; without both by assumption."""
    if not np.isnan(by_chance).any():
        return np.clip(1 - more * (1 - by_chance), 0.0, 1.0)
    if part.verdicts.are_enough:
        return by_verdicts(score, score[part.verdicts.pair], part.verdicts.same)
    return by_assumption(bits, part.new, of.suspended, len(of.new))


def ranks(new: Codes, of_placebo: NDArray[np.bool_], score: Floats, eligible: NDArray[np.bool_]) -> Codes:
    """(P,) place of each eligible pair among those of its new account on its side, from 1; 0 for the others."""
    rows = np.flatnonzero(eligible)
    group = new[rows].astype(np.int64) * 2 + of_placebo[rows]
    order = np.lexsort((rows, -score[rows], group))
    first = (
        np.concatenate([[True], group[order][1:] != group[order][:-1]]) if len(rows) else np.empty(0, bool)
    )
    begin = np.maximum.accumulate(np.where(first, np.arange(len(rows)), 0))
    found = np.zeros(len(new), np.int32)
    found[rows[order]] = np.arange(len(rows)) - begin + 1
    return found


def _rate(of: Search, score: Floats, rank: Codes, known: Verdicts, ratio: float, more: float) -> Floats:
    """By the placebo, corrected by verdicts; else by verdicts alone. First links and further ones by themselves."""
    found = np.full(len(score), np.nan)
    can_tell = (rank > 0) & ~is_doubtful(of.seen)
    for rows in (can_tell & (rank == 1), can_tell & (rank > 1)):
        targets = np.flatnonzero(rows & ~of.of_placebo)
        if ratio:
            decoy = _decoys(of, score, can_tell, rank, targets)
            counted = counted_rate(score[targets], decoy, ratio, CAUTION)
            found[targets] = np.minimum(more * rate_of(*counted, score[targets]), 1.0)
        elif known.are_enough:
            mine = rows[known.pair]
            found[targets] = judged_rate(score[known.pair[mine]], known.same[mine], score[targets])
    return found


def _decoys(of: Search, score: Floats, can_tell: NDArray[np.bool_], rank: Codes, targets: Counts) -> Floats:
    """Scores of the placebo pairs to count. A further link is as false as what the placebo has beside a first link."""
    if len(targets) == 0 or rank[targets[0]] == 1:
        return best_of(of.pairs.new, score, can_tell & of.of_placebo)
    linked = np.isin(of.pairs.new, of.pairs.new[targets])
    return score[can_tell & of.of_placebo & linked]
