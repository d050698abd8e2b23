"""Take a proposal back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ostrakon.casework.entries import record_step
from ostrakon.casework.held import held_decision, put_down
from ostrakon.casework.models import Case, Decision, Person
from ostrakon.casework.models.decisions import IN_EFFECT
from ostrakon.casework.permissions import Act, require
from ostrakon.errors import NotInThisState, NotPermitted
from ostrakon.ledger.kinds import Kind

Status = Decision.Status


def withdraw(person: Person, decision_id: int, now: datetime) -> Decision:
    """Take one's own proposal back; the case waits for another.

    Raises:
        NotPermitted: their roles do not allow it, or somebody else proposed it.
        NotThere: there is no such decision.
        NotInThisState: it was approved, declined or withdrawn meanwhile.
    """
    with transaction.atomic():
        require(person, Act.PROPOSE)
        decision = held_decision(decision_id)
        if decision.proposed_by_id != person.pk:
            raise NotPermitted("somebody else proposed this: an approver may decline it")
        end_proposal(decision, Status.WITHDRAWN, "", now)
        record_step(Kind.DECISION_WITHDRAWN, decision, person.actor)
        return decision


def end_proposal(decision: Decision, status: Decision.Status, why: str, now: datetime) -> None:
    """A proposal on a held case will not come into force.

    Raises:
        NotInThisState: it is no proposal any more.
    """
    proposed = Decision.objects.filter(pk=decision.pk, status=Status.PROPOSED, approved_by__isnull=True)
    if proposed.update(status=status, ended_at=now, ended_why=why) != 1:
        raise NotInThisState("this was approved, declined or withdrawn meanwhile")
    decision.status, decision.ended_at, decision.ended_why = status, now, why
    put_down(decision.case, _without_proposal(decision.case))


def _without_proposal(case: Case) -> Case.Status:
    """Decided, if nothing was reported since the last decision; else it is open again."""
    answered = case.decisions.filter(status__in=IN_EFFECT, in_force_at__gte=case.last_report_at).exists()
    return Case.Status.DECIDED if answered else Case.Status.OPEN
