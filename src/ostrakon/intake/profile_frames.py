"""How accounts show themselves as tables of the file contract, for whoever looks for returners. Heavy: loads polars.

Ids are the platform's own, so that an account and whom it follows are named alike: a table is of one platform. An
account's language is not among the columns: no model may see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from ostrakon.analysis.tables import Kind
from ostrakon.intake.models import Account, Follow, Handle, Report

ID, TEXT, TIME = (kind.dtype for kind in (Kind.ID, Kind.TEXT, Kind.TIME))
PROFILES = {
    "account": ID,
    "handle": ID,
    "display_name": TEXT,
    "bio": TEXT,
    "created_at": TIME,
    "avatar_hash": TEXT,
}
FOLLOWS = {"follower": ID, "followee": ID, "kind": TEXT}
BATCH = 50_000


def profiles(found: QuerySet[Account]) -> pl.DataFrame:
    """Some accounts of one platform, by their id: the handle is the present one, else the id itself."""
    present = Handle.objects.filter(account=OuterRef("pk"), is_current=True).values("handle")[:1]
    rows = found.order_by("pk").values_list(
        "external_id",
        Coalesce(Subquery(present), F("external_id")),
        "profile__display_name",
        "profile__bio",
        "created_at",
        "profile__avatar_hash",
    )
    table = _table(rows, PROFILES)
    return table.with_columns(pl.col("display_name", "bio", "avatar_hash").replace("", None))


def follows(found: QuerySet[Account]) -> pl.DataFrame:
    """Whom these accounts follow: follower, followee, kind.

    The rooms they are in stand among them: to be in one small room is to keep company, as following the same people is.
    The ids of rooms are no ids of accounts.
    """
    theirs = Follow.objects.filter(account__in=found).order_by("account", "pk")
    return _table(theirs.values_list("account__external_id", "followee", Value("follow")), FOLLOWS)


def reported(by: QuerySet[Account], whom: QuerySet[Account]) -> pl.DataFrame:
    """Which of these accounts reported which of those, in the same columns: to report is not to follow."""
    names = by.values("external_id")
    rows = Report.objects.filter(account__in=whom, reporter__external_id__in=names)
    same = rows.filter(reporter__platform=F("account__platform")).order_by("pk")
    pairs = same.values_list("reporter__external_id", "account__external_id", Value("report"))
    return _table(pairs, FOLLOWS).unique(maintain_order=True)


def _table(rows: QuerySet[Any, tuple[Any, ...]], schema: dict[str, Any]) -> pl.DataFrame:
    """In pieces, so that no more than some rows are Python objects at once."""
    return pl.concat(
        [
            pl.DataFrame(schema=schema),
            *[pl.DataFrame(piece, schema=schema, orient="row") for piece in _pieces(rows)],
        ]
    )


def _pieces(rows: QuerySet[Any, tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    piece: list[tuple[Any, ...]] = []
    for row in rows.iterator(chunk_size=BATCH):
        piece.append(row)
        if len(piece) == BATCH:
            yield piece
            piece = []
    yield piece
