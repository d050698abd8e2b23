"""How long to wait before the next try. No database, no clock."""

from __future__ import annotations

import random
from collections.abc import Callable

SHORTEST_S, LONGEST_S = 1.0, 15 * 60.0
PAUSE_S = 30.0
"""How long the others of a route wait when it is the route that fails, and not one message."""
ASKED_AT_MOST_S = 24 * 3600.0
"""A receiver that asks for more is waited for so long: it is then that a person is asked."""


def wait_s(
    tries: int, asked_s: float | None = None, draw: Callable[[float, float], float] = random.uniform
) -> float:
    """Doubling with full jitter (so that many do not come back at once), or what the other side asked for.

    Args:
        tries: how many there were, from 1.

    >>> top = lambda low, high: high
    >>> [wait_s(tries, draw=top) for tries in (1, 2, 5, 10, 500)]
    [2.0, 4.0, 32.0, 900.0, 900.0]
    >>> wait_s(9, draw=lambda low, high: low), wait_s(1, asked_s=60.0, draw=lambda low, high: low)
    (1.0, 60.0)
    """
    own = max(SHORTEST_S, draw(0.0, min(LONGEST_S, 2.0 ** min(tries, 20))))
    return max(own, min(asked_s or 0.0, ASKED_AT_MOST_S))


def look_again_s(tries: int, draw: Callable[[float, float], float] = random.uniform) -> float:
    """How long accepted work is left alone: a moment at first, for most of it takes less than a second.

    Args:
        tries: how often it was looked at, from 1.

    >>> [look_again_s(tries, draw=lambda low, high: high) for tries in (1, 2, 5, 500)]
    [0.25, 0.5, 4.0, 900.0]
    >>> look_again_s(1, draw=lambda low, high: low)
    0.125
    """
    return draw(0.5, 1.0) * min(LONGEST_S, 0.125 * 2.0 ** min(tries, 20))


def pause_s(asked_s: float | None = None) -> float:
    """How long a route rests that failed, or asked for rest."""
    return max(PAUSE_S, min(asked_s or 0.0, ASKED_AT_MOST_S))
