"""Who follows whom, of those in a group."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import polars as pl

from ostrakon.impact.frames.rows import ID, pieces
from ostrakon.intake.models import Follow

COLUMNS = {"platform": ID, "external_id": ID, "followee": ID}


def follows(as_of: datetime) -> Iterator[pl.DataFrame]:
    """follower, followee; in pieces. What platforms told of accounts that were looked at: hardly everybody's."""
    seen = Follow.objects.filter(kind=Follow.Kind.FOLLOW, seen_at__lte=as_of).order_by("account", "followee")
    told = seen.values_list("account__platform", "account__external_id", "followee")
    for piece in pieces(told, COLUMNS):
        yield piece.select(
            pl.format("{}:{}", "platform", "external_id").alias("follower"),
            pl.format("{}:{}", "platform", "followee").alias("followee"),
        )
