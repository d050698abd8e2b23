"""The simple co-report rule: reporters who keep meeting in the same few hours. What the product began with.

The rule of the report-worth notes (section 3, step 1). Its thresholds are fixed, so it misses rings that rotate
members or spread over days, and it tests nothing against chance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, ReportLog

CELL_S = 3 * 3600
LEAST_REPORTS = 4
LARGEST_CELL = 2000
LEAST_SHARED = 4
LEAST_SHARE = 0.08
LEAST_MEMBERS = 3


def co_reporting(log: ReportLog) -> Codes:
    """(V,) group of each voice, -1 where its reporter belongs to none; groups are numbered from 0, the earliest first.

    Time is cut into cells of 3 hours, twice (half a cell apart). Two reporters with at least 4 cases each are linked
    if they share at least 4 cells (case x window, of 2 to 2000 reporters) and 8 % of the cases of either; connected
    components of at least 3 reporters are groups.
    """
    active = log.reporter_size >= LEAST_REPORTS
    if active.sum() < LEAST_MEMBERS:
        return np.full(log.voices, -1, np.int32)
    first = _cells(log, active, 0)
    second = _cells(log, active, CELL_S // 2)
    root = _linked(*first, *second, log.reporter_size, LEAST_SHARED, LEAST_SHARE)
    members = np.bincount(root, minlength=len(root))
    large = np.flatnonzero(members >= LEAST_MEMBERS)
    began = np.full(len(root), np.iinfo(np.int64).max)
    np.minimum.at(began, root[log.reporter], log.at)
    number = np.full(len(root), -1, np.int32)
    number[large[np.argsort(began[large], kind="stable")]] = np.arange(len(large), dtype=np.int32)
    return number[root][log.reporter].astype(np.int32)


def _cells(
    log: ReportLog, active: NDArray[np.bool_], offset: int
) -> tuple[NDArray[np.int64], Codes, NDArray[np.int64], Codes]:
    """Usable cells both ways: (start of each cell, its reporters), (start of each reporter, its cells)."""
    voice = np.flatnonzero(active[log.reporter])
    reporter = log.reporter[voice]
    window = (log.at[voice] + offset) // CELL_S
    case = log.case[voice]
    opens = np.empty(len(voice), np.bool_)
    opens[:1] = True
    opens[1:] = (case[1:] != case[:-1]) | (window[1:] != window[:-1])
    cell = np.cumsum(opens) - 1
    size = np.bincount(cell) if len(cell) else np.zeros(0, np.int64)
    usable = (size >= 2) & (size <= LARGEST_CELL)
    keep = usable[cell]
    place = np.cumsum(usable) - 1
    cell, reporter = place[cell[keep]].astype(np.int32), reporter[keep]
    cell_start = np.concatenate([[0], np.cumsum(size[usable])]).astype(np.int64)
    order = np.argsort(reporter, kind="stable")
    reporter_start = np.concatenate([[0], np.cumsum(np.bincount(reporter, minlength=len(active)))]).astype(
        np.int64
    )
    return cell_start, reporter.astype(np.int32), reporter_start, cell[order]


@compiled
def _linked(
    start_a: NDArray[np.int64], members_a: Codes, own_a: NDArray[np.int64], cells_a: Codes,
    start_b: NDArray[np.int64], members_b: Codes, own_b: NDArray[np.int64], cells_b: Codes,
    cases: NDArray[np.int64], least_shared: int, least_share: float,
) -> NDArray[np.int64]:  # fmt: skip
    """(R,) root of each reporter's component (union-find over linked pairs; no table of pairs is kept)."""
    reporters = len(cases)
    root = np.arange(reporters)
    shared = np.zeros((2, reporters), np.int32)
    touched = np.empty(reporters, np.int64)
    for reporter in range(reporters):
        found = 0
        for turn in range(2):
            start, members, own, cells = (
                (start_a, members_a, own_a, cells_a) if turn == 0 else (start_b, members_b, own_b, cells_b)
            )
            for place in range(own[reporter], own[reporter + 1]):
                cell = cells[place]
                for row in range(start[cell], start[cell + 1]):
                    other = members[row]
                    if other > reporter:
                        if shared[0, other] + shared[1, other] == 0:
                            touched[found] = other
                            found += 1
                        shared[turn, other] += 1
        for index in range(found):
            other = touched[index]
            most = max(shared[0, other], shared[1, other])
            shared[0, other] = 0
            shared[1, other] = 0
            if most >= least_shared and most >= least_share * min(cases[reporter], cases[other]):
                _join(root, reporter, other)
    for reporter in range(reporters):
        root[reporter] = _root(root, reporter)
    return root


@compiled
def _root(root: NDArray[np.int64], reporter: int) -> int:
    while root[reporter] != reporter:
        root[reporter] = root[root[reporter]]
        reporter = root[reporter]
    return reporter


@compiled
def _join(root: NDArray[np.int64], one: int, other: int) -> None:
    low, high = _root(root, one), _root(root, other)
    root[max(low, high)] = min(low, high)
