"""Shares and durations that say how sure they are. Pure: no table, no clock, nothing but the standard library.

``analysis.calibration.wilson`` is the same interval; that module loads numpy, which no web process does. A test holds
the two together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

Z90 = 1.6448536269514722
"""The 95th percentile of the normal distribution: the ends of a 90 % interval."""
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


def wilson(count: float, of: float, z: float = Z90) -> tuple[float, float]:
    """Wilson score interval of a share; of nothing, everything is possible.

    Source: E. B. Wilson, JASA 22 (1927) 209-212.

    >>> tuple(round(end, 3) for end in wilson(9, 10))
    (0.652, 0.977)
    """
    if of <= 0:
        return 0.0, 1.0
    value = count / of
    spread = z * math.sqrt(value * (1 - value) / of + z * z / (4 * of * of))
    centre, scale = value + z * z / (2 * of), 1 + z * z / of
    # The value lies within, also where rounding says otherwise: 1 of 1 ends at 1.
    return max(0.0, min(value, (centre - spread) / scale)), min(1.0, max(value, (centre + spread) / scale))


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
