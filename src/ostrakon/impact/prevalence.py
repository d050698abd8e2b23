"""How common violations are, from what was drawn at random; and what more draws would tell.

Two samples, of two different things. *All accounts*: drawn among all that are known, reported or not
(``audit.draw_audit``). A *policy*: cases that waited under it and were offered at random instead of in their order.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from ostrakon.casework.models import Decision, Offer
from ostrakon.impact.estimates import Share, TooFew, share, width, width_after
from ostrakon.impact.period import Period

MORE = 100
"""Draws whose worth is shown."""


@dataclass(frozen=True)
class Prevalence:
    """One sample."""

    policy: str
    """Empty: of all known accounts."""
    drawn: int
    """Also those that are not decided yet: if they differ from the others, the share is not that of the sample."""
    found: Share | TooFew
    width: float
    """Of the 90 % interval now, from 0 to 1; 1 = nothing is known."""
    width_after: float
    """To be expected after ``MORE`` more draws of this kind."""


def prevalence(period: Period) -> list[Prevalence]:
    """Of all accounts first, then of each policy."""
    drawn, found = _drawn(period), _found(period)
    policies = sorted({*drawn, *found} - {""})
    return [
        _prevalence(policy, drawn.get(policy, 0), *found.get(policy, (0, 0))) for policy in ["", *policies]
    ]


def _prevalence(policy: str, drawn: int, violations: int, of: int) -> Prevalence:
    return Prevalence(
        policy,
        max(drawn, of),  # what was decided in the period may have been drawn before it
        share(violations, of),
        width(violations, of),
        width_after(violations, of, MORE),
    )


def _drawn(period: Period) -> dict[str, int]:
    offers = Offer.objects.filter(period.holds("at"), selection=Offer.Selection.AUDIT)
    return {
        **dict(_by_policy(offers.filter(person__isnull=False), "case__policy__code")),
        "": offers.filter(person__isnull=True).count(),
    }


def _by_policy(offers: QuerySet[Offer], policy: str) -> QuerySet[Offer, tuple[str, int]]:
    return offers.order_by().values_list(policy).annotate(Count("pk"))


def _found(period: Period) -> dict[str, tuple[int, int]]:
    """(violations, decided) by policy. An acquittal that was undone says nothing any more, and is left out."""
    drawn = Offer.objects.filter(
        case=OuterRef("case"),
        person__isnull=True,
        selection=Offer.Selection.AUDIT,
        propensity=OuterRef("propensity"),
        at__lte=OuterRef("proposed_at"),
    )
    undone = Q(status=Decision.Status.REVERSED)
    decided = Decision.objects.filter(period.holds("in_force_at"), selection=Offer.Selection.AUDIT)
    counted = (
        decided.exclude(undone, outcome=Decision.Outcome.REJECTED)
        .annotate(of_all=Exists(drawn))
        .order_by()
        .values("of_all", "policy__code")
        .annotate(of=Count("pk"), violations=Count("pk", filter=Q(outcome="upheld") & ~undone))
        .values_list("of_all", "policy__code", "violations", "of")
    )
    found: dict[str, tuple[int, int]] = {}
    for of_all, policy, violations, of in counted:
        name = "" if of_all else policy
        before = found.get(name, (0, 0))
        found[name] = (before[0] + violations, before[1] + of)
    return found
