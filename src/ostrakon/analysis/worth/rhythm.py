"""When the voices of a case arrive: the largest crowd within a window."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled

HOUR_S = 3600
DAY_S = 86_400


@compiled
def crowds(start: NDArray[np.int64], at: NDArray[np.int64], window_s: int) -> NDArray[np.int64]:
    """(C,) most voices of each case within any ``window_s`` seconds; ``at`` (V,) is sorted within each case."""
    largest = np.zeros(len(start) - 1, np.int64)
    for case in range(len(start) - 1):
        first = start[case]
        for voice in range(start[case], start[case + 1]):
            while at[voice] - at[first] > window_s:
                first += 1
            largest[case] = max(largest[case], voice - first + 1)
    return largest
