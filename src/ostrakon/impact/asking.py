"""What was measured last, and asking for more. Light: no science is loaded."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ostrakon.casework.models import Person
from ostrakon.casework.permissions import Act, require
from ostrakon.impact.models import ImpactMeasurement, MeasuringAsked
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record


def latest(policy: str = "") -> ImpactMeasurement | None:
    """The last measurement of decisions under a policy; empty: of all."""
    return ImpactMeasurement.objects.filter(policy=policy).order_by("-as_of", "-pk").first()


def is_asked(since: ImpactMeasurement | None) -> bool:
    """Did somebody ask for a measurement that a worker has not made yet?"""
    asked = MeasuringAsked.objects.all()
    return (asked.filter(at__gt=since.as_of) if since else asked).exists()


def ask_to_measure(person: Person, now: datetime) -> None:
    """Let a worker measure at its next round. Once is enough until it did.

    Raises:
        NotPermitted: their roles do not allow it.
    """
    with transaction.atomic():
        require(person, Act.MEASURE_IMPACT)
        if not is_asked(latest()):
            MeasuringAsked.objects.create(person=person, at=now)
            record(Kind.IMPACT_ASKED, actor=person.actor, subject="impact")
