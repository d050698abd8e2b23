"""Who stands on which published list, and what a random audit said about them."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ostrakon.casework.models import Offer
from ostrakon.impact.frames.accounts import PROTECTED
from ostrakon.impact.frames.rows import INTEGER, TEXT, TIME, rows
from ostrakon.impact.history.kinds import TARGET
from ostrakon.intake.models import ListRow

TAKEN = (ListRow.State.TAKEN, ListRow.State.DUPLICATE)
COLUMNS = {"pk": INTEGER, "list": TEXT, "seen_at": TIME}


def lists(as_of: datetime, known: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """A row for each account on each list: list, account, seen_at (when the list came in), verdict, group.

    Whoever is listed is of the target group here, unless protected: how many there are is asked of the lists, and the
    verdicts of random audits say how many entries are mistakes.
    """
    there = ListRow.objects.filter(state__in=TAKEN, account__isnull=False, list__received_at__lte=as_of)
    table = rows(
        there.order_by("list", "line").values_list("account_id", "list_id", "list__received_at"), COLUMNS
    )
    drawn = decided.filter(pl.col("selection") == str(Offer.Selection.AUDIT), pl.col("reversed_at").is_null())
    verdicts = drawn.group_by("pk", maintain_order=True).agg(pl.col("outcome").last().alias("verdict"))
    return (
        table.join(known.select("pk", "account", "group"), on="pk", maintain_order="left")
        .join(verdicts, on="pk", how="left", maintain_order="left")
        .select(
            pl.format("list:{}", "list").alias("list"), "account", "seen_at", "verdict",
            pl.when(pl.col("group") == PROTECTED).then(pl.lit(PROTECTED)).otherwise(pl.lit(TARGET)).alias("group"),
        )
    )  # fmt: skip
