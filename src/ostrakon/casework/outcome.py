"""What somebody who reported may know: that it came, whether it was decided, and which way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ostrakon.casework.areas import area
from ostrakon.casework.models import Decision, Policy
from ostrakon.casework.models.decisions import IN_EFFECT
from ostrakon.intake.models import Report


@dataclass(frozen=True)
class ReportOutcome:
    """What came of a report so far."""

    received_at: datetime
    due_at: datetime
    """Until when it is decided at the latest: the deadline of its policy, whoever else reported the same."""
    decided_at: datetime | None = None
    """None: not yet."""
    is_violation: bool | None = None
    """As it stands today: a decision that was reversed found none."""


def outcome_of_report(report: Report) -> ReportOutcome:
    """The last decision on the report's case since it came."""
    dealt_with_under = _policy_of(report)
    due_at = report.received_at + timedelta(hours=dealt_with_under.deadline_hours)
    decided = Decision.objects.filter(
        account=report.account_id,
        policy=dealt_with_under,
        status__in=IN_EFFECT,
        in_force_at__gte=report.received_at,
    )
    last = decided.order_by("-in_force_at").first()
    if last is None:
        return ReportOutcome(report.received_at, due_at)
    upheld = last.outcome == Decision.Outcome.UPHELD and last.status != Decision.Status.REVERSED
    return ReportOutcome(report.received_at, due_at, last.in_force_at, upheld)


def _policy_of(report: Report) -> Policy:
    number = Report.objects.annotate(area=area()).values_list("area", flat=True).get(pk=report.pk)
    return Policy.objects.get(pk=number)
