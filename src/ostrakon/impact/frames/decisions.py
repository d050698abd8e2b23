"""Decisions as they stood at a time, and the appeals against them."""

from __future__ import annotations

from datetime import datetime

import polars as pl
from django.db.models import Min, Q

from ostrakon.casework.models import Appeal, Decision, Notice, NoticeTemplate
from ostrakon.casework.models.decisions import SUSPENSIONS
from ostrakon.enforcement.models import Dispatch
from ostrakon.impact.frames.rows import INTEGER, TEXT, TIME, rows

DECISIONS = {
    "decision": INTEGER, "case": INTEGER, "pk": INTEGER, "policy": TEXT, "outcome": TEXT, "action": TEXT,
    "selection": TEXT, "detected": TEXT, "at": TIME, "carried_out_at": TIME, "reversed_at": TIME,
}  # fmt: skip
APPEALS = {"decision": INTEGER, "filed_at": TIME, "decided_at": TIME, "status": TEXT}
NOTICES = {"decision": INTEGER, "noticed_at": TIME}
EXEMPT = Q(exempt_press="yes") | Q(exempt_research="yes") | Q(exempt_counter_speech="yes")
NEVER = ("declined", "withdrawn")


def decisions(as_of: datetime, policy: str) -> pl.DataFrame:
    """Those in force by a time, in the order of time; ``pk`` is the account's, ``at`` when it came into force.

    Args:
        policy: under which; empty: under any.
    Returns:
        ``carried_out_at``: when the platform said that it was done; null where no platform was asked. ``reversed_at``:
        null also where that came later.
    """
    found = Decision.objects.filter(in_force_at__lte=as_of)
    if policy:
        found = found.filter(policy__code=policy)
    done = Q(dispatches__channel=Dispatch.Channel.PLATFORM, dispatches__delivered_at__lte=as_of)
    known = found.annotate(done=Min("dispatches__delivered_at", filter=done)).order_by("in_force_at", "pk")
    table = rows(
        known.values_list(
            "pk", "case_id", "account_id", "policy__code", "outcome", "action", "selection", "detected",
            "in_force_at", "done", "reversed_at",
        ),
        DECISIONS,
    )  # fmt: skip
    later = pl.col("reversed_at") > as_of
    return table.with_columns(pl.when(~later).then("reversed_at").alias("reversed_at"))


def suspending(table: pl.DataFrame) -> pl.DataFrame:
    """Of these decisions, those that shut somebody out; ``began_at`` is when they did."""
    shut = table.filter(pl.col("action").is_in([str(action) for action in SUSPENSIONS]))
    return shut.with_columns(pl.coalesce("carried_out_at", "at").alias("began_at"))


def standing(table: pl.DataFrame) -> pl.DataFrame:
    """The latest decision of each account and policy that was not undone."""
    kept = table.filter(pl.col("reversed_at").is_null())
    return kept.group_by("pk", "policy", maintain_order=True).last()


def exempt_accounts(as_of: datetime) -> pl.DataFrame:
    """``pk`` of the accounts for which somebody answered that press, research or counter-speech applies."""
    asked = Decision.objects.filter(EXEMPT, proposed_at__lte=as_of).exclude(status__in=NEVER)
    return rows(asked.order_by("account_id").values_list("account_id").distinct(), {"pk": INTEGER})


def notices(as_of: datetime) -> pl.DataFrame:
    """When the statement of reasons of each decision was delivered: decision, noticed_at."""
    told = Notice.objects.filter(
        kind=NoticeTemplate.Kind.STATEMENT_OF_REASONS, dispatch__delivered_at__lte=as_of
    ).order_by("decision_id", "dispatch__delivered_at")
    table = rows(told.values_list("decision_id", "dispatch__delivered_at"), NOTICES)
    return table.group_by("decision", maintain_order=True).first()


def appeals(as_of: datetime) -> pl.DataFrame:
    """Of each decision, the first appeal by a time, and the answer if there was one by then."""
    filed = Appeal.objects.filter(filed_at__lte=as_of).order_by("filed_at", "pk")
    table = rows(filed.values_list("decision_id", "filed_at", "decided_at", "status"), APPEALS)
    known = pl.col("decided_at") <= as_of
    return (
        table.with_columns(pl.when(known).then(pl.col(name)).alias(name) for name in ("decided_at", "status"))
        .group_by("decision", maintain_order=True)
        .agg(
            pl.col("filed_at").first(),
            pl.col("decided_at").min(),
            (pl.col("status") == "granted").any().alias("granted"),
        )
        .with_columns(pl.col("granted").fill_null(value=False))
    )
