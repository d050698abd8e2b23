"""Do reviewers agree? Counted, corrected for chance, and with how sure that is.

Tables hold one row for each opinion: ``case``, ``reviewer``, ``outcome``, all text; nobody has two opinions on a case.
Cases on which only one person has an opinion say nothing and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ostrakon.analysis.wilson import wilson

Floats = NDArray[np.float64]

DRAWS = 2_000
"""Of the bootstrap: its 5th and 95th percentiles then vary in the third digit."""
DRAWS_AT_ONCE = 200
"""Bounds memory, not results."""
ENDS = (5.0, 95.0)
"""Percentiles of a 90 % interval."""


@dataclass(frozen=True)
class Estimate:
    """A number with its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """How far the reviewers of the same cases agree."""

    cases: int
    """With two opinions at least."""
    share: Estimate | None
    """Of the pairs of opinions on a case, those that agree, averaged over cases; None without such a case."""
    alpha: Estimate | None
    """Krippendorff's: 1 = always, 0 = as by chance; None where all opinions are the same, or nobody shares a case."""


def agreement(opinions: pl.DataFrame, *, seed: int = 0) -> Agreement:
    """Agreement of any number of reviewers who saw some of the cases each.

    The interval of the share is Wilson's, with a case as one trial however many looked at it; that of alpha is the
    bootstrap over cases.

    >>> pairs = [("a", "upheld", "upheld"), ("b", "rejected", "rejected"), ("c", "upheld", "rejected")]
    >>> rows = [(case, who, said) for case, *both in pairs for who, said in zip(("alice", "bram"), both)]
    >>> found = agreement(pl.DataFrame(rows, schema=["case", "reviewer", "outcome"], orient="row"))
    >>> found.cases, round(found.share.value, 3), round(found.alpha.value, 3)
    (3, 0.667, 0.444)
    """
    counts = _counts(opinions)
    if not len(counts):
        return Agreement(0, None, None)
    said = counts.sum(1)
    share = float(np.mean((counts * (counts - 1)).sum(1) / (said * (said - 1))))
    return Agreement(
        len(counts),
        Estimate(share, *wilson(share * len(counts), len(counts))),
        _alpha_with_interval(counts, np.random.default_rng(seed)),
    )


def alpha(opinions: pl.DataFrame) -> float | None:
    """Krippendorff's alpha for names without order, opinions missing or not; None where it is not defined.

    Source: K. Krippendorff, Content Analysis, 4th ed. (2019), chapter 12; the same as Computing Krippendorff's
    Alpha-Reliability (2011), part C.
    """
    counts = _counts(opinions)
    value = _alphas(counts, np.ones((1, len(counts))))[0] if len(counts) else np.nan
    return None if np.isnan(value) else float(value)


def kappa(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Cohen's kappa of two reviewers who saw the same cases; None where both always say the same one thing.

    Args:
        one: what the first said on each case.
        other: what the second said, in the same order.
    Raises:
        ValueError: the two are not of the same length, or empty.
    Source: J. Cohen, Educational and Psychological Measurement 20 (1960) 37-46.

    >>> round(kappa(["yes"] * 25 + ["no"] * 25, ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15), 3)
    0.4
    """
    if len(one) != len(other) or not one:
        raise ValueError(f"two lists of one length are needed, not {len(one)} and {len(other)} opinions")
    first, second = np.asarray(one), np.asarray(other)
    agreed = float(np.mean(first == second))
    by_chance = float(sum(np.mean(first == said) * np.mean(second == said) for said in np.unique(first)))
    return None if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def _counts(opinions: pl.DataFrame) -> Floats:
    """(U, V) how many said each of V outcomes about each of U cases with two opinions at least, cases in order."""
    known = opinions.drop_nulls("outcome")
    shared = known.filter(pl.len().over("case") > 1)
    table = shared.sort("outcome").pivot("outcome", index="case", values="reviewer", aggregate_function="len")
    return table.sort("case").drop("case").fill_null(0).to_numpy().astype(np.float64)


def _alphas(counts: Floats, times: Floats) -> Floats:
    """(B,) alpha with each case taken ``times`` (B, U); NaN where all that was said is the same."""
    said = counts.sum(1)
    opinions = times @ said
    agreeing = times @ ((counts * (counts - 1)).sum(1) / (said - 1))
    same_by_chance = ((times @ counts) ** 2).sum(1)
    differing_by_chance = opinions**2 - same_by_chance
    with np.errstate(invalid="ignore", divide="ignore"):
        found = 1 - (opinions - 1) * (opinions - agreeing) / differing_by_chance
    return np.where(differing_by_chance > 0, found, np.nan)


def _alpha_with_interval(counts: Floats, rng: np.random.Generator) -> Estimate | None:
    cases = len(counts)
    value = _alphas(counts, np.ones((1, cases)))[0]
    if np.isnan(value):
        return None
    drawn = np.concatenate(
        [
            _alphas(
                counts, rng.multinomial(cases, np.full(cases, 1 / cases), DRAWS_AT_ONCE).astype(np.float64)
            )
            for _ in range(DRAWS // DRAWS_AT_ONCE)
        ]
    )
    # Draws in which nobody differs and nothing varies agree in everything: leaving them out would look too sure.
    low, high = np.percentile(np.nan_to_num(drawn, nan=1.0), ENDS)
    return Estimate(float(value), float(min(low, value)), float(max(high, value)))
