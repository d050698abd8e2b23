"""How often a decision against somebody was undone: the errors that came to light."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from ostrakon.casework.models import Action, Appeal, Decision
from ostrakon.impact.estimates import Share, TooFew, share
from ostrakon.impact.period import Period


@dataclass(frozen=True)
class Reversals:
    """Of the decisions under one policy that acted on somebody."""

    policy: str
    """Empty: of all policies."""
    undone: Share | TooFew
    open_appeals: int
    """Decisions among them with an appeal that waits: their share may still grow by these."""


def acted(period: Period) -> QuerySet[Decision]:
    """Decisions that came into force in a period, found a violation and did something."""
    upheld = Decision.objects.filter(period.holds("in_force_at"), outcome=Decision.Outcome.UPHELD)
    return upheld.exclude(action=Action.NONE)


UNDONE = Q(status=Decision.Status.REVERSED)


def reversals(period: Period) -> list[Reversals]:
    """All policies together first, then each."""
    waits = Appeal.objects.filter(decision=OuterRef("pk"), status=Appeal.Status.OPEN)
    rows = list(
        acted(period)
        .order_by()
        .values("policy__code")
        .annotate(
            of=Count("pk"), undone=Count("pk", filter=UNDONE), waiting=Count("pk", filter=Exists(waits))
        )
        .order_by("policy__code")
        .values_list("policy__code", "undone", "of", "waiting")
    )
    whole = ("", sum(row[1] for row in rows), sum(row[2] for row in rows), sum(row[3] for row in rows))
    return [Reversals(policy, share(undone, of), waiting) for policy, undone, of, waiting in [whole, *rows]]
