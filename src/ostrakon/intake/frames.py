"""What intake holds as tables of the file contract, for whoever weighs it. Heavy: loads polars.

Ids are those of the database, as text. An account's language is not among the columns: no model may see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import Coalesce

from ostrakon.analysis.tables import Kind
from ostrakon.intake.models import Account, Report, Reporter, Source

BATCH = 100_000
"""Reports that are held as rows at once."""

ID, TIME, TEXT, COUNT = (kind.dtype for kind in (Kind.ID, Kind.TIME, Kind.TEXT, Kind.COUNT))


def last_report() -> int:
    """The id of the last report there is; 0 = there is none."""
    return int(Report.objects.aggregate(last=Coalesce(Max("pk"), 0))["last"])


def reports(last: int) -> Iterator[pl.DataFrame]:
    """All reports up to an id, in the order of their ids, in batches; with ``received_at`` beside the contract's."""
    labels = {source.pk: source.label for source in Source.objects.all()}
    seen = 0
    while rows := _reports_between(seen, last):
        seen = rows[-1][0]
        yield pl.DataFrame(
            [
                (str(reporter), str(account), policy, declared or labels[source] or None, text, *times)
                for _, reporter, account, policy, declared, source, text, *times in rows
            ],
            schema={
                "reporter": ID,
                "account": ID,
                "policy": TEXT,
                "source": TEXT,
                "text": TEXT,
                "reported_at": TIME,
                "received_at": TIME,
            },
            orient="row",
        )


def accounts(last: int) -> pl.DataFrame:
    """Those that reports up to an id are about: account, created_at, followers, views."""
    reported = Report.objects.filter(account=OuterRef("pk"), pk__lte=last)
    rows = Account.objects.filter(Exists(reported)).order_by("pk")
    return pl.DataFrame(
        [
            (str(account), *facts)
            for account, *facts in rows.values_list("pk", "created_at", "followers", "views").iterator()
        ],
        schema={"account": ID, "created_at": TIME, "followers": COUNT, "views": COUNT},
        orient="row",
    )


def reporters(last: int) -> pl.DataFrame:
    """Those who sent reports up to an id: reporter, created_at, invited_by."""
    reported = Report.objects.filter(reporter=OuterRef("pk"), pk__lte=last)
    rows = Reporter.objects.filter(Exists(reported)).order_by("pk")
    return pl.DataFrame(
        [
            (str(reporter), created_at, invited_by or None)
            for reporter, created_at, invited_by in rows.values_list(
                "pk", "created_at", "invited_by"
            ).iterator()
        ],
        schema={"reporter": ID, "created_at": TIME, "invited_by": TEXT},
        orient="row",
    )


def _reports_between(seen: int, last: int) -> list[tuple[Any, ...]]:
    found = Report.objects.filter(pk__gt=seen, pk__lte=last).order_by("pk")
    return list(
        found.values_list(
            "pk",
            "reporter_id",
            "account_id",
            "policy",
            "declared",
            "source_id",
            "text",
            "reported_at",
            "received_at",
        )[:BATCH]
    )
