"""Take a case in hand, hold on to it, put it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ostrakon.casework.claims import has_in_hand, put_into_hand
from ostrakon.casework.held import held_case
from ostrakon.casework.models import Case, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.errors import ClaimedBySomebodyElse, NotInThisState
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record


def claim(person: Person, case_id: int, now: datetime) -> Case:
    """Take an open case in hand for ``LEASE_MINUTES``; whoever has it already holds on to it for as long from now.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such case.
        NotInThisState: it does not wait for a reviewer.
        ClaimedBySomebodyElse: a colleague has it in hand.
    """
    with transaction.atomic():
        require(person, Act.WORK_ON_CASES)
        case = held_case(case_id)
        was_theirs = has_in_hand(person, case, now)
        if not put_into_hand(person, case_id, now):
            raise _why_not(case)
        case.refresh_from_db(fields=["claimed_by", "claimed_until"])
        if not was_theirs:
            record(Kind.CASE_CLAIMED, actor=person.actor, subject=f"case:{case_id}")
        return case


def release(person: Person, case_id: int, now: datetime) -> Case:
    """Put a case back into its place in the queue, with its age.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is no such case.
        NotInThisState: they do not have it in hand.
    """
    with transaction.atomic():
        require(person, Act.WORK_ON_CASES)
        case = held_case(case_id)
        if not has_in_hand(person, case, now):
            raise NotInThisState("you do not have this case in hand, or not any more")
        Case.objects.filter(pk=case_id).update(claimed_by=None, claimed_until=None)
        case.refresh_from_db(fields=["claimed_by", "claimed_until"])
        record(Kind.CASE_RELEASED, actor=person.actor, subject=f"case:{case_id}")
        return case


def _why_not(case: Case) -> Exception:
    if case.status != Case.Status.OPEN:
        return NotInThisState("this case does not wait for a reviewer; look at it again")
    return ClaimedBySomebodyElse("a colleague has this case in hand; it comes free by itself")
