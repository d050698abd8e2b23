"""What intake holds as tables of the file contract, for whoever weighs it. Heavy: loads polars.

Ids are those of the database, as text. An account's language is not among the columns: no model may see it. Rows are
taken apart into columns at once, and times come as text, which polars reads a column at a time: Python objects for each
cell would be most of the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
from django.db.models import Exists, Max, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce

from ostrakon.analysis.tables import Kind
from ostrakon.intake.models import Account, Report, Reporter, Source

BATCH = 100_000
"""Rows that are held as Python objects at once."""

ID, TIME, TEXT, COUNT = (kind.dtype for kind in (Kind.ID, Kind.TIME, Kind.TEXT, Kind.COUNT))


def last_report() -> int:
    """The id of the last report there is; 0 = there is none."""
    return int(Report.objects.aggregate(last=Coalesce(Max("pk"), 0))["last"])


def reports(last: int) -> Iterator[pl.DataFrame]:
    """All reports up to an id, in the order of their ids, in batches; with ``received_at`` beside the contract's."""
    labels = {source.pk: source.label for source in Source.objects.all()}
    found = Report.objects.filter(pk__lte=last).values_list(
        "pk",
        "reporter_id",
        "account_id",
        "policy",
        "declared",
        "source_id",
        "text",
        _as_text("reported_at"),
        _as_text("received_at"),
    )
    for _, reporter, account, policy, declared, source, text, reported_at, received_at in _batches(found):
        said = [named or labels[number] for named, number in zip(declared, source, strict=True)]
        yield pl.DataFrame(
            {
                "reporter": _ids(reporter),
                "account": _ids(account),
                "policy": pl.Series(policy, dtype=TEXT),
                "source": _known(said),
                "text": pl.Series(text, dtype=TEXT),
                "reported_at": _times(reported_at),
                "received_at": _times(received_at),
            }
        )


def accounts(last: int) -> pl.DataFrame:
    """Those that reports up to an id are about: account, created_at, followers, views."""
    reported = Report.objects.filter(account=OuterRef("pk"), pk__lte=last)
    found = Account.objects.filter(Exists(reported))
    tables = [
        pl.DataFrame(
            {
                "account": _ids(account),
                "created_at": _times(created_at),
                "followers": pl.Series(followers, dtype=pl.Int64).cast(COUNT),
                "views": pl.Series(views, dtype=pl.Int64).cast(COUNT),
            }
        )
        for account, created_at, followers, views in _batches(
            found.values_list("pk", _as_text("created_at"), "followers", "views")
        )
    ]
    empty = pl.DataFrame(schema={"account": ID, "created_at": TIME, "followers": COUNT, "views": COUNT})
    return pl.concat([empty, *tables])


def reporters(last: int) -> pl.DataFrame:
    """Those who sent reports up to an id: reporter, created_at, invited_by."""
    reported = Report.objects.filter(reporter=OuterRef("pk"), pk__lte=last)
    found = Reporter.objects.filter(Exists(reported))
    tables = [
        pl.DataFrame(
            {
                "reporter": _ids(reporter),
                "created_at": _times(created_at),
                "invited_by": _known(invited_by),
            }
        )
        for reporter, created_at, invited_by in _batches(
            found.values_list("pk", _as_text("created_at"), "invited_by")
        )
    ]
    empty = pl.DataFrame(schema={"reporter": ID, "created_at": TIME, "invited_by": TEXT})
    return pl.concat([empty, *tables])


def _batches(found: QuerySet[Any, tuple[Any, ...]]) -> Iterator[tuple[Sequence[Any], ...]]:
    """The columns of some rows at a time, by rising id, which is the first column."""
    seen = 0
    while rows := list(found.filter(pk__gt=seen).order_by("pk")[:BATCH]):
        seen = rows[-1][0]
        yield tuple(zip(*rows, strict=True))


def _as_text(name: str) -> Cast:
    """A time in UTC as the database writes it; both leave out a fraction that is 0, PostgreSQL appends its zone."""
    return Cast(name, TextField())


def _ids(numbers: Sequence[int]) -> pl.Series:
    return pl.Series(numbers, dtype=pl.Int64).cast(ID)


def _times(texts: Sequence[str | None]) -> pl.Series:
    written = pl.Series(texts, dtype=TEXT).str.strip_suffix("+00")
    return written.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", time_zone="UTC").cast(TIME)


def _known(texts: Sequence[str]) -> pl.Series:
    """Texts of which an empty one is unknown."""
    cells = pl.Series(texts, dtype=TEXT)
    return cells.set(cells == "", None)
