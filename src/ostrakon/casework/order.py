"""The order of cases: a deadline that harm brings nearer. Pure; how many reported plays no part.

``expected_harm`` is probability x severity x reach, from 0 to 1. A case's turn lies so much before its deadline: a
certain, severe, far-heard violation is due at once, a doubtful one has the whole time of its policy and no more.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

UNVALUED_PROBABILITY = 0.3
"""Of a case that was not valued yet: the share of violations that the analysis takes for typical among reported
accounts before any decision (``analysis.worth.valuation.TYPICAL_BASE_RATE``; a test holds the two together, for that
module is too heavy to load with every page)."""
LEAST_REACH = 0.2
"""Of an account that nobody hears: somebody is harmed in a small room too."""
FULL_AUDIENCE = 10_000_000
"""From here on an account is heard by everybody, for this purpose."""
TYPICAL_AUDIENCE = 100
"""Of an account of whose audience nothing is known."""


def reach(followers: float | None, views: float | None) -> float:
    """How far an account is heard, from ``LEAST_REACH`` to 1, on a log scale.

    Ten times the audience adds the same step everywhere (about 0.11). The larger of the two numbers counts; None is
    unknown.

    >>> [round(reach(followers, None), 2) for followers in (0, 100, 10_000, 10_000_000)]
    [0.2, 0.43, 0.66, 1.0]
    >>> reach(None, None) == reach(100, None)
    True
    """
    known = [audience for audience in (followers, views) if audience is not None]
    audience = max(0.0, *known) if known else TYPICAL_AUDIENCE
    step = min(1.0, math.log1p(audience) / math.log1p(FULL_AUDIENCE))
    return LEAST_REACH + (1 - LEAST_REACH) * step


def expected_harm(probability: float | None, severity: float, reach: float) -> float:
    """probability x severity x reach, each from 0 to 1; a probability of None is unknown, not 0.

    >>> expected_harm(0.5, 0.8, 1.0)
    0.4
    """
    return (UNVALUED_PROBABILITY if probability is None else probability) * severity * reach


def turn_at(opened_at: datetime, due_at: datetime, expected_harm: float) -> datetime:
    """When a case's turn is: never after ``due_at``, and the earlier the more harm is expected.

    >>> from datetime import UTC
    >>> turn_at(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 5, tzinfo=UTC), 0.25).isoformat()
    '2026-01-04T00:00:00+00:00'
    """
    return opened_at + (due_at - opened_at) * (1 - expected_harm)


def due_at(since: datetime, deadline_hours: int) -> datetime:
    """The deadline of what was received first at ``since``."""
    return since + timedelta(hours=deadline_hours)
