"""How a run's tables become rows: valuations only where the numbers changed, campaigns only when they did. Heavy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from ostrakon.analysis.campaigns import CampaignTables
from ostrakon.analysis.tables import CAMPAIGN_MEMBERS, CAMPAIGN_TARGETS
from ostrakon.intake.rows import insert
from ostrakon.triage.models import Campaign, Run, Valuation

COUNTS = ("reports", "reporters", "campaigns")
SHARES = ("probability", "probability_low", "probability_high")
NUMBERS = ("reports", "reporters", "independent_reports", "campaigns", *SHARES)
"""What a valuation says, by column."""
LEAST_CHANGE = {"independent_reports": 0.01} | dict.fromkeys(SHARES, 0.001)
"""Smaller changes than anybody is shown make no new row: one decision moves all probabilities a little, and the row
that stays says exactly which run it is from."""
AT_ONCE = 500
"""Ids in one statement: SQLite may know no more than 999 parameters."""


def keep_valuations(run: Run, queue: pl.DataFrame) -> int:
    """Rows for the accounts and policies whose numbers changed; theirs from before stand no longer. Gives how many."""
    stored, found = _standing(), as_valuations(queue)
    both = found.join(stored, on=["account", "policy"], how="left", suffix="_before")
    changed = both.filter(pl.col("valuation").is_null() | _differs())
    gone = stored.join(found, on=["account", "policy"], how="anti")
    _stand_no_longer([*changed["valuation"].drop_nulls(), *gone["valuation"]])
    columns = ["account", "policy", *NUMBERS]
    insert(
        Valuation,
        ["run", *columns, "is_current"],
        [(run.pk, *row, True) for row in changed.select(columns).iter_rows()],
    )
    return changed.height


def as_valuations(queue: pl.DataFrame) -> pl.DataFrame:
    """account (as the database has it), policy and what a valuation says, from the queue of the file contract."""
    campaigns = (pl.col("campaigns").str.count_matches(";", literal=True) + 1).fill_null(0)
    return queue.with_columns(
        account=pl.col("account").cast(pl.Int64), campaigns=campaigns.cast(pl.Int64)
    ).select("account", "policy", *NUMBERS)


def keep_campaigns(run: Run, found: CampaignTables) -> None:
    """The campaigns of a run, unless those of an earlier one say the same to the last bit: then those stay."""
    before = Run.objects.filter(pk__lt=run.pk).order_by("-pk").values_list("parameters", flat=True).first()
    if before and before["outputs"]["campaigns"] == run.parameters["outputs"]["campaigns"]:
        return
    Campaign.objects.filter(is_current=True).update(is_current=False)
    made = Campaign.objects.bulk_create(
        Campaign(
            run=run,
            label=row["campaign"],
            kind=row["kind"],
            first_at=row["first_at"],
            last_at=row["last_at"],
            lift=row["lift"],
            q_value=row["q_value"],
            reports=row["reports"],
        )
        for row in found.campaigns.iter_rows(named=True)
    )
    ids = {campaign.label: campaign.pk for campaign in made}
    for named, of, column in (
        (Campaign.members, found.members, CAMPAIGN_MEMBERS.names[1]),
        (Campaign.targets, found.targets, CAMPAIGN_TARGETS.names[1]),
    ):
        rows = of.select("campaign", column).iter_rows()
        insert(named.through, ["campaign", column], [(ids[label], int(who)) for label, who in rows])


def _standing() -> pl.DataFrame:
    rows = Valuation.objects.filter(is_current=True).values_list("pk", "account_id", "policy", *NUMBERS)
    return pl.DataFrame(
        list(rows.iterator()),
        schema={"valuation": pl.Int64, "account": pl.Int64, "policy": pl.String}
        | {name: pl.Int64 if name in COUNTS else pl.Float64 for name in NUMBERS},
        orient="row",
    )


def _differs() -> pl.Expr:
    return pl.any_horizontal(
        (pl.col(name) - pl.col(f"{name}_before")).abs() > LEAST_CHANGE.get(name, 0) for name in NUMBERS
    )


def _stand_no_longer(ids: list[int]) -> None:
    for some in _in_pieces(ids):
        Valuation.objects.filter(pk__in=some).update(is_current=False)


def _in_pieces(ids: list[int]) -> Iterator[Iterable[int]]:
    for begin in range(0, len(ids), AT_ONCE):
        yield ids[begin : begin + AT_ONCE]
