"""A world in the database, as intake would hold it, and its ids there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import polars as pl

from ostrakon.analysis.tables import DECISIONS
from ostrakon.intake.models import Account, Report, Reporter, Source
from ostrakon.triage.inputs import SET_ASIDE
from ostrakon.triage.models import Run
from ostrakon.triage.value import value_reports
from ostrakon.worlds.demo import demo
from ostrakon.worlds.world import World

START = datetime(2026, 1, 1, tzinfo=UTC)
LATER = START + timedelta(days=60)
NOBODY_DECIDED = DECISIONS.empty()
NOTHING_SET_ASIDE = pl.DataFrame(schema=dict.fromkeys(SET_ASIDE, pl.String))
AREAS = pl.DataFrame(
    {"policy": ["spam", "hate"], "from_at": [START, START], "to_at": [None, None]},
    schema_overrides={"to_at": pl.Datetime("us", "UTC")},
)


@cache
def week() -> World:
    """860 cases under three policies, three languages, a ring, a list, 160 decisions."""
    return demo()


def areas_of(world: World) -> pl.DataFrame:
    """The world's own policies, always in force."""
    policies = world.reports["policy"].drop_nulls().unique().sort()
    return pl.DataFrame({"policy": policies}).with_columns(
        from_at=pl.lit(datetime(2000, 1, 1, tzinfo=UTC)).cast(pl.Datetime("us", "UTC")),
        to_at=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
    )


def store(world: World) -> pl.DataFrame:
    """Put a world into the tables of intake; gives its decisions with the ids of the database."""
    reporter = _stored(Reporter, world.reports["reporter"], world.reporters, "reporter")
    account = _stored(Account, world.reports["account"], world.accounts, "account")
    source = Source.objects.create(name="the app")
    Report.objects.bulk_create(
        Report(
            platform="local",
            external_id=f"r{number}",
            account_id=account[row["account"]],
            reporter_id=reporter[row["reporter"]],
            source=source,
            policy=row["policy"] or "unspecified",
            declared=row["source"] or "",
            text=row["text"],
            reported_at=row["reported_at"],
            received_at=row["reported_at"],
            digest="-",
        )
        for number, row in enumerate(world.reports.iter_rows(named=True))
    )
    known = world.decisions.filter(pl.col("account").is_in(list(account)))
    return known.with_columns(
        account=pl.col("account").replace_strict({name: str(pk) for name, pk in account.items()})
    )


def report(who: str, account: str, policy: str = "spam", *, hours: float = 0, **more: object) -> Report:
    """One report by hand; who and whom by name."""
    reported_at = START + timedelta(hours=hours)
    return Report.objects.create(
        platform="local",
        external_id=f"{who} {account} {policy} {hours}",
        account=Account.objects.get_or_create(platform="local", external_id=account)[0],
        reporter=Reporter.objects.get_or_create(platform="local", external_id=who)[0],
        source=Source.objects.get_or_create(name="the app")[0],
        policy=policy,
        **{"reported_at": reported_at, "received_at": reported_at, "digest": "-", **more},
    )


def value(
    decisions: pl.DataFrame = NOBODY_DECIDED,
    areas: pl.DataFrame = AREAS,
    set_aside: pl.DataFrame = NOTHING_SET_ASIDE,
    **more: object,
) -> Run | None:
    return value_reports(decisions, areas, set_aside, **{"now": LATER, **more})


def _stored(
    model: type[Account] | type[Reporter], named: pl.Series, facts: pl.DataFrame, key: str
) -> dict[str, int]:
    kept = [name for name in ("created_at", "followers", "views", "language", "invited_by") if name in facts]
    ids = pl.DataFrame({key: named.unique().sort()}).join(facts, on=key, how="left", maintain_order="left")
    rows = [
        model(
            platform="local",
            external_id=row[key],
            **{
                name: "" if row[name] is None and name in ("language", "invited_by") else row[name]
                for name in kept
            },
        )
        for row in ids.iter_rows(named=True)
    ]
    return {row.external_id: row.pk for row in model.objects.bulk_create(rows)}
