"""What somebody may see of decisions: nothing on a case whose blind second opinion is still awaited from them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from ostrakon.casework.guests import stands_at
from ostrakon.casework.models import Case, Decision, GuestInvitation, Opinion, Person
from ostrakon.casework.permissions import Act, may


def cases_seen_by(person: Person, now: datetime) -> QuerySet[Case]:
    """All cases for colleagues whose roles allow it; for a guest the one they were invited to."""
    if may(person, Act.READ_CASES):
        return Case.objects.all()
    invited = GuestInvitation.objects.filter(stands_at(now), guest=person, case=OuterRef("pk"))
    return Case.objects.filter(Exists(invited)) if person.is_guest else Case.objects.none()


def decisions_seen_by(person: Person, now: datetime) -> QuerySet[Decision]:
    """Decisions on the cases that they see, but for those that must not sway them."""
    seen = cases_seen_by(person, now).filter(pk=OuterRef("case"))
    awaited = Opinion.objects.filter(case=OuterRef("case"), person=person, given_at__isnull=True)
    return Decision.objects.filter(Exists(seen), ~Exists(awaited)).prefetch_related("citations")
