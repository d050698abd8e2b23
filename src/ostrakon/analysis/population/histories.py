"""Capture histories: how many accounts stand on exactly which lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from ostrakon.analysis.log import Counts, Floats

MOST_LISTS = 10
"""A table of k lists has 2^k - 1 cells, and a resample is fitted a dozen times: more lists must be pooled first."""


@dataclass(frozen=True)
class Histories:
    """Accounts counted by the set of lists that they stand on.

    ``counts`` has one place for each non-empty set of lists, (2^k - 1,), in the order of its code; bit j of the code
    stands for list j, so place c - 1 is the code c. Counts may be fractions (expected counts after an audit).
    """

    lists: tuple[str, ...]
    counts: Floats

    def __post_init__(self) -> None:
        if not 1 <= len(self.lists) <= MOST_LISTS:
            raise ValueError(f"from 1 to {MOST_LISTS} lists, not {len(self.lists)}")
        if self.counts.shape != (2 ** len(self.lists) - 1,) or not (self.counts >= 0).all():
            raise ValueError("one count >= 0 for each non-empty set of lists")

    @property
    def observed(self) -> float:
        """Distinct accounts on any list."""
        return float(self.counts.sum())

    def sizes(self) -> Floats:
        """(k,) accounts on each list."""
        return self.counts @ membership(len(self.lists))

    def overlaps(self) -> Floats:
        """(k, k) accounts that stand on both lists; the diagonal holds the sizes."""
        on = membership(len(self.lists))
        found: Floats = (on * self.counts[:, None]).T @ on
        return found

    def by_captures(self) -> Floats:
        """(k,) accounts on exactly 1, 2, ... k lists."""
        found = np.bincount(captures(len(self.lists)), weights=self.counts, minlength=len(self.lists) + 1)
        return found[1:].astype(np.float64)


@cache
def membership(k: int) -> Floats:
    """(2^k - 1, k) which lists each cell has: 1 or 0.

    >>> membership(2).astype(int).tolist()
    [[1, 0], [0, 1], [1, 1]]
    """
    codes = np.arange(1, 2**k)
    on: Floats = (codes[:, None] >> np.arange(k) & 1).astype(np.float64)
    on.flags.writeable = False
    return on


@cache
def captures(k: int) -> Counts:
    """(2^k - 1,) on how many lists the accounts of each cell stand."""
    found: Counts = membership(k).sum(axis=1).astype(np.int64)
    found.flags.writeable = False
    return found


def histories(lists: Sequence[str], patterns: Mapping[str, float]) -> Histories:
    """From patterns written as text, the first list first.

    >>> histories(["A", "B"], {"10": 40, "01": 30, "11": 6}).overlaps().astype(int).tolist()
    [[46, 6], [6, 36]]

    Raises:
        ValueError: a pattern that is not one 0 or 1 for each list, or has no 1.
    """
    counts = np.zeros(2 ** len(lists) - 1)
    for pattern, count in patterns.items():
        if len(pattern) != len(lists) or set(pattern) - {"0", "1"} or "1" not in pattern:
            raise ValueError(f"{pattern!r} is not a pattern of {len(lists)} lists")
        counts[int(pattern[::-1], 2) - 1] += count
    return Histories(tuple(lists), counts)


def from_codes(lists: Sequence[str], codes: Counts, weight: Floats | None = None) -> Histories:
    """From the code of each account (bit j = on list j, never 0), each counted once or by its weight."""
    cells = 2 ** len(lists)
    counted = np.bincount(codes, weights=weight, minlength=cells)
    return Histories(tuple(lists), counted[1:].astype(np.float64))


def pooled(table: Histories, groups: Iterable[Iterable[int]]) -> Histories:
    """The lists of each group as one: on it stands who stands on any of them.

    Args:
        groups: a partition of the lists, by number; the order of the result. A list in no group is left out, and
            with it who stands on no other.

    >>> pooled(histories("ABC", {"100": 5, "010": 2, "110": 3, "001": 7}), [[0, 1], [2]]).counts.tolist()
    [10.0, 7.0, 0.0]
    """
    parts = [sorted(group) for group in groups]
    on = membership(len(table.lists))
    codes = np.zeros(len(on), np.int64)
    for number, part in enumerate(parts):
        codes |= (on[:, part].any(axis=1)).astype(np.int64) << number
    stays = codes > 0
    names = ["+".join(table.lists[number] for number in part) for part in parts]
    return from_codes(names, codes[stays], table.counts[stays])


def without(table: Histories, number: int) -> Histories:
    """The table as it would be had that list never been made."""
    return pooled(table, ([other] for other in range(len(table.lists)) if other != number))
