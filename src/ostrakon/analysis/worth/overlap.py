"""Which cases share their reporters: the label-free sign of people who act together.

For a case, every reporter's other cases *near in the reporter's own history* are counted (``REACH`` before and
after). Work is bounded by 2 REACH a voice, so a reporter with 10^5 reports can neither stall it nor hide in it.
Under the null each of those other words falls on case t' with chance n_t' / V, so the expected overlap of t and t'
is (words looked at for t) x n_t' / V.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled

if TYPE_CHECKING:
    from ostrakon.analysis.log import ReportLog

Integers = NDArray[np.int64]
Codes = NDArray[np.int32]
Part = TypeVar("Part")

REACH = 8
"""Words looked at before and after, in each reporter's own history."""


def companions(log: ReportLog) -> NDArray[np.int8]:
    """(V,) whether the reporters of a case met elsewhere too: 0 no, 1 somewhere, 2 strikingly.

    A voice is marked 1 if its reporter also spoke on a case that shares at least 2 of these reporters and more than
    3 times what chance would give; 2 at 4 reporters and 6 times.
    """
    history = log.history
    mark = np.zeros(log.voices, np.int8)

    def part(cases: Integers) -> None:
        _companions(
            cases, log.start, log.reporter, log.case_account, history.start, history.case, history.place, mark
        )

    _in_threads(log, np.arange(log.cases), part)
    return mark


def kinship(
    log: ReportLog, cases: Integers, label: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """What became of the cases with the same reporters: (len(cases), 4) pull and mass among the known, then among all.

    ``label`` (C,) in [0, 1] says what each case was found or guessed to be; cases of the same account are left out. A
    neighbour's mass is its overlap beyond chance over sqrt(n n'), its pull the mass times its label.
    """
    history = log.history

    def part(some: Integers) -> NDArray[np.float64]:
        return _kinship(
            some,
            label,
            known,
            log.start,
            log.reporter,
            log.case_account,
            history.start,
            history.case,
            history.place,
        )

    return np.concatenate(_in_threads(log, cases, part))


def _in_threads(log: ReportLog, cases: Integers, part: Callable[[Integers], Part]) -> list[Part]:
    """``part`` of about as many voices a processor, in order: the kernels let go of the interpreter lock."""
    processors = os.cpu_count() or 1
    share = np.cumsum(log.case_size[cases]) * processors // (1 + log.case_size[cases].sum())
    with ThreadPoolExecutor(processors) as threads:
        return list(threads.map(part, [cases[share == number] for number in range(processors)]))


@compiled
def _near(
    voice: int, reporter: Codes, history_start: Integers, place: Integers
) -> tuple[int, int]:  # the part of its reporter's history that is near to the voice
    low = max(history_start[reporter[voice]], place[voice] - REACH)
    return low, min(history_start[reporter[voice] + 1], place[voice] + REACH + 1)


@compiled
def _count_neighbours(
    case: int, start: Integers, reporter: Codes,
    history_start: Integers, history_case: Codes, place: Integers, count: Codes, touched: Codes,
) -> tuple[int, int]:  # fmt: skip
    """Fill ``count`` with the overlap of ``case`` and its neighbours; returns how many there are, and words read."""
    found = 0
    words = 0
    for voice in range(start[case], start[case + 1]):
        low, high = _near(voice, reporter, history_start, place)
        words += high - low - 1
        for other in range(low, high):
            neighbour = history_case[other]
            if neighbour != case:
                if count[neighbour] == 0:
                    touched[found] = neighbour
                    found += 1
                count[neighbour] += 1
    return found, words


@compiled
def _companions(
    cases: Integers, start: Integers, reporter: Codes, account: Codes,
    history_start: Integers, history_case: Codes, place: Integers, mark: NDArray[np.int8],
) -> None:  # fmt: skip
    count = np.zeros(len(start) - 1, np.int32)
    touched = np.empty(len(start) - 1, np.int32)
    for case in cases:
        if start[case + 1] - start[case] < 2:
            continue
        found, words = _count_neighbours(
            case, start, reporter, history_start, history_case, place, count, touched
        )
        highest = 0
        for index in range(found):  # from overlap to mark: 0, 1 or 2
            neighbour = touched[index]
            overlap = count[neighbour]
            expected = words * (start[neighbour + 1] - start[neighbour]) / len(reporter)
            count[neighbour] = 0
            if overlap >= 2 and overlap > 3 * expected and account[neighbour] != account[case]:
                count[neighbour] = 2 if overlap >= 4 and overlap > 6 * expected else 1
                highest = max(highest, count[neighbour])
        if highest > 0:
            for voice in range(start[case], start[case + 1]):
                low, high = _near(voice, reporter, history_start, place)
                for other in range(low, high):
                    mark[voice] = max(mark[voice], count[history_case[other]])
        for index in range(found):
            count[touched[index]] = 0


@compiled
def _kinship(
    cases: Integers, label: NDArray[np.float64], known: NDArray[np.bool_], start: Integers, reporter: Codes,
    account: Codes, history_start: Integers, history_case: Codes, place: Integers,
) -> NDArray[np.float64]:  # fmt: skip
    count = np.zeros(len(start) - 1, np.int32)
    touched = np.empty(len(start) - 1, np.int32)
    result = np.zeros((len(cases), 4))
    for row in range(len(cases)):
        case = cases[row]
        found, words = _count_neighbours(
            case, start, reporter, history_start, history_case, place, count, touched
        )
        size = start[case + 1] - start[case]
        for index in range(found):
            neighbour = touched[index]
            other_size = start[neighbour + 1] - start[neighbour]
            beyond = count[neighbour] - words * other_size / len(reporter)
            count[neighbour] = 0
            if beyond > 0 and account[neighbour] != account[case]:
                mass = beyond / np.sqrt(size * other_size)
                if known[neighbour]:
                    result[row, 0] += mass * label[neighbour]
                    result[row, 1] += mass
                result[row, 2] += mass * label[neighbour]
                result[row, 3] += mass
    return result
