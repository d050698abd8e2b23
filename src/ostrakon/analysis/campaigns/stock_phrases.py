"""Which alike texts are alike in words of their own, and which only in phrases that everybody uses.

"please look at this account" stands in thousands of reports that nobody copied. A phrase says that two texts are
copies if most texts that have it are near those two. A copied text passes, be it copied three times or 100,000 times;
no list of stop words and no language is needed. Who wants to hide copies must file as many different texts with the
same sentences.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ostrakon.analysis.campaigns.minhash import Alike
from ostrakon.analysis.campaigns.word_grams import GramSets
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes

CORE_SIMILARITY = 0.5
"""Texts linked by such pairs are near each other, compared or not: of a crowd only some pairs are."""
LEAST_OWN = 5
"""N-grams of their own that copies share: three words in a row have 5."""
LEAST_OWN_SIMILARITY = 0.2
"""Jaccard of copies after stock phrases are taken out. This and the two above were chosen on seeds 100-106 of
``benchmarks/copied_text.py``, together with ``LEAST_SIMILARITY``."""


@dataclass(frozen=True)
class Carriers:
    """For each n-gram of each text, aligned with ``GramSets.grams``: who else has it."""

    all: Codes
    """Texts that have it."""
    near: Codes
    """Those of them that are near this text: in its core, or alike and compared with it; itself included."""


def alike_in_own_words(sets: GramSets, alike: Alike, least: float) -> NDArray[np.bool_]:
    """(K,) which pairs of Jaccard ``least`` or more stay alike without stock phrases.

    An n-gram is stock for a pair if fewer than half of the texts that have it are near either text. Time O(n log n) in
    the n-grams and linear in the pairs; memory about 30 bytes an n-gram.
    """
    close = alike.similarity >= least
    one, other = alike.one[close], alike.other[close]
    core_pair = alike.similarity >= CORE_SIMILARITY
    core = connected(alike.one[core_pair], alike.other[core_pair], len(sets.size))
    carriers = _core_carriers(sets, core)
    _add_neighbours(sets.grams, sets.start, one, other, core, carriers.near)
    links = np.zeros(len(close), np.bool_)
    links[close] = _own_words(sets.grams, sets.start, one, other, carriers.all, carriers.near)
    return links


def connected(one: Codes, other: Codes, count: int) -> Codes:
    """(count,) component of each text, from 0 by its first text."""
    links = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(count, count))
    return connected_components(links, directed=False)[1].astype(np.int32)


def _core_carriers(sets: GramSets, core: Codes) -> Carriers:
    core_of_gram = np.repeat(core, sets.size)
    return Carriers(*_carriers(np.argsort(sets.grams, kind="stable"), sets.grams, core_of_gram))


@compiled
def _carriers(
    order: NDArray[np.int64], grams: NDArray[np.uint64], core: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Texts with the same n-gram: all of them, and those of the same core."""
    every = np.empty(len(grams), np.int32)
    near = np.empty(len(grams), np.int32)
    begin = 0
    while begin < len(order):
        end = begin
        while end < len(order) and grams[order[end]] == grams[order[begin]]:
            end += 1
        places = order[begin:end]
        places = places[np.argsort(core[places])]
        every[places] = end - begin
        first = 0
        for last in range(len(places)):
            if last + 1 == len(places) or core[places[last + 1]] != core[places[first]]:
                near[places[first : last + 1]] = last + 1 - first
                first = last + 1
        begin = end
    return every, near


@compiled
def _add_neighbours(
    grams: NDArray[np.uint64], start: NDArray[np.int64], one: NDArray[np.int32], other: NDArray[np.int32],
    core: NDArray[np.int32], near: NDArray[np.int32],
) -> None:  # fmt: skip
    """Count the alike text of another core in ``near``, in place, where an n-gram is shared with it."""
    for pair in range(len(one)):
        if core[one[pair]] == core[other[pair]]:
            continue
        a, b = start[one[pair]], start[other[pair]]
        while a < start[one[pair] + 1] and b < start[other[pair] + 1]:
            left, right = grams[a], grams[b]
            if left == right:
                near[a] += 1
                near[b] += 1
            a += left <= right
            b += right <= left


@compiled
def _own_words(
    grams: NDArray[np.uint64], start: NDArray[np.int64], one: NDArray[np.int32], other: NDArray[np.int32],
    every: NDArray[np.int32], near: NDArray[np.int32],
) -> NDArray[np.bool_]:  # fmt: skip
    """Whether each pair shares enough that is not stock."""
    alike = np.zeros(len(one), np.bool_)
    for pair in range(len(one)):
        a, b = start[one[pair]], start[other[pair]]
        end_a, end_b = start[one[pair] + 1], start[other[pair] + 1]
        shared = either = 0
        while a < end_a or b < end_b:
            from_a = b == end_b or (a < end_a and grams[a] <= grams[b])
            from_b = a == end_a or (b < end_b and grams[b] <= grams[a])
            own = (from_a and 2 * near[a] >= every[a]) or (from_b and 2 * near[b] >= every[b])
            either += own
            shared += own and from_a and from_b
            a += from_a
            b += from_b
        alike[pair] = shared >= LEAST_OWN and shared >= LEAST_OWN_SIMILARITY * either
    return alike
