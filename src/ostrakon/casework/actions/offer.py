"""Put the next case before a reviewer."""

from __future__ import annotations

from datetime import datetime
from random import Random, SystemRandom

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from ostrakon.casework.claims import is_free, put_into_hand
from ostrakon.casework.drawing import Drawn, draw
from ostrakon.casework.models import Case, Offer, Person
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.queue import ORDER, Filters
from ostrakon.casework.wellbeing import rests_from
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

TRIES = 20
"""Draws before giving up: each is lost only when a colleague took that very case in the same moment."""


def next_case(
    person: Person,
    now: datetime,
    *,
    lane: Case.Lane | None = None,
    policy: int | None = None,
    under_pressure: bool | None = None,
    rng: Random | None = None,
) -> Offer | None:
    """Put the next free open case into a reviewer's hand: the head of the queue, or one at random for the audit.

    The offer keeps how it was chosen and with which probability: among the cases that could be offered to this reviewer
    now, which are those asked for, without what a colleague has in hand and without the policies they rest from.

    Args:
        lane: only cases of this lane; None = of both.
        policy: only cases under the policy with this id.
        under_pressure: only cases that a campaign reported, or only others; None = both.
        rng: draws; None = the operating system's, which nobody can foresee.
    Returns:
        The offer, its case claimed; None when no case is free.
    Raises:
        NotPermitted: their roles do not allow it.
    """
    drawing = rng or SystemRandom()
    with transaction.atomic():
        require(person, Act.WORK_ON_CASES)
        asked = Filters(lane=lane, policy=policy, under_pressure=under_pressure)
        waiting = asked.cases().filter(is_free(now)).exclude(policy__in=rests_from(person, now))
        for _ in range(TRIES):
            count = waiting.count()
            if not count:
                return None
            drawn = draw(count, settings.CONFIGURATION.audit_share, drawing)
            case_id = _case_at(waiting, drawn.place)
            if case_id is not None and put_into_hand(person, case_id, now):
                return _offer(person, case_id, drawn, now)
        return None


def _case_at(waiting: QuerySet[Case], place: int) -> int | None:
    """None: cases went out of the queue since they were counted."""
    return waiting.order_by(*ORDER).values_list("pk", flat=True)[place : place + 1].first()


def _offer(person: Person, case_id: int, drawn: Drawn, now: datetime) -> Offer:
    offer = Offer.objects.create(
        case_id=case_id, person=person, at=now, selection=drawn.selection, propensity=drawn.propensity
    )
    record(
        Kind.CASE_OFFERED,
        actor=person.actor,
        subject=f"case:{case_id}",
        facts={"offer": offer.pk, "selection": str(drawn.selection), "propensity": drawn.propensity},
    )
    return offer
