"""What removals left of the network among flagged accounts."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from ostrakon.analysis.figures import Measured
from ostrakon.analysis.structure import structure
from ostrakon.impact.inputs import Tables

WINDOW = timedelta(days=30)
"""Up to the latest time that is named: in a year nearly all accounts are others, and nothing is left to compare."""


def network(tables: Tables, seed: int) -> Measured:
    """Of those active 30 days before the latest time, beside as many random removals.

    Args:
        tables: ``flagged`` and ``follows``, not empty.
    """
    flagged = tables["flagged"]
    latest: datetime = flagged.select(pl.max_horizontal("from_at", "to_at").max()).item()
    return structure(flagged, [tables["follows"]], before=latest - WINDOW, after=latest, seed=seed)
