"""When all is said and done about an account: from then on the time runs for which its data are kept.

An account is at rest when every case about it is decided, nothing waits for a second person, no appeal is open and
none can be filed any more. It rests since the last of: a decision ended or was reversed, an appeal was answered, the
time to appeal was over. Data of an account that is not at rest are never erased, whatever their own age: one case may
need what was reported in another.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from ostrakon.casework.appealable import APPEALABLE
from ostrakon.casework.links import APPEALS_OPEN
from ostrakon.casework.models import Appeal, Case, Decision

Status = Decision.Status


def at_rest(account: str, since: datetime) -> Q:
    """To filter rows with: those whose account has been at rest since then.

    Args:
        account: the way from the row to the account, such as ``case__account``.
    """
    cases = Case.objects.filter(account=OuterRef(account))
    decisions = Decision.objects.filter(account=OuterRef(account))
    appeals = Appeal.objects.filter(decision__account=OuterRef(account))
    undecided = cases.exclude(status=Case.Status.DECIDED)
    return (
        Q(Exists(cases))
        & ~Q(Exists(undecided))
        & ~Q(Exists(decisions.filter(_was_moving(since))))
        & ~Q(Exists(appeals.filter(Q(status=Appeal.Status.OPEN) | Q(decided_at__gt=since))))
    )


def nothing_acts_on(account: str) -> Q:
    """To filter rows with: those on whose account no decision acts now. Who is suspended must be reachable."""
    acting = Decision.objects.filter(account=OuterRef(account), status=Status.IN_FORCE)
    return ~Q(Exists(acting.exclude(action="none")))


def _was_moving(since: datetime) -> Q:
    """Decisions that wait, that ended after that time, or could still be appealed then."""
    return (
        Q(status__in=[Status.PROPOSED, Status.APPROVED])
        | Q(ended_at__gt=since)
        | Q(reversed_at__gt=since)
        | Q(status__in=APPEALABLE, in_force_at__gt=since - APPEALS_OPEN)
    )
