"""Which accounts may be one person's: what people said, else the probability."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ostrakon.impact.frames.rows import INTEGER, NUMBER, TEXT, rows
from ostrakon.triage.models import Link

COLUMNS = {"new": INTEGER, "old": INTEGER, "probability": NUMBER, "status": TEXT}
SAID = {str(Link.Status.SAME): 1.0}
OPEN = (Link.Status.OPEN, Link.Status.CANNOT_TELL)


def links(as_of: datetime, known: pl.DataFrame) -> pl.DataFrame:
    """account, suspended_account, probability: 1 where a person confirmed it; those refuted or over are not there."""
    found = Link.objects.filter(found_at__lte=as_of, status__in=[*OPEN, Link.Status.SAME]).order_by("pk")
    table = rows(found.values_list("account_id", "suspended_account_id", "probability", "status"), COLUMNS)
    told = pl.when(pl.col("status").is_in(list(SAID))).then(1.0).otherwise("probability").alias("probability")
    names = known.select("pk", "account")
    return (
        table.join(names.rename({"pk": "new"}), on="new", maintain_order="left")
        .join(names.rename({"pk": "old", "account": "suspended_account"}), on="old", maintain_order="left")
        .select("account", "suspended_account", told)
        .filter(pl.col("probability") > 0)
    )
