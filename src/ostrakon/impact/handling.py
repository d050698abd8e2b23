"""How long a reviewer had a case in hand before they proposed a decision."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Concat

from ostrakon.casework.models import Decision
from ostrakon.impact.estimates import Durations, TooFew
from ostrakon.impact.period import Period
from ostrakon.impact.spread import took
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry


@dataclass(frozen=True)
class Handling:
    """Of the decisions that were proposed under one policy."""

    policy: str
    proposed: int
    """All of them; those that nobody took in hand before have no time."""
    took: Durations | TooFew


def handling(period: Period) -> list[Handling]:
    """From the last time that the case was offered to the reviewer, or claimed by them, to their proposal."""
    proposed = Decision.objects.filter(period.holds("proposed_at"))
    counted = proposed.order_by().values("policy__code").annotate(count=Count("pk")).order_by("policy__code")
    known = took(_in_hand(proposed), "began", "proposed_at", "policy__code")
    return [
        Handling(row["policy__code"], row["count"], known.get(row["policy__code"], TooFew(0)))
        for row in counted
    ]


def _in_hand(proposed: QuerySet[Decision]) -> QuerySet[Decision]:
    """The record knows when somebody took a case: an index has its entries by what they are about."""
    taken = Entry.objects.filter(
        subject=Concat(Value("case:"), Cast(OuterRef("case"), CharField()), output_field=CharField()),
        actor=Concat(Value("person:"), Cast(OuterRef("proposed_by"), CharField()), output_field=CharField()),
        kind__in=[Kind.CASE_OFFERED, Kind.CASE_CLAIMED],
        at__lte=OuterRef("proposed_at"),
    ).order_by("-number")
    began = Subquery(taken.values("at")[:1], output_field=DateTimeField())
    return proposed.annotate(began=began).filter(began__isnull=False)
