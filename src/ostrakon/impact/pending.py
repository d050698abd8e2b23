"""What waits, and for how long already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from ostrakon.casework.models import Case


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
    middle = _middle(waiting)
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


def _middle(waiting: QuerySet[Case]) -> dict[tuple[int, int], datetime]:
    """By policy and lane, when the case in the middle of them was opened: half of them are no older.

    By the database, which has the number of each row in its group at hand: a hundred thousand cases do not come here.
    """
    together = [F("policy"), F("lane")]
    ranked = waiting.order_by().annotate(
        rank=Window(RowNumber(), partition_by=together, order_by=[F("opened_at").desc(), F("pk").desc()]),
        of=Window(Count("*"), partition_by=together),
    )
    found = ranked.filter(rank=(F("of") + 1) / 2).values_list("policy", "lane", "opened_at")
    return {(policy, lane): opened_at for policy, lane, opened_at in found}
