"""Who changes a case, or a decision on it, holds the case first.

So two people at one case come one after the other, whatever they do to it. On PostgreSQL it is a row lock; on SQLite
the transaction alone is enough. The order of locks is the same everywhere, so that nobody waits in a circle: cases
(by id, where there are several), then the rows of the verb, then the record, then the outbox of who listens.
"""

from __future__ import annotations

from django.db.models import F

from ostrakon.casework.models import Case, Decision
from ostrakon.errors import NotThere


def held_case(case_id: int) -> Case:
    """The case as it is now; nobody else changes it before the end of the transaction.

    Raises:
        NotThere: there is none.
    """
    # Not the key: others may go on to insert rows that point to it.
    case = Case.objects.select_for_update(no_key=True).filter(pk=case_id).first()
    if case is None:
        raise NotThere("there is no such case, or it is not for you")
    return case


def held_decision(decision_id: int) -> Decision:
    """The decision as it is now, with its case; nobody else changes them before the end of the transaction.

    Raises:
        NotThere: there is none.
    """
    case_id = Decision.objects.filter(pk=decision_id).values_list("case", flat=True).first()
    if case_id is None:
        raise NotThere("there is no such decision, or it is not for you")
    case = held_case(case_id)
    decision = Decision.objects.get(pk=decision_id)
    decision.case = case
    return decision


def note_change(case: Case) -> None:
    """Whoever looks at the held case now looks again before they decide."""
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)
    case.refresh_from_db(fields=["version"])


def put_down(case: Case, status: Case.Status) -> None:
    """The held case stands here now, and nobody has it in hand."""
    case.status, case.claimed_by, case.claimed_until = status, None, None
    case.save(update_fields=["status", "claimed_by", "claimed_until"])
    note_change(case)
