"""Median and 90th percentile of many rows by group, found by the database: their number costs no memory here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Window
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import RowNumber

from ostrakon.impact.estimates import LEAST, Durations, TooFew

MEDIAN = (F("of") + 1) / 2
"""The rank of the lower median, from 1, in whole numbers."""
NINETIETH = (F("of") * 9 + 9) / 10
"""The rank of the 90th percentile: the first that nine in ten do not exceed."""


def between(start: str, end: str) -> ExpressionWrapper[CombinedExpression]:
    """The time from one column to another."""
    return ExpressionWrapper(F(end) - F(start), output_field=DurationField())


def durations(rows: QuerySet[Any], took: Any, by: str) -> dict[Any, Durations | TooFew]:
    """How long rows took, by the value of a column; what has no row is not there.

    Args:
        rows: those for which ``took`` is known.
    """
    found: dict[Any, dict[int, timedelta]] = {}
    counted: dict[Any, int] = {}
    for rank, of, value, group in _at(rows, took, [by], Q(rank=MEDIAN) | Q(rank=NINETIETH)):
        found.setdefault(group, {})[rank] = value
        counted[group] = of
    return {group: _durations(of, found[group]) for group, of in counted.items()}


def medians(rows: QuerySet[Any], at: str, by: Sequence[str]) -> dict[tuple[Any, ...], datetime]:
    """The lower median of a time, by the values of some columns."""
    return {tuple(group): value for _, _, value, *group in _at(rows, F(at), by, Q(rank=MEDIAN))}


def _at(rows: QuerySet[Any], value: Any, by: Sequence[str], which: Q) -> QuerySet[Any, tuple[Any, ...]]:
    """(rank, of, value, group ...) of the rows at these ranks."""
    together = [F(column) for column in by]
    ranked = rows.order_by().annotate(
        value=value,
        rank=Window(RowNumber(), partition_by=together, order_by=[F("value").asc(), F("pk").asc()]),
        of=Window(Count("*"), partition_by=together),
    )
    found: QuerySet[Any, tuple[Any, ...]] = ranked.filter(which).values_list("rank", "of", "value", *by)
    return found


def _durations(of: int, ranks: dict[int, timedelta]) -> Durations | TooFew:
    if of < LEAST:
        return TooFew(of)
    return Durations(of, ranks[(of + 1) // 2], ranks[(of * 9 + 9) // 10])
