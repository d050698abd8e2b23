"""Who acts beside whom: for every pair of actors, how often one was near the other on the same target. Exact.

The semantics are those of ``co_retweet`` in coordination-network-toolkit 1.5.2, with the target for the reposted
message; its edges and these are the same (benchmarks/coaction.py). There it is a join of the log with itself. Here
the log is sorted once and one actor at a time is counted, as in a sparse matrix product by rows (F. Gustavson, Two
fast algorithms for sparse matrices, ACM TOMS 4, 1978), so there is no table of pairs to sort or to hash.

Time: the sum of all windows, twice. Memory: some 30 bytes an action, 12 bytes an actor and thread, and the edges.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts, sorted_by

Words = NDArray[np.uint64]

LARGEST_TIME = 2**61
"""Differences of times up to this, either sign, fit into 64 bits with room to spare: 7e10 years."""

LARGEST_CODE = 2**31 - 1

PARTS_PER_PROCESSOR = 8
"""More than one, so that a processor that is busy with something else does not hold up the others."""


@dataclass(frozen=True)
class CoActions:
    """E directed edges, sorted by (source, other). No edge leads from an actor to itself."""

    source: Codes
    """(E,) the actor whose actions are counted."""
    other: Codes
    """(E,) the actor beside whom they were done."""
    weight: Codes
    """(E,) distinct actions of ``source`` that have an action of ``other`` in their window; at least 1."""


@dataclass(frozen=True)
class Windows:
    """For every action the others near it on its target. N actions, sorted by (target, time)."""

    order: Counts
    """(N,) the row of the input that stands at each place."""
    low: Codes
    """(N,) the first place of the window of the action at this place."""
    high: Codes
    """(N,) one past the last: the window is ``low:high``, and the action itself is always in it."""


def co_actions(
    actor: Codes, target: Codes, at: Counts, *, window: int, least: int = 1, nearest: int | None = None
) -> CoActions:
    """Every pair (u, v) where at least ``least`` actions of u had an action of v beside them.

    Each row is one action, and rows may repeat: an actor who acts twice on a target has done two actions. The weight
    of u -> v is the number of u's actions for which v has one or more on the same target in the window (see
    :func:`windows`), so u -> v and v -> u may differ where somebody acts on a target more than once. Whoever wants
    each actor heard once on a target keeps the first row of each (actor, target) before.

    Args:
        actor: (N,) codes from 0; the counters are as long as the largest code.
        target: (N,) codes from 0.
        at: (N,) seconds on any clock, of either sign.
        window: seconds before and after, ends included, so 0 means the same second.
        least: smallest weight of an edge that is kept.
        nearest: bound on the others in a window, see :func:`windows`; without it the count is complete.
    Raises:
        ValueError: if the columns differ in length, or a number is outside what is said here.

    >>> ann, bo, cy = 0, 1, 2
    >>> found = co_actions(np.array([ann, bo, cy, ann, bo]), np.array([0, 0, 0, 1, 1]),
    ...     np.array([0, 60, 120, 0, 10]), window=60)
    >>> [*zip(found.source.tolist(), found.other.tolist(), found.weight.tolist())]
    [(0, 1, 2), (1, 0, 2), (1, 2, 1), (2, 1, 1)]
    """
    if least < 1:
        raise ValueError("least must be at least 1: an edge stands for an action")
    near = windows(actor, target, at, window=window, nearest=nearest)
    placed = _codes("actor", actor)[near.order]
    start, place = _places_of(placed, int(placed.max(initial=-1)) + 1)
    log = (start, place, placed, near.low, near.high)
    parts = _even_parts(start, _work(*log))

    edges = np.zeros(len(start), np.int64)
    _in_threads(lambda first, last: _count(first, last, least, *log, edges), parts)
    ends = np.cumsum(edges)
    found = CoActions(*(np.empty(ends[-1], np.int32) for _ in range(3)))
    _in_threads(
        lambda first, last: _fill(first, last, least, *log, ends, found.source, found.other, found.weight),
        parts,
    )
    return found


def windows(actor: Codes, target: Codes, at: Counts, *, window: int, nearest: int | None = None) -> Windows:
    """The others within ``window`` seconds, before or after, on the same target; at most ``nearest`` of them.

    The others of an action are all other actions on its target whose time differs by at most ``window``, by whomever.
    If there are more than ``nearest``, only the ``nearest`` closest remain: closest in time; where that is equal, in
    rank along the target; where that is equal too, the earlier. Rank along a target is by time, and within one second
    by SplitMix64 of ``target * 2**32 + actor``, so that who is beside whom in a crowded second is drawn anew for each
    target, and does not depend on the order of the rows. A bounded window is not mutual: the nearest neighbours of
    somebody at the edge of a crowd have nearer ones themselves.

    The number of others of the action at place i is ``high[i] - low[i] - 1``. Arguments as in :func:`co_actions`.

    >>> who, where, when = np.array([0, 1, 2]), np.array([5, 5, 5]), np.array([30, 0, 40])
    >>> near = windows(who, where, when, window=30)
    >>> near.order.tolist(), near.low.tolist(), near.high.tolist()
    ([1, 0, 2], [0, 0, 1], [2, 3, 3])
    >>> windows(who, where, when, window=30, nearest=1).low.tolist()
    [0, 1, 1]
    """
    who, where, when = _codes("actor", actor), _codes("target", target), _times(at)
    if not len(who) == len(where) == len(when) <= LARGEST_CODE:
        raise ValueError("actor, target and at must be equally long, and no longer than 2**31 - 1")
    if window < 0 or (nearest is not None and nearest < 1):
        raise ValueError("window must be 0 or more seconds, and nearest at least 1")
    bound = len(who) if nearest is None else min(nearest, len(who))
    order, start = sorted_by(where, int(where.max(initial=-1)) + 1, when)
    _draw_lots(order, start, who, when, bound)
    low, high = np.empty(len(who), np.int32), np.empty(len(who), np.int32)
    _windows(start, when[order], min(window, 2 * LARGEST_TIME), bound, low, high)
    return Windows(order, low, high)


def _codes(name: str, values: NDArray[Any]) -> Codes:
    """Integers from 0 as 32 bits. The kernels do not look where they write: a wrong code would damage memory."""
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise ValueError(f"{name} must be one column of integers")
    if len(values) and (int(values.min()) < 0 or int(values.max()) >= LARGEST_CODE):
        raise ValueError(f"every {name} needs a code from 0 to below 2**31 - 1")
    return np.ascontiguousarray(values, np.int32)


def _times(at: NDArray[Any]) -> Counts:
    if at.ndim != 1 or at.dtype.kind not in "iu":
        raise ValueError("at must be one column of whole seconds")
    if len(at) and (int(at.min()) < -LARGEST_TIME or int(at.max()) > LARGEST_TIME):
        raise ValueError("a time in at is further than 2**61 seconds from 0")
    return np.ascontiguousarray(at, np.int64)


def _even_parts(start: Counts, work: Counts) -> list[tuple[int, int]]:
    """Ranges of actors with about as much work each; ``work`` (A + 1,) is what lies before each actor."""
    parts = PARTS_PER_PROCESSOR * (os.cpu_count() or 1)
    cuts = np.searchsorted(work, np.linspace(0, work[-1], parts + 1)[1:-1])
    ends = np.unique([0, *cuts.tolist(), len(start) - 1]).tolist()
    return list(pairwise(ends))


def _in_threads(part: Callable[[int, int], None], parts: list[tuple[int, int]]) -> None:
    """The kernels let go of the interpreter lock."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for _ in threads.map(lambda ends: part(*ends), parts):
            pass


# -- windows -----------------------------------------------------------------------------------

ONE_FIELD = np.uint64(32)


@compiled
def _mixed(target: int, actor: int) -> np.uint64:
    """SplitMix64's last steps (Steele, Lea, Flood 2014): different for different pairs, and like a random number."""
    mixed = (np.uint64(target) << ONE_FIELD) | np.uint64(actor)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@compiled
def _draw_lots(order: Counts, start: Counts, actor: Codes, at: Counts, bound: int) -> None:
    """Rank within one second, on the targets where a window can be crowded: elsewhere it changes nothing."""
    for target in range(len(start) - 1):
        first, end = start[target], start[target + 1]
        if end - first <= bound + 1:
            continue
        while first < end:
            last = first + 1
            while last < end and at[order[last]] == at[order[first]]:
                last += 1
            if last - first > 1:
                second = order[first:last].copy()
                lots = np.array([_mixed(target, actor[row]) for row in second])
                order[first:last] = second[np.argsort(lots, kind="mergesort")]
            first = last


@compiled
def _windows(start: Counts, at: Counts, window: int, bound: int, low: Codes, high: Codes) -> None:
    """Two pointers along each target, ``at`` in order; a third for the nearest, which never steps back either."""
    for target in range(len(start) - 1):
        begin, end = start[target], start[target + 1]
        first, last, nearest = begin, begin, begin
        for place in range(begin, end):
            while at[place] - at[first] > window:
                first += 1
            while last < end and at[last] - at[place] <= window:
                last += 1
            low[place], high[place] = first, last
            if last - first - 1 > bound:
                nearest = max(nearest, first)
                while nearest + bound + 1 < last:
                    gained, lost = nearest + bound + 1, nearest
                    sooner, later = at[place] - at[lost], at[gained] - at[place]
                    if later > sooner or (later == sooner and gained - place >= place - lost):
                        break
                    nearest += 1
                low[place], high[place] = nearest, nearest + bound + 1


# -- counting ----------------------------------------------------------------------------------
# A cell is 64 bits: the place (plus 1) of the action that was counted last, then the count. So an actor who stands
# twice in one window is counted once, and one access to memory answers both questions.

COUNT = np.int64(2**32 - 1)
ZERO, ONE = np.uint64(0), np.uint64(1)

CODES_A_WORD = 16
"""To compare one code into its place takes about as long as to look at so many empty words."""


@compiled
def _places_of(actor: Codes, actors: int) -> tuple[Counts, Codes]:
    """The places of actor u are ``place[start[u]:start[u + 1]]``, in order."""
    start = np.zeros(actors + 1, np.int64)
    for who in actor:
        start[who + 1] += 1
    for who in range(actors):
        start[who + 1] += start[who]
    free = start[:-1].copy()
    place = np.empty(len(actor), np.int32)
    for row in range(len(actor)):
        place[free[actor[row]]] = row
        free[actor[row]] += 1
    return start, place


@compiled
def _work(start: Counts, place: Codes, _actor: Codes, low: Codes, high: Codes) -> Counts:
    """(A + 1,) the windows of all actors before each one, in places."""
    before = np.zeros(len(start), np.int64)
    for who in range(len(start) - 1):
        before[who + 1] = before[who]
        for index in range(start[who], start[who + 1]):
            before[who + 1] += high[place[index]] - low[place[index]]
    return before


@compiled
def _count_others(
    who: int, start: Counts, place: Codes, actor: Codes, low: Codes, high: Codes, cell: Counts, met: Codes
) -> int:
    """Fill ``cell`` with the counts of everybody near ``who``; returns how many stand in ``met``."""
    found = 0
    for index in range(start[who], start[who + 1]):
        here = place[index]
        stamp = np.int64(here) + 1
        for there in range(low[here], high[here]):
            other = actor[there]
            value = cell[other]
            if other != who and value >> 32 != stamp:
                count = value & COUNT
                met[found] = other
                found += count == 0
                cell[other] = (stamp << 32) | (count + 1)
    return found


@compiled
def _count(
    first: int, last: int, least: int, start: Counts, place: Codes, actor: Codes, low: Codes, high: Codes,
    edges: Counts,
) -> None:  # fmt: skip
    """``edges[u + 1]`` for the actors ``first:last``."""
    cell, met = np.zeros(len(start), np.int64), np.empty(len(start), np.int32)
    for who in range(first, last):
        if start[who + 1] - start[who] < least:
            continue
        found = _count_others(who, start, place, actor, low, high, cell, met)
        kept = 0
        for index in range(found):
            kept += cell[met[index]] & COUNT >= least
            cell[met[index]] = 0
        edges[who + 1] = kept


@compiled
def _fill(
    first: int, last: int, least: int, start: Counts, place: Codes, actor: Codes, low: Codes, high: Codes,
    ends: Counts, source: Codes, other: Codes, weight: Codes,
) -> None:  # fmt: skip
    """The edges of the actors ``first:last``, each actor's from ``ends[u]`` to ``ends[u + 1]``."""
    cell, met = np.zeros(len(start), np.int64), np.empty(len(start), np.int32)
    bits = np.zeros(len(start) // 64 + 1, np.uint64)
    for who in range(first, last):
        if ends[who + 1] == ends[who]:
            continue
        found = _count_others(who, start, place, actor, low, high, cell, met)
        edge = ends[who]
        for index in range(found):
            if cell[met[index]] & COUNT >= least:
                other[edge] = met[index]
                edge += 1
            else:
                cell[met[index]] = 0
        _sort(other[ends[who] : edge], bits)
        for index in range(ends[who], edge):
            source[index] = who
            weight[index] = cell[other[index]] & COUNT
            cell[other[index]] = 0


def _lowest_bit(_context: Any, word: Any) -> tuple[Any, Callable[..., Any]]:
    """``lowest_bit(word)`` is the number of zeros below the lowest one; the word is not 0."""

    def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(word), build


lowest_bit = cast(Callable[[np.uint64], np.uint64], intrinsic(_lowest_bit))


@compiled
def _sort(codes: Codes, bits: Words) -> None:
    """Distinct codes in order. ``bits`` has a bit for every code; they are 0 before and after.

    A few codes are compared; many are marked and read off. Sorting was five sixths of the time of many edges.
    """
    if len(codes) * CODES_A_WORD < len(bits):
        codes.sort()
        return
    for code in codes:
        bits[code >> 6] |= ONE << np.uint64(code & 63)
    filled = 0
    for number in range(len(bits)):
        word = bits[number]
        while word != ZERO:
            codes[filled] = (number << 6) | np.int64(lowest_bit(word))
            filled += 1
            word &= word - ONE
        bits[number] = ZERO
