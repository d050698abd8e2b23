"""Whose account a new one is, drawn: a link is a doubt, and each draw settles all of them one way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.log import Counts, Floats


def owners_drawn(
    new: Counts, probability: Floats, draws: int, rng: np.random.Generator
) -> list[NDArray[np.bool_]]:
    """Which links hold, draw by draw: of each new account one at most, or none.

    Args:
        new: (h,) number of the new account of each link, from 0, ascending. probability: (h,) at most 1 for a new
            account in all.

    >>> one = owners_drawn(np.array([0, 0, 1]), np.array([0.5, 0.5, 1.0]), 3, np.random.default_rng(0))
    >>> [int(holds.sum()) for holds in one]
    [2, 2, 2]
    """
    if not len(new):
        return [np.zeros(0, np.bool_) for _ in range(draws)]
    upper = np.cumsum(probability)
    starts = np.flatnonzero(np.append(True, np.diff(new) > 0))
    upper -= np.repeat(np.append(0.0, upper)[starts], np.diff(np.append(starts, len(upper))))
    found = []
    for _ in range(draws):
        at = rng.random(new[-1] + 1)[new]
        found.append((at < upper) & (at >= upper - probability))
    return found
