"""The figures of operations: what waits, how long things take, what turned out to be wrong, and how sure that is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ostrakon.casework.permissions import Act
from ostrakon.impact.estimates import Durations
from ostrakon.impact.operations import Operations, operations
from ostrakon.impact.prevalence import MORE
from ostrakon.web.console.doors import Visit, page

PERIODS = (7, 30, 90, 365)
"""Days to choose from."""
USUAL = 90


@require_safe
@page(Act.READ_CASES)
def figures(request: Visit) -> HttpResponse:
    """All of them, for a number of days."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else USUAL
    found = operations(days, timezone.now())
    shown = {"figures": found, "days": days, "periods": PERIODS, "more": MORE, **_scales(found)}
    return render(request, "console/figures.html", shown)


def _scales(found: Operations) -> dict[str, Any]:
    """The largest of each kind: bars of one table share a scale."""
    took = [row.took for row in found.handling if isinstance(row.took, Durations)]
    return {
        "most_waiting": max((row.count for row in found.pending), default=0),
        "most_decided": max((row.count for row in found.decided), default=0),
        "longest": max((each.ninetieth for each in took), default=timedelta(0)),
    }
