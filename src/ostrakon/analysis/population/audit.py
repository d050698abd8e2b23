"""Accounts that stand on a list by mistake: a random audit says how many, for each kind of entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.analysis.log import Floats
from ostrakon.analysis.population.histories import captures, membership
from ostrakon.analysis.population.listing import REJECTED, UNREVIEWED, UPHELD, Listing, codes

SHRINK = 2.0
"""Reviews that the precision of all entries counts for in each kind of entry."""
CLASSES = (UPHELD, REJECTED, UNREVIEWED)


@dataclass(frozen=True)
class Audited:
    """Accounts counted by their set of lists and what the audit found."""

    lists: tuple[str, ...]
    counts: Floats
    """(3 x cells,) upheld, then rejected, then not reviewed; cells in the order of ``Histories``."""


def audited(data: Listing) -> Audited:
    """The accounts of a listing."""
    cells = 2 ** len(data.lists) - 1
    code = codes(data) - 1
    parts = [np.bincount(code[data.verdict == one], minlength=cells) for one in CLASSES]
    return Audited(data.lists, np.concatenate(parts).astype(np.float64))


def true_counts(k: int, counts: Floats) -> Floats:
    """(r, cells) expected numbers of accounts that belong on a list, from (r, 3 x cells).

    Mistakes gather where only one list speaks, so the precision is that of the kind of entry: on this list alone, or
    on several. Kinds with few reviews lean on the precision of all.
    """
    upheld, rejected, unreviewed = np.split(counts, 3, axis=1)
    kinds = _kinds(k)
    up, down = upheld @ kinds, rejected @ kinds
    reviewed = up.sum(axis=1) + down.sum(axis=1)
    overall = np.where(reviewed > 0, up.sum(axis=1) / np.maximum(reviewed, 1), 1.0)[:, None]
    precision = (up + SHRINK * overall) / (up + down + SHRINK)
    found: Floats = upheld + unreviewed * (precision @ kinds.T)
    return found


def _kinds(k: int) -> Floats:
    """(cells, k + 1) which kind of entry each cell is: alone on list j, or on several."""
    alone = captures(k) == 1
    return np.column_stack([membership(k) * alone[:, None], ~alone]).astype(np.float64)
