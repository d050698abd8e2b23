"""The page behind the receipt of a report: what came of it so far."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ostrakon.casework.outcome import outcome_of_report
from ostrakon.web.public.page import for_everybody, show
from ostrakon.web.receipts import report_of


@require_safe
@for_everybody
def status(request: HttpRequest, receipt: str) -> HttpResponse:
    """That a report came, whether it was decided, and which way."""
    outcome = outcome_of_report(report_of(receipt))
    return show(
        request,
        "status.html",
        {
            "outcome": outcome,
            "is_late": outcome.decided_at is None and outcome.due_at < timezone.now(),
            "address": settings.CONFIGURATION.address + request.path,
        },
    )
