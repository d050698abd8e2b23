"""Who sees a case: colleagues by their role, a guest of a partner server the one they were invited to."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from ostrakon.casework.models import Case, GuestInvitation, Person
from ostrakon.casework.permissions import Act, may


def stands_at(now: datetime) -> Q:
    """Invitations that are neither over nor taken back."""
    return Q(expires_at__gt=now, revoked_at__isnull=True)


def is_invited(person: Person, case_id: int, now: datetime) -> bool:
    """Is this a guest of this case, and still welcome?"""
    return (
        person.is_guest
        and person.is_active
        and GuestInvitation.objects.filter(stands_at(now), guest=person, case=case_id).exists()
    )


def may_see_case(person: Person, case: Case, now: datetime) -> bool:
    """May they read this case?"""
    return may(person, Act.READ_CASES) or is_invited(person, case.pk, now)
