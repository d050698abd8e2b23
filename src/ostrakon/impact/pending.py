"""What waits, and for how long already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from ostrakon.casework.models import Case
from ostrakon.impact.spread import medians


@dataclass(frozen=True)
class Pending:
    """The cases of one policy and lane that nobody has decided yet."""

    policy: str
    lane: Case.Lane
    count: int
    for_second_person: int
    """Of them, those that were proposed and wait for somebody else."""
    past_deadline: int
    median_age: timedelta
    """Half of them wait no longer than this."""
    oldest_age: timedelta


def pending(now: datetime) -> list[Pending]:
    """By policy and lane, the priority lane first; what does not wait is not there."""
    waiting = Case.objects.filter(status__in=[Case.Status.OPEN, Case.Status.PROPOSED])
    middle = medians(waiting, "opened_at", ["policy", "lane"])
    counted = (
        waiting.order_by()
        .values("policy", "policy__code", "lane")
        .annotate(
            count=Count("pk"),
            proposed=Count("pk", filter=Q(status=Case.Status.PROPOSED)),
            late=Count("pk", filter=Q(due_at__lt=now)),
            first=Min("opened_at"),
        )
        .order_by("lane", "policy__code")
    )
    return [
        Pending(
            row["policy__code"],
            Case.Lane(row["lane"]),
            row["count"],
            row["proposed"],
            row["late"],
            now - middle[row["policy"], row["lane"]],
            now - row["first"],
        )
        for row in counted
    ]
