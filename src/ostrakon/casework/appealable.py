"""Whether somebody may ask for a second look at a decision, at this moment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from ostrakon.casework.links import end_of_appeals
from ostrakon.casework.models import Appeal, Decision

APPEALABLE = (Decision.Status.IN_FORCE, Decision.Status.EXPIRED, Decision.Status.SUPERSEDED)
"""What has ended may have been wrong all the same: its strike counts on."""
MOST_OPEN = 20
"""Appeals of one kind of person that wait on one decision: a crowd is heard without burying the reviewer."""


class Appealable(StrEnum):
    """May it be appealed?"""

    YES = "yes"
    WAITS = "waits"
    """They asked already, and will be answered."""
    TOO_LATE = "too_late"
    UNDONE = "undone"
    """It does not stand, or never stood."""


def appealable(decision: Decision, filed_by: str, now: datetime) -> Appealable:
    """May somebody appeal? ``filed_by`` is a value of ``Appeal.FiledBy``; others' appeals keep nobody from theirs.

    The database holds the person themselves to one that waits; who files holds the case, so that two are counted.
    """
    if decision.status not in APPEALABLE or decision.in_force_at is None:
        return Appealable.UNDONE
    waiting = decision.appeals.filter(filed_by=filed_by, status=Appeal.Status.OPEN).count()
    if waiting >= (1 if filed_by == Appeal.FiledBy.USER else MOST_OPEN):
        return Appealable.WAITS
    return Appealable.TOO_LATE if now > end_of_appeals(decision.in_force_at) else Appealable.YES
