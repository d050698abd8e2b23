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
from ostrakon.analysis.log import Codes, Counts, Floats

FAR_S = 12 * 3600
"""A report so long before or after a burst is none of its business."""
MOST_HASTY = 3.0
"""Of people who share an interest so many report in the largest burst of an account for one who comes another day."""
IN_BURST, BETWEEN, FAR = 0, 1, 2
"""Where in time a report lies."""

MOST_RATE = 0.2
"""Who would by chance report more than this share of the accounts far away is everywhere, and says nothing."""


def interest(of: Bursts, chosen: Counts) -> float:
    """How many times as often as strangers the reporters of the chosen bursts would meet on their accounts, >= 1.

    Let a share s of the reports in the bursts, and a share f of those far from them, be by people of one interest who
    meet k times as often as strangers. Pairs of reports by one reporter, one in a burst and one far away, then come
    k s f times as often as activities say (``across``), pairs of far ones k f^2 times (``apart``), and so pairs in
    bursts k s^2 = across^2 / apart times. But f must be seen in pairs of far reports: where there are hardly any,
    ``across`` itself must do. Pairs come in clumps, a person's all at once: of those in a burst and far, one standard
    error by persons is taken off, or one member of a ring who comes late by accident would make an interest of it. One
    pair is added to what is seen and expected of either kind, so that little evidence means little interest.

    And an interest shows itself without haste: of those who come again and again, it explains at most ``MOST_HASTY``
    times as many reports in bursts as lie far from them, and pairs of such reports as the square of that share. So a
    ring that strikes a victim a second time, days later and with a few, does not pass for an interest.
    """
    chosen = _largest_of_each_account(of, chosen)
    actions = of.actions
    who, near, there = _reports(
        of.account[chosen],
        of.begin[chosen],
        of.end[chosen],
        actions.start,
        actions.reporter,
        actions.at,
        FAR_S,
    )
    met = _met(who, near, there, actions.intensity, actions.count, MOST_RATE * len(chosen))
    across = (met[MIXED] - met[SPREAD] + 1.0) / (met[MIXED_BY_CHANCE] + 1.0)
    if met[APART] - 2.0 * np.sqrt(met[APART]) > met[APART_BY_CHANCE]:  # else the share of them is unknown
        across = max(across, across * across / ((met[APART] + 1.0) / (met[APART_BY_CHANCE] + 1.0)))
    explained = min(1.0, MOST_HASTY * met[UNHASTY] / max(met[HASTY], 1.0))
    together = (met[TOGETHER] + 1.0) / (met[TOGETHER_BY_CHANCE] + 1.0)
    return float(max(1.0, min(across, 1.0 + explained * explained * together)))


def _largest_of_each_account(of: Bursts, chosen: Counts) -> Counts:
    """Who come to one account on several evenings are in no haste: what lies far from its largest burst is far."""
    order = np.lexsort((of.begin[chosen], -of.size[chosen], of.account[chosen]))
    account = of.account[chosen[order]]
    first = np.ones(len(order), np.bool_)
    first[1:] = account[1:] != account[:-1]
    return chosen[order[first]]


@compiled
def _reports(
    account: Codes, begin: Counts, end: Counts, start: Counts, reporter: Codes, at: Counts, far: int
) -> tuple[Codes, NDArray[np.int8], Codes]:
    """All reports on the accounts, of each of which one burst is given: by whom, where in time, on which account."""
    total = 0
    for which in account:
        total += start[which + 1] - start[which]
    who, near, there = np.empty(total, np.int32), np.empty(total, np.int8), np.empty(total, np.int32)
    filled = 0
    for index in range(len(account)):
        opens, closes = at[begin[index]], at[end[index] - 1]
        for row in range(start[account[index]], start[account[index] + 1]):
            place = BETWEEN
            if begin[index] <= row < end[index]:
                place = IN_BURST
            elif at[row] < opens - far or at[row] > closes + far:
                place = FAR
            who[filled], near[filled], there[filled] = reporter[row], place, account[index]
            filled += 1
    return who, near, there


MIXED, SPREAD, MIXED_BY_CHANCE, APART, APART_BY_CHANCE, TOGETHER, TOGETHER_BY_CHANCE, HASTY, UNHASTY = range(
    9
)


@compiled
def _met(
    who: Codes, near: NDArray[np.int8], there: Codes, intensity: Floats, actions: int, busy: float
) -> Floats:
    """Sums over persons, named above: pairs of reports by one, in a burst and far (seen, their standard error by
    persons, expected), both far, both in bursts; and the reports in bursts and far of who has several."""
    in_there, far_there = _of_each_account(near, there)
    in_all, far_in_all = np.sum(near == IN_BURST), np.sum(near == FAR)
    met = np.zeros(9)
    order = np.argsort(who)
    first = 0
    while first < len(who):
        last, inside, far, apart, together = first, 0, 0, 0.0, 0.0
        elsewhere = float(far_in_all)  # far reports on accounts where this one was in no burst
        rate = intensity[who[order[first]]] / actions
        again = max(rate - 1.0 / actions, 0.0)
        while last < len(who) and who[order[last]] == who[order[first]]:
            row = order[last]
            if near[row] == IN_BURST:
                inside += 1
                elsewhere -= far_there[row]
                together += 0.5 * again * (in_all - in_there[row])
            elif near[row] == FAR:
                far += 1
                apart += 0.5 * again * (far_in_all - far_there[row])
            last += 1
        if rate * far_in_all <= busy:
            met[MIXED] += inside * far
            met[SPREAD] += (inside * far) ** 2
            met[MIXED_BY_CHANCE] += inside * max(rate - inside / actions, 0.0) * elsewhere
            met[APART] += 0.5 * far * (far - 1)
            met[APART_BY_CHANCE] += apart
            met[TOGETHER] += 0.5 * inside * (inside - 1)
            met[TOGETHER_BY_CHANCE] += together
            if inside + far >= 2:
                met[HASTY] += inside
                met[UNHASTY] += far
        first = last
    met[SPREAD] = np.sqrt(met[SPREAD])
    return met


@compiled
def _of_each_account(near: NDArray[np.int8], there: Codes) -> tuple[Codes, Codes]:
    """((rows,) how many reports on the same account are in its burst, and how many far); rows lie by account."""
    in_there, far_there = np.empty(len(near), np.int32), np.empty(len(near), np.int32)
    first = 0
    while first < len(near):
        last, inside, far = first, 0, 0
        while last < len(near) and there[last] == there[first]:
            inside += near[last] == IN_BURST
            far += near[last] == FAR
            last += 1
        in_there[first:last] = inside
        far_there[first:last] = far
        first = last
    return in_there, far_there
