"""How long people waited: for the reasons, for the answer to an appeal, for a wrong decision to end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Value

from ostrakon.casework.models import Action, Appeal, Decision, Notice, NoticeTemplate
from ostrakon.enforcement.models import Dispatch
from ostrakon.impact.estimates import Durations, TooFew
from ostrakon.impact.period import Period
from ostrakon.impact.spread import took


@dataclass(frozen=True)
class Wait:
    """One kind of waiting that began in a period."""

    began: int
    ended: int
    """Of them; the others still wait, or wait for ever, and have no time yet."""
    late: int | None
    """Past their deadline, ended or not; None: there is no deadline."""
    took: Durations | TooFew


def to_be_told(period: Period) -> Wait:
    """From a decision in force to the receipt for its statement of reasons; what could not be sent has not ended."""
    told = Notice.objects.filter(
        period.holds("decision__in_force_at"), kind=NoticeTemplate.Kind.STATEMENT_OF_REASONS
    )
    delivered = told.filter(dispatch__state=Dispatch.State.DELIVERED)
    return _wait(told, delivered, "decision__in_force_at", "dispatch__delivered_at")


def to_be_answered(period: Period, now: datetime) -> Wait:
    """From an appeal to its answer."""
    filed = Appeal.objects.filter(period.holds("filed_at"))
    late = Q(decided_at__gt=F("due_at")) | Q(decided_at__isnull=True, due_at__lt=now)
    answered = filed.filter(decided_at__isnull=False)
    return _wait(filed, answered, "filed_at", "decided_at", late)


def to_be_reinstated(period: Period) -> Wait:
    """From a decision that acted on somebody and was undone in this period to when it was: so long it was wrong."""
    undone = Decision.objects.filter(period.holds("reversed_at"), status=Decision.Status.REVERSED)
    wrong = undone.exclude(action=Action.NONE)
    return _wait(wrong, wrong, "in_force_at", "reversed_at")


def _wait(began: QuerySet[Any], ended: QuerySet[Any], start: str, end: str, late: Q | None = None) -> Wait:
    found = took(ended.annotate(together=Value(1)), start, end, "together").get(1, TooFew(0))
    return Wait(began.count(), found.of, None if late is None else began.filter(late).count(), found)
