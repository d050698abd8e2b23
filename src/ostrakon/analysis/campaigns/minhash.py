"""Which sets are alike: MinHash with buckets, and every pair that shares a bucket compared exactly.

Source: Broder, On the resemblance and containment of documents (SEQUENCES 1997); buckets and their S-curve: Leskovec,
Rajaraman, Ullman, Mining of Massive Datasets, section 3.4; the order inside a crowded bucket follows Bawa, Condie,
Ganesan, LSH Forest (WWW 2005): who agrees in more hashes stands closer.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.word_grams import GramSets
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes

BANDS = 64
"""Buckets of a set: 128 hashes, two a bucket. Sets of Jaccard .3 meet with chance 1 - (1 - .3^2)^64 = .998."""
NEAR = 64
"""Places in the order of a bucket within which two sets are compared."""
MOST_PAIRS = 128
"""Alike sets further down the table after which a set looks no further than its next neighbours."""
BLOCK = 4096
"""Sets whose pairs are found in one call: bounds the space for pairs before they are known to be alike."""
SEED = 0x05B3A5
THREADS = 2


@dataclass(frozen=True)
class Alike:
    """Pairs of sets, sorted; ``one < other``."""

    one: Codes
    other: Codes
    similarity: NDArray[np.float32]
    """Jaccard: shared members by members of either."""


def alike_sets(sets: GramSets, least: float, least_shared: int) -> Alike:
    """Pairs with Jaccard of ``least`` or more and at least ``least_shared`` members in common.

    Each set lies in 64 buckets, ordered by bucket, then by the hashes of the next bucket, then by number. A set is
    compared with its two neighbours in each bucket, then with those up to 64 places away until it has 128 alike sets
    of higher number. So sets of which no more than 65 share a bucket are all compared, any number of near-identical
    sets hangs together through neighbours, and a set of which there are thousands costs no more than 128 pairs. A
    pair whose hashes agree too rarely is not compared exactly: that loses about 1 in 40 pairs of Jaccard ``least``.

    Time O(members x 128) for hashes plus at most 8,192 looks for each set; memory 640 bytes a set for hashes and
    buckets, 12 a pair.
    """
    usable = np.flatnonzero(sets.size >= least_shared).astype(np.int32)
    if len(usable) < 2:
        return Alike(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))
    begin, end = sets.start[usable], sets.start[usable + 1]
    sketch = np.empty((len(usable), 2 * BANDS), np.uint8)
    order = np.empty((BANDS, len(usable)), np.int32)
    for band, (key, ordered) in enumerate(_bands(sets.grams, begin, end)):
        sketch[:, 2 * band], sketch[:, 2 * band + 1] = (
            key & np.uint64(255),
            key >> np.uint64(32) & np.uint64(255),
        )
        order[band] = ordered
    parts = (sets.grams, begin, end, sketch, order, _places(order))
    with ThreadPoolExecutor(THREADS) as pool:
        blocks = range(0, len(usable), BLOCK)
        found = list(pool.map(lambda row: _compared(*parts, row, row + BLOCK, least, least_shared), blocks))
    one, other, similarity = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Alike(usable[one], usable[other], similarity)


def _bands(
    grams: NDArray[np.uint64], begin: NDArray[np.int64], end: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.uint64], Codes]]:
    """Of each band the (N,) bucket of each set, and the sets in order; the first set s of a bucket is written as ~s."""
    factors = np.random.default_rng(SEED).integers(
        0, 2**64, (BANDS, 4), np.uint64, endpoint=False
    ) | np.uint64(1)
    first = key = _keys(grams, begin, end, factors[0])
    for band in range(BANDS):
        following = _keys(grams, begin, end, factors[band + 1]) if band + 1 < BANDS else first
        order = np.lexsort((following, key)).astype(np.int32)
        opens = np.append(True, np.diff(key[order]) != 0)
        yield key, np.where(opens, ~order, order)
        key = following


@compiled
def _keys(
    grams: NDArray[np.uint64], begin: NDArray[np.int64], end: NDArray[np.int64], factors: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """(N,) two 32-bit minima of each set by multiply-shift hashing (Dietzfelbinger et al., J. Algorithms 25, 1997)."""
    key = np.empty(len(begin), np.uint64)
    a, b, c, d = factors
    for row in range(len(begin)):
        low = high = np.uint64(0xFFFFFFFFFFFFFFFF)
        for place in range(begin[row], end[row]):
            low = min(low, a * grams[place] + b)
            high = min(high, c * grams[place] + d)
        key[row] = (low >> np.uint64(32)) | (high & np.uint64(0xFFFFFFFF00000000))
    return key


@compiled
def _places(order: NDArray[np.int32]) -> NDArray[np.int32]:
    """Where each set stands in each band."""
    place = np.empty_like(order)
    for band in range(len(order)):
        for position in range(order.shape[1]):
            row = order[band, position]
            place[band, max(row, ~row)] = position
    return place


@compiled
def _compared(
    grams: NDArray[np.uint64], begin: NDArray[np.int64], end: NDArray[np.int64],
    sketch: NDArray[np.uint8], order: NDArray[np.int32], place: NDArray[np.int32],
    first: int, last: int, least: float, least_shared: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:  # fmt: skip
    """The alike pairs of sets ``first`` to ``last - 1`` with sets of higher number."""
    bands, sets = order.shape
    last = min(last, sets)
    one = np.empty((last - first) * max(MOST_PAIRS, 2 * bands), np.int32)
    other = np.empty(len(one), np.int32)
    similarity = np.empty(len(one), np.float32)
    seen = np.full(sets, -1, np.int32)
    agreeing = _least_agreeing(least)
    found = 0
    for row in range(first, last):
        own = found
        for furthest in (1, NEAR):
            for turn in range(2 * bands):
                band, step = turn // 2, 2 * (turn % 2) - 1
                position = place[band, row]
                for _ in range(furthest):
                    if furthest > 1 and found - own >= MOST_PAIRS:
                        break
                    if step < 0 and order[band, position] < 0:
                        break
                    position += step
                    if position == sets or (step > 0 and order[band, position] < 0):
                        break
                    near = max(order[band, position], ~order[band, position])
                    if near <= row or seen[near] == row:
                        continue
                    seen[near] = row
                    if _agreeing(sketch[row], sketch[near]) < agreeing:
                        continue
                    jaccard = _jaccard(
                        grams[begin[row] : end[row]], grams[begin[near] : end[near]], least, least_shared
                    )
                    if jaccard >= least:
                        one[found], other[found], similarity[found] = row, near, jaccard
                        found += 1
        by_number = np.argsort(other[own:found])
        other[own:found] = other[own:found][by_number]
        similarity[own:found] = similarity[own:found][by_number]
    return one[:found].copy(), other[:found].copy(), similarity[:found].copy()


@compiled
def _least_agreeing(least: float) -> int:
    """Agreeing hashes of 128 below which a Jaccard of ``least`` is more than two standard deviations away."""
    hashes = 2 * BANDS
    return int(hashes * least - 2 * np.sqrt(hashes * least * (1 - least)))


@compiled
def _agreeing(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    """How many hashes of two sets agree in a byte: b-bit minwise hashing (Li and König, WWW 2010)."""
    agreeing = 0
    for place in range(2 * BANDS):
        agreeing += one[place] == other[place]
    return agreeing


@compiled
def _jaccard(one: NDArray[np.uint64], other: NDArray[np.uint64], least: float, least_shared: int) -> float:
    """Jaccard of two ascending sets; 0 as soon as it cannot reach ``least`` or ``least_shared`` any more."""
    together = len(one) + len(other)
    needed = max(int(np.ceil(least * together / (1 + least) - 1e-9)), least_shared)
    shared = a = b = 0
    while a < len(one) and b < len(other):
        if shared + min(len(one) - a, len(other) - b) < needed:
            return 0.0
        left, right = one[a], other[b]
        shared += left == right
        a += left <= right
        b += right <= left
    return shared / (together - shared) if shared >= needed else 0.0
