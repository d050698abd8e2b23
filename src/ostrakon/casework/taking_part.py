"""Who had a part in the decisions on a case, or may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

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
    return cases_known_to(person).filter(pk=case.pk).exists()


def cases_known_to(person: Person) -> QuerySet[Case]:
    """Those on which there was a decision in which they had a part, or since which they had the case before them."""
    parts = Participation.objects.filter(decision__case=OuterRef("pk"), person=person)
    notes = Note.objects.filter(case=OuterRef("pk"), author=person)
    then = Decision.objects.filter(case=OuterRef("case"), proposed_at__lte=OuterRef("at"))
    offers = Offer.objects.filter(Exists(then), case=OuterRef("pk"), person=person)
    has_seen = Q(claimed_by=person) | Q(Exists(parts)) | Q(Exists(notes)) | Q(Exists(offers))
    return Case.objects.filter(has_seen, Exists(Decision.objects.filter(case=OuterRef("pk"))))
