"""Vectorised draws that every world uses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def streams(seed: int, count: int) -> list[np.random.Generator]:
    """Independent generators, so that a change in one part of a world leaves the other parts as they were."""
    return [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(count)]


def opaque_ids(prefix: str, count: int, rng: np.random.Generator) -> NDArray[np.str_]:
    """Ids in random order: neither the id nor a sort by it tells what the thing is.

    >>> sorted(opaque_ids("a", 2, np.random.default_rng(0)).tolist())
    ['a000000', 'a000001']
    """
    width = max(6, len(str(max(count - 1, 0))))
    numbers = np.char.zfill(rng.permutation(count).astype(str), width)
    return np.char.add(prefix, numbers)


def weighted(weights: Floats, count: int, rng: np.random.Generator) -> Ints:
    """``count`` indices, each drawn with a chance proportional to its weight."""
    upto = np.cumsum(weights, dtype=np.float64)
    found: Ints = np.searchsorted(upto, rng.random(count) * upto[-1]).astype(np.int64)
    return np.minimum(found, len(weights) - 1)


def pareto(shape: float, count: int, rng: np.random.Generator) -> Floats:
    """Pareto values of minimum 1: most are small, a few are very large."""
    return 1.0 + rng.pareto(shape, count)


def delays_within(limit: Floats, mean: float | Floats, rng: np.random.Generator) -> Floats:
    """Exponential delays, cut off so that each stays below its limit."""
    reach = -np.expm1(-limit / mean)
    return -mean * np.log1p(-rng.random(len(limit)) * reach)
