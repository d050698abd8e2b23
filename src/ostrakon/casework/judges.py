"""Who may judge an appeal: somebody else than those who took part in the decision. The database says so too."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from ostrakon.casework.models import Appeal, Decision, Opinion, Participation, Person
from ostrakon.errors import TookPart


def took_part(person: Person, decision: Decision) -> bool:
    """Did they propose, approve, decline, comment on or give an opinion about it?"""
    return (
        person.pk in (decision.proposed_by_id, decision.approved_by_id)
        or Participation.objects.filter(decision=decision, person=person).exists()
    )


def refuse_who_took_part(person: Person, decision: Decision) -> None:
    """Go on only if they had no part in a decision.

    Raises:
        TookPart: they had.
    """
    if took_part(person, decision):
        raise TookPart("you took part in this decision; somebody else must answer the appeal against it")


def appeals_for(person: Person, now: datetime) -> QuerySet[Appeal]:
    """What waits and they may judge, the nearest deadline first.

    What a colleague has in hand is left out, and what would sway them: where their blind opinion is still awaited.
    """
    awaited = Opinion.objects.filter(case=OuterRef("decision__case"), person=person, given_at__isnull=True)
    parts = Participation.objects.filter(decision=OuterRef("decision"), person=person)
    free = Q(claimed_by__isnull=True) | Q(claimed_by=person) | Q(claimed_until__lte=now)
    return (
        Appeal.objects.filter(free, ~Exists(parts), ~Exists(awaited), status=Appeal.Status.OPEN)
        .exclude(decision__proposed_by=person)
        .exclude(decision__approved_by=person)
        .order_by("due_at", "pk")
    )
