"""Numbers in words, rounded honestly: never surer than they are."""

from __future__ import annotations

import math

NBSP = "\u00a0"
UNKNOWN = "not known"


def is_known(number: float | None) -> bool:
    """False for None and NaN."""
    return number is not None and not math.isnan(number)


def count(number: float) -> str:
    """A count of things.

    >>> count(5312)
    '5,312'
    """
    return f"{round(number):,}"


def percent(share: float | None) -> str:
    """A probability as a whole percentage; never certainty.

    >>> [percent(p).replace(NBSP, " ") for p in (0.0, 0.004, 0.617, 0.996, 1.0)]
    ['< 1 %', '< 1 %', '62 %', '> 99 %', '> 99 %']
    """
    if share is None or math.isnan(share):
        return UNKNOWN
    return f"{_whole(share)}{NBSP}%"


def interval(low: float | None, high: float | None) -> str:
    """The two ends of an interval of probabilities.

    >>> interval(0.48, 0.74).replace(NBSP, " "), interval(0.001, 0.12).replace(NBSP, " ")
    ('48–74 %', '< 1 % to 12 %')
    """
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return UNKNOWN
    if _whole(low).isdigit() and _whole(high).isdigit():
        return f"{_whole(low)}–{_whole(high)}{NBSP}%"
    return f"{percent(low)} to {percent(high)}"


def observed(share: float) -> str:
    """A share that was counted, so that none and all do occur.

    >>> [observed(s).replace(NBSP, " ") for s in (0.0, 0.001, 0.5, 0.999, 1.0)]
    ['0 %', '< 1 %', '50 %', '> 99 %', '100 %']
    """
    return f"{round(share * 100)}{NBSP}%" if share in (0.0, 1.0) else percent(share)


def about(number: float) -> str:
    """An estimated number of things, with no more digits than it deserves.

    >>> [about(n).replace(NBSP, " ") for n in (3.8, 0.2, 0, 47, 1204)]
    ['about 4', 'less than 1', '0', 'about 47', 'about 1,200']
    """
    if number <= 0:
        return "0"
    if number < 0.5:
        return f"less than{NBSP}1"
    whole = math.floor(number + 0.5)
    unit = 10 ** max(0, len(str(whole)) - 2)
    return f"about{NBSP}{math.floor(number / unit + 0.5) * unit:,}"


def weight(number: float) -> str:
    """The weight of one voice; a tenth matters here.

    >>> [weight(n).replace(NBSP, " ") for n in (1.04, 0.01)]
    ['1.0', '< 0.1']
    """
    return f"{number:,.1f}" if number >= 0.05 else f"<{NBSP}0.1"


def points(difference: float) -> str:
    """A movement in percentage points, with its sign.

    >>> [points(d).replace(NBSP, " ") for d in (0.121, -0.03, 0.004, -0.0001, 0.0)]
    ['+12', '−3', '+0.4', '− < 0.1', '0']
    """
    if difference == 0:
        return "0"
    sign, size = "+" if difference > 0 else "−", abs(difference) * 100
    if size < 0.05:
        return f"{sign}{NBSP}<{NBSP}0.1"
    return f"{sign}{size:.1f}" if size < 0.95 else f"{sign}{math.floor(size + 0.5)}"


def _whole(share: float) -> str:
    whole = math.floor(share * 100 + 0.5)
    if whole < 1:
        return f"<{NBSP}1"
    return f">{NBSP}99" if whole > 99 else str(whole)
