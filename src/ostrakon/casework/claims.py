"""Who has a case in hand. A claim ends by itself: nobody needs to tidy up after a colleague who went home."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from ostrakon.casework.models import Case, Person

LEASE_MINUTES = 20
"""How long a case stays in hand without a sign of life."""


def is_free(now: datetime) -> Q:
    """Cases that nobody has in hand."""
    return Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)


def has_in_hand(person: Person, case: Case, now: datetime) -> bool:
    """Is it theirs at the moment?"""
    return case.claimed_by_id == person.pk and case.claimed_until is not None and case.claimed_until > now


def put_into_hand(person: Person, case_id: int, now: datetime) -> bool:
    """Make an open case theirs from now on, unless somebody else has it; false = they were not the first."""
    free_or_theirs = is_free(now) | Q(claimed_by=person)
    open_case = Case.objects.filter(free_or_theirs, pk=case_id, status=Case.Status.OPEN)
    return open_case.update(claimed_by=person, claimed_until=now + timedelta(minutes=LEASE_MINUTES)) == 1
