"""What somebody who reported may know: that it came, whether it was decided, and which way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ostrakon.casework.areas import area
from ostrakon.casework.models import Decision
from ostrakon.casework.models.decisions import IN_EFFECT
from ostrakon.intake.models import Report


@dataclass(frozen=True)
class ReportOutcome:
    """What came of a report so far."""

    received_at: datetime
    decided_at: datetime | None = None
    """None: not yet."""
    is_violation: bool | None = None
    """As it stands today: a decision that was reversed found none."""


def outcome_of_report(report: Report) -> ReportOutcome:
    """The last decision on the report's case since it came."""
    dealt_with_under = Report.objects.annotate(area=area()).values_list("area", flat=True).get(pk=report.pk)
    decided = Decision.objects.filter(
        account=report.account_id,
        policy=dealt_with_under,
        status__in=IN_EFFECT,
        in_force_at__gte=report.received_at,
    )
    last = decided.order_by("-in_force_at").first()
    if last is None:
        return ReportOutcome(report.received_at)
    upheld = last.outcome == Decision.Outcome.UPHELD and last.status != Decision.Status.REVERSED
    return ReportOutcome(report.received_at, last.in_force_at, upheld)
