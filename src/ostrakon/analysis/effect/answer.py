"""What one method says of an effect, in the outcome's unit and as a fraction."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

LEVEL = 0.95


@dataclass(frozen=True)
class Answer:
    """An effect for a treated unit in a period, with its 95 % interval; nan = the method cannot tell."""

    method: str
    value: float
    low: float
    high: float
    p: float
    after: float
    """Mean of what was seen after the treatment, for a treated unit in a period."""

    @property
    def without(self) -> float:
        """What would have been, by this method."""
        return self.after - self.value

    @property
    def has_interval(self) -> bool:
        """Whether its uncertainty is known."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def fraction(self, level: float) -> float:
        """An effect in the outcome's unit as a fraction of what would have been; nan where that is not positive.

        >>> Answer("m", -3.0, -4.0, -2.0, 0.01, 7.0).fraction(-3.0)
        -0.3
        """
        without = self.after - level
        return level / without if without > 0 else math.nan


def answer(method: str, value: float, se: float, after: float, freedom: float = math.inf) -> Answer:
    """With a t interval; a standard error of nan leaves it open."""
    if not se > 0:
        return Answer(method, value, math.nan, math.nan, math.nan, after)
    reach = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * se
    p = float(2 * stats.t.sf(abs(value / se), freedom))
    return Answer(method, value, value - reach, value + reach, p, after)


def answer_of_ratio(
    method: str, ratio: float, log_se: float, after: float, freedom: float = math.inf
) -> Answer:
    """From what was seen over what would have been, its error on the log scale; ratio > 0."""
    reach = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * log_se
    low, high = (after - after / (ratio * math.exp(side)) for side in (-reach, reach))
    p = float(2 * stats.t.sf(abs(math.log(ratio)) / log_se, freedom))
    return Answer(method, after - after / ratio, low, high, p, after)
