"""Shares and durations that say how sure they are. Pure: no table, no clock, and nothing that a web process lacks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ostrakon.analysis.wilson import wilson

LEAST = 5
"""Below so many, no share and no duration is shown: one case would move it by more than a fifth."""


@dataclass(frozen=True)
class TooFew:
    """Not enough data to say it: a value like others, not a failure."""

    of: int
    """How many there are."""
    needed: int = LEAST


@dataclass(frozen=True)
class Share:
    """Some of many, with the 90 % Wilson interval of the share behind them."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """From 0 to 1."""
        return self.count / self.of


@dataclass(frozen=True)
class Durations:
    """How long something took: half of them no longer than the median, nine in ten no longer than the ninetieth."""

    of: int
    median: timedelta
    ninetieth: timedelta


def share(count: int, of: int, *, needed: int = LEAST) -> Share | TooFew:
    """``count`` of ``of``, if there are enough.

    Raises:
        ValueError: if ``count`` is negative or exceeds ``of``.

    >>> share(1, 4)
    TooFew(of=4, needed=5)
    >>> share(9, 10).value
    0.9
    """
    if not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is no share")
    return Share(count, of, *wilson(count, of)) if of >= needed else TooFew(of, needed)


def durations(seconds: Sequence[float]) -> Durations | TooFew:
    """Lower median and 90th percentile: each is one of the durations.

    >>> durations([60, 120, 180, 240, 6000])
    Durations(of=5, median=datetime.timedelta(seconds=180), ninetieth=datetime.timedelta(seconds=6000))
    """
    ordered, of = sorted(seconds), len(seconds)
    if of < LEAST:
        return TooFew(of)
    median, ninetieth = ordered[(of + 1) // 2 - 1], ordered[(of * 9 + 9) // 10 - 1]
    return Durations(of, timedelta(seconds=median), timedelta(seconds=ninetieth))


def width(count: int, of: int) -> float:
    """Of the 90 % interval, from 0 to 1: how little is known.

    >>> width(0, 0)
    1.0
    """
    low, high = wilson(count, of)
    return high - low


def width_after(count: int, of: int, more: int) -> float:
    """The width that is to be expected after so many more draws at random.

    What they will show is not known: each result is weighed by its chance given what was seen so far (beta-binomial,
    from Jeffreys' prior).

    Source: Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), chapter 2.

    >>> round(width(5, 50), 3), round(width_after(5, 50, 100), 3)
    (0.142, 0.082)
    """
    found, clear = count + 0.5, of - count + 0.5
    return sum(_chance(hits, more, found, clear) * width(count + hits, of + more) for hits in range(more + 1))


def _chance(hits: int, draws: int, found: float, clear: float) -> float:
    """Beta-binomial probability."""
    ways = math.lgamma(draws + 1) - math.lgamma(hits + 1) - math.lgamma(draws - hits + 1)
    return math.exp(ways + _log_beta(found + hits, clear + draws - hits) - _log_beta(found, clear))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
