"""The burst test: which bursts on different accounts share more reporters than chance would have it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.campaigns.chance import log_poisson_tail
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Floats

LEAST_SIZE = 3
"""Bursts of two are not compared with each other: there are too many of them to be told from chance."""
LEAST_SHARED = 2
LOOSE_P = 1e-3
"""Pairs above this are not worth a look."""
LOOSE_PAIRS = 5.0
"""In large logs the limit falls, so that chance brings at most so many pairs for each burst."""
THREADS = 2


@dataclass(frozen=True)
class BurstPairs:
    """Pairs of bursts with improbably many reporters in common, the least probable first."""

    one: Codes
    other: Codes
    shared: Codes
    """Reporters in common."""
    expected: Floats
    """The same by chance."""
    log_p: Floats
    limit: float
    """ln of the largest p-value."""
    tested: int
    """Pairs that were compared, also those that share nobody."""


def burst_pairs(of: Bursts, limit: float | None = None) -> BurstPairs:
    """Pairs with ln P <= ``limit`` (default by ``LOOSE_P`` and ``LOOSE_PAIRS``).

    Null: nobody looks at what others do. Reporter a of intensity x and an account of intensity y
    (``actions.intensities``) are a pair with chance 1 - exp(-x y / Y), and then a is in its burst of n of its c
    reporters with chance n / c; the shared reporters of two bursts are a sum of such products:
    Poisson, or less spread than Poisson. Reporters of like activity are counted together.
    """
    compared = int((of.size >= LEAST_SIZE).sum())
    tested = compared * (compared - 1) // 2
    if limit is None:
        limit = np.log(min(LOOSE_P, 2 * LOOSE_PAIRS / max(compared, 1)))
    start, own = of.own
    chances = _chances(of)
    rows = (
        of.begin, of.end, of.account, of.actions.reporter, start, own,
        chances.reporters, chances.kind, chances.first, chances.second, float(limit),
    )  # fmt: skip
    parts = np.linspace(0, of.count, 8 * THREADS + 1).astype(np.int64)
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda part: _improbable(*rows, part[0], part[1]), pairwise(parts)))
    numbers, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((numbers[:, 1], numbers[:, 0], values[:, 1]))
    one, other, shared = numbers[order].T
    expected, log_p = values[order].T
    return BurstPairs(one, other, shared, expected, log_p, float(limit), tested)


def expected_shared(of: Bursts, one: Codes, other: Codes) -> Floats:
    """(n,) expected reporters in common of pairs of bursts."""
    chances = _chances(of)
    first, second = chances.first[chances.kind[one]], chances.second[chances.kind[other]]
    return np.asarray((chances.reporters * first * second).sum(1), np.float64)


@dataclass(frozen=True)
class _Chances:
    """Chances to be in a burst. Shapes: B bursts, S kinds of bursts, G classes of intensity."""

    reporters: Floats
    """(G,) how many there are of each intensity."""
    kind: Codes
    """(B,) bursts of the same size on accounts with the same number of reporters are of one kind."""
    first: Floats
    """(S, G) chance that a reporter of the class is in a burst of the kind."""
    second: Floats
    """(S, G) the same for one who has one action less left."""


def _chances(of: Bursts) -> _Chances:
    """Intensities are told apart by eighths of an octave; within a class the mean of x (x - 1) stands for all."""
    active = of.actions.intensities[0][of.actions.activity >= 1]
    classes, place = np.unique(np.round(8 * np.log2(active)), return_inverse=True)
    reporters = np.bincount(place, minlength=len(classes)).astype(np.float64)
    product = np.bincount(place, active * (active - 1)) / np.maximum(reporters, 1)
    typical = 0.5 + np.sqrt(0.25 + product)
    sizes = np.column_stack([of.size, of.actions.size[of.account]])
    kinds, an_example, kind = np.unique(sizes, axis=0, return_index=True, return_inverse=True)
    pull = of.actions.intensities[1]
    share = pull[of.account[an_example]] / max(float(pull.sum()), 1.0)
    of_account = kinds[:, :1] / kinds[:, 1:]
    first = of_account * -np.expm1(-np.outer(share, typical))
    second = of_account * -np.expm1(-np.outer(share, typical - 1))
    return _Chances(reporters, kind.astype(np.int32).reshape(-1), first, second)


@compiled
def _improbable(
    begin: NDArray[np.int64], end: NDArray[np.int64], account: Codes, reporter: Codes,
    start: NDArray[np.int64], own: Codes,
    reporters: Floats, kind: Codes, first: Floats, second: Floats,
    limit: float, from_burst: int, to_burst: int,
) -> tuple[Codes, Floats]:  # fmt: skip
    """((n, 3) one, other, shared; (n, 2) expected, ln p) of pairs whose first burst lies in a range.

    One dense counter, cleared where it was touched.
    """
    shared = np.zeros(len(begin), np.int32)
    touched = np.empty(len(begin), np.int32)
    pairs, chances, found = np.empty((1024, 3), np.int32), np.empty((1024, 2)), 0
    for burst in range(from_burst, to_burst):
        if end[burst] - begin[burst] < LEAST_SIZE:
            continue
        met = _count_shared(burst, begin, end, reporter, start, own, shared, touched)
        for index in range(met):
            later = touched[index]
            times = shared[later]
            shared[later] = 0
            if times < LEAST_SHARED or account[later] == account[burst]:
                continue
            mean = 0.0
            for group in range(len(reporters)):
                mean += reporters[group] * first[kind[burst], group] * second[kind[later], group]
            surprise = log_poisson_tail(times, mean) if times > mean else 0.0
            if surprise <= limit:
                if found == len(pairs):
                    pairs = np.concatenate((pairs, np.empty_like(pairs)))
                    chances = np.concatenate((chances, np.empty_like(chances)))
                pairs[found, 0], pairs[found, 1], pairs[found, 2] = burst, later, times
                chances[found, 0], chances[found, 1] = mean, surprise
                found += 1
    return pairs[:found].copy(), chances[:found].copy()


@compiled
def _count_shared(
    burst: int, begin: NDArray[np.int64], end: NDArray[np.int64], reporter: Codes,
    start: NDArray[np.int64], own: Codes, shared: Codes, touched: Codes,
) -> int:  # fmt: skip
    """How many reporters later bursts share with this one; says how many bursts were touched."""
    met = 0
    for row in range(begin[burst], end[burst]):
        who = reporter[row]
        for place in range(start[who], start[who + 1]):
            later = own[place]
            if later > burst and end[later] - begin[later] >= LEAST_SIZE:
                if shared[later] == 0:
                    touched[met] = later
                    met += 1
                shared[later] += 1
    return met
