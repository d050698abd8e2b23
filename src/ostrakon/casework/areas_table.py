"""The areas of the policies as a table, for triage, which stands below this room. Heavy: loads polars."""

from __future__ import annotations

import polars as pl
from django.db.models import Min

from ostrakon.analysis.tables import Kind
from ostrakon.casework.models import Policy

SCHEMA = {"policy": Kind.TEXT.dtype, "from_at": Kind.TIME.dtype, "to_at": Kind.TIME.dtype}


def areas_as_table() -> pl.DataFrame:
    """policy, from_at, to_at (null = still): the same rule as ``areas.area``, by when a report was received."""
    policies = Policy.objects.annotate(from_at=Min("versions__valid_from")).filter(from_at__isnull=False)
    rows = policies.order_by("code").values_list("code", "from_at", "retired_at")
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")
