"""Ids that may stand in a file only once, found again over all its batches in bounded memory."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from ostrakon.analysis.tables import ACCOUNTS, NEW, PLACEBO, REPORTERS, REPORTS, SUSPENDED, Shape

if TYPE_CHECKING:
    from ostrakon.formats.hashset import HashSet

DESCRIBED = "account was already described on an earlier line"
KEYS = {
    REPORTS: ("report_id", "report_id was already read"),
    ACCOUNTS: ("account", DESCRIBED),
    SUSPENDED: ("account", DESCRIBED),
    NEW: ("account", DESCRIBED),
    PLACEBO: ("account", DESCRIBED),
    REPORTERS: ("reporter", "reporter was already described on an earlier line"),
}
"""The column whose values are unique in a table, and what a later row is told."""


class Repeats:
    """The ids of one file so far.

    The ids of the first piece are compared exactly. Over several pieces 64-bit hashes are kept instead of
    ids, whatever their length. Among 10^8 ids two different ones share a hash in one file of 3,700; the hash
    is seeded anew for every file, so that nobody can prepare an id that hides somebody else's report.
    """

    def __init__(self) -> None:
        self._seed = secrets.randbits(63)
        self._first: pl.Series | None = None
        self._hashes: HashSet | None = None

    def is_new(self, ids: pl.Series) -> pl.Series:
        """Where an id was not yet seen; an unknown one (null) is never a repeat. Remembers them all."""
        known = ids.drop_nulls()
        if known.is_empty():
            return ids.is_null()
        if self._first is None:
            self._first = known.hash(self._seed)
            return ids.is_first_distinct() | ids.is_null()
        hashes = self._compiled_set(self._first)
        new = hashes.add(known.hash(self._seed).to_numpy())
        flags = np.ones(len(ids), dtype=np.bool_)
        flags[ids.is_not_null().to_numpy()] = new
        return pl.Series(flags)

    def _compiled_set(self, first: pl.Series) -> HashSet:
        if self._hashes is None:
            # Only here: numba takes half a second to import, and most files are one batch.
            from ostrakon.formats.hashset import HashSet

            self._hashes = HashSet()
            self._hashes.add(first.to_numpy())
        return self._hashes


def key_of(shape: Shape) -> tuple[str, str] | None:
    """The unique column of a shape with the problem of a repeat, or None."""
    return KEYS.get(shape)
