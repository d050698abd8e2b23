"""Bring a case forward: what cannot wait goes into the priority lane."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from ostrakon.casework.held import held_case
from ostrakon.casework.models import Case, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.errors import NotInThisState
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record


def escalate(person: Person, case_id: int, now: datetime) -> Case:
    """Mark a case as urgent. It is still decided by people, and a suspension still takes two.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such case.
        NotInThisState: it was decided, or escalated before.
    """
    with transaction.atomic():
        require(person, Act.WORK_ON_CASES)
        case = held_case(case_id)
        waiting = Case.objects.filter(pk=case_id, escalated_at__isnull=True)
        marked = waiting.exclude(status=Case.Status.DECIDED).update(
            escalated_at=now, lane=Case.Lane.PRIORITY, version=F("version") + 1
        )
        if marked != 1:
            raise NotInThisState("this case was decided, or escalated before")
        case.refresh_from_db(fields=["escalated_at", "lane", "version"])
        record(Kind.CASE_ESCALATED, actor=person.actor, subject=f"case:{case_id}")
        return case
