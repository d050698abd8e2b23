"""What was decided for a time ends by itself. It is the one thing about a decision that happens without a person."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from ostrakon.casework.announcements import DecisionEnded, announce
from ostrakon.casework.entries import record_step
from ostrakon.casework.models import Case, Decision
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.turns import in_turn

AT_ONCE = 100
"""Decisions that end in one transaction."""
Status = Decision.Status


def expire_due(now: datetime) -> int:
    """End what is due; gives how many decisions that were.

    A case that somebody holds at this moment is left for the next round.
    """
    count = 0
    while ended := in_turn(partial(_expire_some, now)):
        count += ended
    return count


def _expire_some(now: datetime) -> int:
    with transaction.atomic():
        decisions = _held_and_due(now)
        Decision.objects.filter(pk__in=[decision.pk for decision in decisions]).update(
            status=Status.EXPIRED, ended_at=now
        )
        for decision in decisions:
            decision.status, decision.ended_at = Status.EXPIRED, now
            record_step(Kind.DECISION_EXPIRED, decision, "system")
            announce(DecisionEnded(decision))
        return len(decisions)


def _held_and_due(now: datetime) -> list[Decision]:
    """Due decisions of cases that nobody holds; they are held now, and looked at again."""
    due = Decision.objects.filter(status=Status.IN_FORCE, ends_at__lte=now)
    cases = Case.objects.filter(decisions__in=due).order_by("pk")
    held = list(cases.select_for_update(no_key=True, skip_locked=True, of=("self",))[:AT_ONCE])
    return list(due.filter(case__in=held).select_related("case", "policy", "account").order_by("pk"))
