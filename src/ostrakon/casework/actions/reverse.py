"""Undo a decision.

Status, strike and action are undone here. Reporters' credit needs nothing: triage derives it from the decisions that
stand, and a reversed one reads ``overturned`` from the next run on. Links to the account go with its suspension.

Nothing automatic proposes or decides anything, so no machine can repeat what a person has undone: what is reported
about a reinstated account later becomes a case, a case needs a person, and ``was_undone`` tells them.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce

from ostrakon.casework.actions.revoke_links import revoke_links
from ostrakon.casework.announcements import DecisionEnded, announce
from ostrakon.casework.entries import record_step
from ostrakon.casework.held import held_decision, note_change
from ostrakon.casework.models import Action, Case, Decision, NoticeTemplate, Person, Strike
from ostrakon.casework.notices import write_notice
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.texts import fit
from ostrakon.errors import NotInThisState
from ostrakon.ledger.kinds import Kind

LONGEST_WHY = 200
Status = Decision.Status
REVERSIBLE = (Status.IN_FORCE, Status.EXPIRED, Status.SUPERSEDED)
"""Also what has ended may turn out to have been wrong: its strike and the reporters' credit go."""


def overturn(person: Person, decision_id: int, why: str, now: datetime) -> Decision:
    """Undo a decision that was found to be wrong, and tell the person whose account it is.

    Args:
        why: for colleagues; at most 200 characters.
    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such decision.
        NotInThisState: it never came into force, or was reversed before.
        Unfit: the reason is missing or too long.
    """
    with transaction.atomic():
        require(person, Act.REVERSE)
        decision = reverse(held_decision(decision_id), by=person.actor, why=why, now=now)
        if decision.action != Action.NONE:
            write_notice(NoticeTemplate.Kind.REINSTATEMENT, decision=decision, now=now)
        return decision


def reverse(decision: Decision, *, by: str, why: str, now: datetime) -> Decision:
    """Undo a decision, in the transaction of the verb that has the right to (an appeal, a reinstatement, overturn).

    Whoever reverses several in one transaction holds their cases first, by id (``held``). The notice is the caller's.

    Args:
        by: the actor, as the record names them.
    Raises:
        NotInThisState: it never came into force, or was reversed before.
        Unfit: the reason is missing or too long.
    """
    said = fit(why, "the reason", longest=LONGEST_WHY)
    decision = held_decision(decision.pk)
    was = decision.status
    if was in REVERSIBLE:
        revoke_links(decision, by=by, now=now)
    ended = Coalesce("ended_at", Value(now), output_field=DateTimeField())
    standing = Decision.objects.filter(pk=decision.pk, status__in=REVERSIBLE)
    undone = {"status": Status.REVERSED, "ended_at": ended, "reversed_at": now, "ended_why": said}
    if standing.update(**undone) != 1:
        raise NotInThisState("this decision never came into force, or was reversed before")
    decision.refresh_from_db(fields=list(undone))
    Strike.objects.filter(decision=decision, withdrawn_at__isnull=True).update(withdrawn_at=now)
    note_change(decision.case)
    record_step(Kind.DECISION_REVERSED, decision, by, was=was, account=decision.account_id)
    announce(DecisionEnded(decision))
    return decision


def was_undone(case: Case) -> bool:
    """Did people undo a decision about this account before? The next reviewer is told."""
    return Decision.objects.filter(account=case.account_id, status=Status.REVERSED).exists()
