"""Wilson's interval of a share: light, for whoever tells one."""

from __future__ import annotations

import math

Z90 = 1.6448536269514722
"""Half width of a 90 % interval of a standard normal."""
Z95 = 1.959963984540054


def wilson(count: float, of: float, z: float = Z90) -> tuple[float, float]:
    """Score interval of a share; of nothing, everything is possible.

    Args:
        count, of: need not be whole; 0 <= count <= of.
    Source: E. B. Wilson, JASA 22 (1927) 209-212.

    >>> tuple(round(end, 3) for end in wilson(9, 10))
    (0.652, 0.977)
    """
    if of <= 0:
        return 0.0, 1.0
    share = count / of
    spread = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    centre, scale = share + z * z / (2 * of), 1 + z * z / of
    # The share lies within, also where rounding says otherwise: 1 of 1 ends at 1.
    return max(0.0, min(share, (centre - spread) / scale)), min(1.0, max(share, (centre + spread) / scale))
