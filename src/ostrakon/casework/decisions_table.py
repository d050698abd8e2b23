"""What people decided as a table of the file contract, for triage, which stands below this room. Heavy: polars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import polars as pl
from django.db.models import QuerySet

from ostrakon.analysis.tables import DECISIONS
from ostrakon.casework.models import Decision

COLUMNS = ("account", "outcome", "policy", "decided_at", "selection", "propensity", "reviewer")


def decisions_as_table(as_of: datetime) -> pl.DataFrame:
    """The decisions that had come into force by a time, as they stood then; the same whenever it is asked.

    One row a decision, in order of time. A violation that was reversed by then reads ``overturned``; that there was
    none and this was reversed is no decision any more.
    """
    return pl.DataFrame(
        list(_rows(as_of)),
        schema={name: DECISIONS[name].kind.dtype for name in COLUMNS},
        orient="row",
    )


def _rows(as_of: datetime) -> Iterator[tuple[Any, ...]]:
    for account, outcome, code, in_force_at, selection, propensity, reviewer, reversed_at in _in_force_by(
        as_of
    ):
        was_reversed = reversed_at is not None and reversed_at <= as_of
        if was_reversed and outcome == Decision.Outcome.REJECTED:
            continue
        said = "overturned" if was_reversed else outcome
        yield str(account), said, code, in_force_at, selection, propensity, str(reviewer)


def _in_force_by(as_of: datetime) -> QuerySet[Decision, tuple[Any, ...]]:
    decisions = Decision.objects.filter(in_force_at__lte=as_of)
    return decisions.order_by("in_force_at", "pk").values_list(
        "account_id",
        "outcome",
        "policy__code",
        "in_force_at",
        "selection",
        "propensity",
        "proposed_by_id",
        "reversed_at",
    )
