"""What was decided, counted."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from ostrakon.casework.models import Action, Decision
from ostrakon.impact.period import Period


@dataclass(frozen=True)
class Decided:
    """Decisions of one kind that came into force."""

    policy: str
    outcome: Decision.Outcome
    action: Action
    count: int


def decided(period: Period) -> list[Decided]:
    """By policy, outcome and action, however they stand by now; what did not happen is not there."""
    rows = Decision.objects.filter(period.holds("in_force_at")).order_by()
    counted = rows.values_list("policy__code", "outcome", "action").annotate(Count("pk"))
    return [
        Decided(policy, Decision.Outcome(outcome), Action(action), count)
        for policy, outcome, action, count in counted.order_by("policy__code", "-outcome", "action")
    ]
