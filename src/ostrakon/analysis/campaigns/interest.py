"""Shared interest: how much more often than strangers people meet on some accounts *without* haste.

People who care about one subject report the same accounts, and nobody coordinates them. What sets a campaign apart is
that its members come at the same time. So reports that lie far from the bursts say how often these people would meet
anyway, and what a burst shows is compared with that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts

FAR_S = 12 * 3600
"""A report so long before or after every burst in question is none of its business."""


def interest(of: Bursts, chosen: Counts) -> float:
    """How many times as often as strangers the reporters of the chosen bursts would meet on their accounts, >= 1.

    Let a share s of the reports in the bursts, and a share f of those far from them, be by people of one interest who
    meet k times as often as strangers. Pairs of reports by one reporter, one in a burst and one far away, then come
    k s f times as often as activities say, pairs of far ones k f^2 times, and so pairs in bursts k s^2 =
    (k s f)^2 / (k f^2) times. One pair is added to what is seen and expected of either kind, so that little evidence
    means little interest.
    """
    account = of.account[chosen]
    order = np.lexsort((of.begin[chosen], account))
    who, near, there = _reports(
        chosen[order],
        account[order],
        of.begin,
        of.end,
        of.actions.start,
        of.actions.reporter,
        of.actions.at,
        FAR_S,
    )
    seen_mixed, seen_far, mixed, far = _met(who, near, there, of.actions.activity, of.actions.count)
    across = (seen_mixed + 1.0) / (mixed + 1.0)
    return float(max(1.0, across, across * across / ((seen_far + 1.0) / (far + 1.0))))


IN_BURST, BETWEEN, FAR = 0, 1, 2


@compiled
def _reports(
    chosen: Counts,
    account: Codes,
    begin: Counts,
    end: Counts,
    start: Counts,
    reporter: Codes,
    at: Counts,
    far: int,
) -> tuple[Codes, NDArray[np.int8], Codes]:
    """All reports on the accounts: by whom, where in time, on which account; ``chosen`` lies by account and time."""
    total = 0
    for index in range(len(chosen)):
        if index == 0 or account[index] != account[index - 1]:
            total += start[account[index] + 1] - start[account[index]]
    who, near, there = np.empty(total, np.int32), np.empty(total, np.int8), np.empty(total, np.int32)
    rows, first = 0, 0
    while first < len(chosen):
        last = first
        while last < len(chosen) and account[last] == account[first]:
            last += 1
        for row in range(start[account[first]], start[account[first] + 1]):
            place = FAR
            for index in range(first, last):
                burst = chosen[index]
                if begin[burst] <= row < end[burst]:
                    place = IN_BURST
                elif place == FAR and at[begin[burst]] - far <= at[row] <= at[end[burst] - 1] + far:
                    place = BETWEEN
            who[rows], near[rows], there[rows] = reporter[row], place, account[first]
            rows += 1
        first = last
    return who, near, there


@compiled
def _met(
    who: Codes, near: NDArray[np.int8], there: Codes, activity: Counts, actions: int
) -> tuple[float, float, float, float]:
    """Pairs in and far, pairs far and far: seen, then expected."""
    seen_mixed, seen_far = 0.0, 0.0
    order = np.argsort(who)
    first = 0
    while first < len(who):
        last, inside, far = first, 0, 0
        while last < len(who) and who[order[last]] == who[order[first]]:
            inside += near[order[last]] == IN_BURST
            far += near[order[last]] == FAR
            last += 1
        seen_mixed += inside * far
        seen_far += 0.5 * far * (far - 1)
        first = last
    far_in_all = np.sum(near == FAR)
    mixed, both_far = 0.0, 0.0
    first = 0
    while first < len(who):
        last, far = first, 0
        while last < len(who) and there[last] == there[first]:
            far += near[last] == FAR
            last += 1
        elsewhere = (far_in_all - far) / actions
        for row in range(first, last):
            if near[row] == IN_BURST:
                mixed += (activity[who[row]] - 1) * elsewhere
            elif near[row] == FAR:
                both_far += 0.5 * (activity[who[row]] - 1) * elsewhere
        first = last
    return seen_mixed, seen_far, mixed, both_far
