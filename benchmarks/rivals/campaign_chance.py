"""Logs without any acting together, made by dealing the reporters anew, and the burst test's p-values on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.actions import actions
from ostrakon.analysis.campaigns.burst_pairs import LEAST_SIZE, burst_pairs, expected_shared
from ostrakon.analysis.campaigns.bursts import Bursts, bursts
from ostrakon.analysis.campaigns.chance import log_poisson_tail
from ostrakon.analysis.log import Codes, Counts, report_log

Floats = NDArray[np.float64]


def permuted(reports: pl.DataFrame, rng: np.random.Generator) -> Bursts:
    """The bursts of the same accounts and times, with the reporters dealt out among the reports by chance.

    Who comes twice to an account by that counts once, as always.
    """
    dealt = reports["reporter"].gather(rng.permutation(len(reports)))
    return bursts(actions(report_log(reports.with_columns(dealt.alias("reporter")))))


@dataclass(frozen=True)
class PairSample:
    """Pairs of bursts, none in two pairs, so that what they share is all but independent. Shapes: (n,)."""

    shared: Counts
    """Reporters in common."""
    expected: Floats
    """The same by chance, as the product says."""

    @property
    def p_value(self) -> Floats:
        """P(X >= shared)."""
        return tails(self.shared, self.expected)

    def randomised(self, rng: np.random.Generator) -> Floats:
        """P(X > shared) + U P(X = shared): uniform if the null law is right, though counts are whole numbers."""
        above = tails(self.shared + 1, self.expected)
        return above + rng.random(len(above)) * (self.p_value - above)


def tails(seen: Counts, mean: Floats) -> Floats:
    """(n,) Poisson tails, by the product's own function."""
    logs = [log_poisson_tail(float(x), float(m)) for x, m in zip(seen, mean, strict=True)]
    return np.exp(np.array(logs, np.float64))


def sampled_pairs(of: Bursts, rng: np.random.Generator) -> PairSample:
    """Every burst of the tested sizes once, half of them beside any other, half beside one of about its own size.

    Pairs by chance are nearly all small; by size, the large ones meet, of which chance expects much.
    """
    tested = rng.permutation(np.flatnonzero(of.size >= LEAST_SIZE))
    by_chance, others = np.array_split(tested, 2)
    by_size = others[np.argsort(of.size[others], kind="stable")]
    pairs = [part[: len(part) // 2 * 2].reshape(-1, 2) for part in (by_chance, by_size)]
    one, other = np.concatenate(pairs).T
    apart = of.account[one] != of.account[other]
    one, other = one[apart].astype(np.int32), other[apart].astype(np.int32)
    return PairSample(shared_reporters(of, one, other), expected_shared(of, one, other))


def shared_reporters(of: Bursts, one: Codes, other: Codes) -> Counts:
    """(n,) reporters in common of pairs of bursts; no burst is in two pairs."""
    pair = np.full(of.count, -1)
    pair[one], pair[other] = np.arange(len(one)), np.arange(len(one))
    row = np.concatenate([np.arange(of.begin[burst], of.end[burst]) for burst in (*one, *other)])
    reporter = of.actions.reporter[row]
    owner = np.repeat(pair[np.concatenate([one, other])], of.size[np.concatenate([one, other])])
    key, times = np.unique(owner * of.actions.reporters + reporter, return_counts=True)
    return np.bincount(key[times == 2] // of.actions.reporters, minlength=len(one))


def listed_share(of: Bursts, level: float) -> tuple[int, int]:
    """(pairs that the product lists at this level, all pairs it compares): of every pair of one log."""
    pairs = burst_pairs(of, float(np.log(level)))
    return len(pairs.one), pairs.tested
