"""Who is welcome as a guest of a partner server, and to which case."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from ostrakon.casework.models import GuestInvitation, Person


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
