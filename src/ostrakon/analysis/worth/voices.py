"""How many independent voices the reports on a case are worth: people who act together count as few.

Groups come from outside as one code a voice (-1 = speaks alone), so that any finder of coordinated reporting can
supply them; ``campaigns.find_campaigns(log).groups(log)`` does in the product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, ReportLog

GROUP_CORRELATION = 0.95
"""Within-group correlation: 500 members count as 1.05 voices (report-worth notes, step 2)."""
NEWCOMER_CORRELATION = 0.8
"""The same for newcomers who arrive together: any number of them counts as at most 1.25 voices."""
NEWCOMER_CASES = 3
"""A reporter who ever spoke on at most this many cases is a newcomer: nobody knows anything of them."""
NEWCOMER_CROWD = 3
"""So many newcomers on one case ..."""
NEWCOMER_WINDOW_S = 6 * 3600
"""... within this time arrive together."""


def shared_weights(start: NDArray[np.int64], crowd: Codes) -> NDArray[np.float32]:
    """(V,) how many independent voices each voice counts as, in (0, 1]; ``crowd`` as of ``group_of_each_voice``.

    Design effect: n voices of one group on a case weigh n / (1 + (n - 1) rho) together (Kish, Survey Sampling,
    1965, section 5.4). Newcomers who arrive together count as a group of their own.

    >>> weight = shared_weights(np.array([0, 4]), np.array([7, 7, 7, -1], np.int32))
    >>> [round(float(x), 3) for x in weight]
    [0.345, 0.345, 0.345, 1.0]
    """
    return _shared(start, crowd, GROUP_CORRELATION, NEWCOMER_CORRELATION)


def group_of_each_voice(log: ReportLog, groups: Codes | None = None) -> Codes:
    """(V,) with whom each voice speaks on its case: a group >= 0, -1 alone, below -1 a crowd of newcomers."""
    known = np.full(log.voices, -1, np.int32) if groups is None else groups
    newcomer = (log.reporter_size[log.reporter] <= NEWCOMER_CASES) & (known < 0)
    return _newcomer_crowds(log.start, log.at, known, newcomer, NEWCOMER_CROWD, NEWCOMER_WINDOW_S)


@compiled
def _newcomer_crowds(
    start: NDArray[np.int64],
    at: NDArray[np.int64],
    groups: Codes,
    newcomer: NDArray[np.bool_],
    crowd: int,
    window: int,
) -> Codes:
    """Newcomers of a case are cut into windows from the first one on; a window with enough of them is a crowd."""
    result = groups.copy()
    for case in range(len(start) - 1):
        number = -2
        opened = np.int64(0)
        members = 0
        for voice in range(start[case], start[case + 1]):
            if not newcomer[voice]:
                continue
            if members == 0 or at[voice] - opened > window:
                number -= 1 if members > 0 else 0
                opened = at[voice]
                members = 0
            members += 1
            result[voice] = number
        _dissolve_small_crowds(result, start[case], start[case + 1], number, crowd)
    return result


@compiled
def _dissolve_small_crowds(result: Codes, begin: int, end: int, lowest: int, crowd: int) -> None:
    size = np.zeros(max(0, -1 - lowest), np.int64)
    for voice in range(begin, end):
        if result[voice] < -1:
            size[-2 - result[voice]] += 1
    for voice in range(begin, end):
        if result[voice] < -1 and size[-2 - result[voice]] < crowd:
            result[voice] = -1


@compiled
def _shared(
    start: NDArray[np.int64], crowd: Codes, group_rho: float, newcomer_rho: float
) -> NDArray[np.float32]:
    weight = np.ones(len(crowd), np.float32)
    for case in range(len(start) - 1):
        begin, end = start[case], start[case + 1]
        order = begin + np.argsort(crowd[begin:end], kind="mergesort")
        first = 0
        while first < len(order):
            last = first
            while last < len(order) and crowd[order[last]] == crowd[order[first]]:
                last += 1
            if crowd[order[first]] != -1:
                rho = group_rho if crowd[order[first]] >= 0 else newcomer_rho
                for place in range(first, last):
                    weight[order[place]] = 1.0 / (1.0 + (last - first - 1) * rho)
            first = last
    return weight
