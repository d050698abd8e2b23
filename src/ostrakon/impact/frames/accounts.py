"""Accounts by their names, since when they are known, and in which group they are."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ostrakon.casework.models import Decision
from ostrakon.impact.frames.decisions import standing
from ostrakon.impact.frames.rows import ID, INTEGER, TIME, rows
from ostrakon.impact.history.kinds import TARGET
from ostrakon.intake.models import Account

COLUMNS = {"pk": INTEGER, "platform": ID, "external_id": ID, "created_at": TIME, "known_at": TIME}
PROTECTED = "protected"


def accounts(as_of: datetime, decided: pl.DataFrame, exempt: pl.DataFrame) -> pl.DataFrame:
    """All accounts that were named by a time.

    Args:
        decided: as ``decisions.decisions`` gives it. exempt: as ``decisions.exempt_accounts``.
    Returns:
        pk, platform, external_id, account (``platform:id``), created_at, known_at, group: ``protected`` where somebody
        answered that an exemption applies, else ``target`` with a standing decision that found a violation, else null.
    """
    known = Account.objects.filter(first_named_at__lte=as_of).order_by("pk")
    table = rows(known.values_list("pk", "platform", "external_id", "created_at", "first_named_at"), COLUMNS)
    upheld = standing(decided).filter(pl.col("outcome") == str(Decision.Outcome.UPHELD))["pk"].unique()
    is_exempt, is_target = pl.col("pk").is_in(exempt["pk"].implode()), pl.col("pk").is_in(upheld.implode())
    return table.with_columns(
        pl.format("{}:{}", "platform", "external_id").alias("account"),
        pl.when(is_exempt).then(pl.lit(PROTECTED)).when(is_target).then(pl.lit(TARGET)).alias("group"),
    )
