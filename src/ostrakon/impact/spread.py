"""How long many rows took, by group. Two times a row are read, one after the other; a number a row stays in memory."""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import Any

from django.db.models import QuerySet

from ostrakon.impact.estimates import Durations, TooFew, durations

AT_ONCE = 10_000
"""Rows fetched together."""


def took(rows: QuerySet[Any], start: str, end: str, by: str) -> dict[Any, Durations | TooFew]:
    """From one column to another, by the value of a third; what has no row is not there.

    Here, not in the database: SQLite has no times to subtract, and a function for it takes three times as long.

    Args:
        rows: those for which both times are known.
    """
    seconds: dict[Any, array[float]] = defaultdict(lambda: array("d"))
    for group, began, ended in rows.order_by().values_list(by, start, end).iterator(AT_ONCE):
        seconds[group].append((ended - began).total_seconds())
    return {group: durations(each) for group, each in seconds.items()}
