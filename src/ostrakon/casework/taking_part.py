"""Who had a part in the decisions on a case, or may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ostrakon.casework.models import Case, Decision, Note, Offer, Participation, Person


def take_part(
    person: Person, case: Case, part: Participation.Part, statuses: Sequence[str], now: datetime
) -> None:
    """Note that somebody has a part in the decisions on a case that stand at one of these statuses.

    In what is decided later they have it too: ``propose`` writes that down.
    """
    decisions = Decision.objects.filter(case=case, status__in=statuses).values_list("pk", flat=True)
    Participation.objects.bulk_create(
        [Participation(decision_id=pk, person=person, part=part, at=now) for pk in decisions],
        ignore_conflicts=True,
    )


def knows_what_was_decided(person: Person, case: Case) -> bool:
    """Had they a part in a decision on the case, or the case before them since there was one?"""
    first = Decision.objects.filter(case=case).order_by("proposed_at").first()
    if first is None:
        return False
    return (
        case.claimed_by_id == person.pk
        or Participation.objects.filter(decision__case=case, person=person).exists()
        or Note.objects.filter(case=case, author=person).exists()
        or Offer.objects.filter(case=case, person=person, at__gte=first.proposed_at).exists()
    )
