"""A growing set of 64-bit hashes, compiled. Imported only where a file is large enough to need it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.compiled import compiled

FIRST_SLOTS = 1 << 20
FULL_AT = 0.6
"""Share of slots in use at which the table doubles; linear probing is fast below it."""

Hashes = NDArray[np.uint64]


class HashSet:
    """Open addressing with linear probing in one array; 0 marks a free slot.

    Memory: 8 bytes a slot, 14 to 27 bytes a member; while it doubles, half as much again.
    """

    def __init__(self) -> None:
        self._slots: Hashes = np.zeros(FIRST_SLOTS, dtype=np.uint64)
        self._members = 0

    def add(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Adds the hashes in order; True where one was no member yet, earlier ones of this call included."""
        self._grow(len(hashes))
        is_new = np.zeros(len(hashes), dtype=np.bool_)
        self._members += _insert(self._slots, np.maximum(hashes, np.uint64(1)), is_new)
        return is_new

    def _grow(self, more: int) -> None:
        size = len(self._slots)
        while self._members + more > FULL_AT * size:
            size *= 2
        if size > len(self._slots):
            old = self._slots[self._slots != 0]
            self._slots = np.zeros(size, dtype=np.uint64)
            _insert(self._slots, old, np.zeros(len(old), dtype=np.bool_))


@compiled
def _insert(slots: Hashes, hashes: Hashes, is_new: NDArray[np.bool_]) -> int:
    mask = np.uint64(len(slots) - 1)
    one = np.uint64(1)
    added = 0
    for at in range(len(hashes)):
        value = hashes[at]
        slot = value & mask
        while slots[slot] != 0 and slots[slot] != value:
            slot = (slot + one) & mask
        if slots[slot] == 0:
            slots[slot] = value
            is_new[at] = True
            added += 1
    return added
